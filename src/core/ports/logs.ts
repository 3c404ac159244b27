/** One line of a container's output. */
export interface LogLine {
  /** Epoch milliseconds. */
  at: number;
  stream: 'stdout' | 'stderr';
  /** Without the line break. */
  message: string;
}

export interface LogQuery {
  /** Epoch ms, inclusive. */
  since?: number;
  /** Epoch ms, exclusive. */
  until?: number;
  /** Only the last so many lines of what matches. */
  tail?: number;
  /** Goes on with what comes, until the container has stopped or the signal fires. */
  follow?: boolean;
  signal?: AbortSignal;
}

/** Keeps the output of tasks whose containers are gone. */
export interface LogStore {
  /** Stores all of `lines`; nothing is kept when it throws. */
  archive(taskId: string, container: string, lines: AsyncIterable<LogLine>): Promise<void>;
  /** Undefined where nothing was archived. */
  read(taskId: string, container: string, query: LogQuery): Promise<AsyncIterable<LogLine> | undefined>;
  remove(taskId: string): Promise<void>;
  /** Removes the output of every task. */
  clear(): Promise<void>;
}
