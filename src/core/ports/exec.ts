/** A process that was started in a running container, and both ends of its streams. */
export interface ExecSession {
  stdin: NodeJS.WritableStream;
  /** With a terminal, everything. */
  stdout: NodeJS.ReadableStream;
  stderr: NodeJS.ReadableStream;
  resize(columns: number, rows: number): Promise<void>;
  /** Resolves when the process has ended. */
  exitCode: Promise<number>;
  /**
   * Ends the process, and those it started, where it still runs: on another machine than the engine's it can only be
   * left alone. Resolves when it has ended, or was left. Fine to call again.
   */
  close(): Promise<void>;
}
