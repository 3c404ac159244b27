/** A process that was started in a running container, and both ends of its streams. */
export interface ExecSession {
  stdin: NodeJS.WritableStream;
  /** With a terminal, everything. */
  stdout: NodeJS.ReadableStream;
  stderr: NodeJS.ReadableStream;
  resize(columns: number, rows: number): Promise<void>;
  /** Resolves when the process has ended. */
  exitCode: Promise<number>;
  close(): void;
}
