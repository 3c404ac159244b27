import type { CapturedOutput } from '../core/ports/sandbox.ts';
import { NO_OUTPUT } from '../core/ports/sandbox.ts';

/** Output of one execution may be this many times what is kept; then it is taken for endless. */
const FLOOD = 64;
const LEAST_FLOOD_BYTES = 16 << 20;

/** Keeps the beginning of what a process writes, up to a bound over both streams, and counts the rest. */
export class OutputCapture {
  readonly #streams: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  #kept = 0;
  #total = 0;
  #maxBytes = 0;

  /** Forgets what came so far and keeps `maxBytes` of what comes. */
  begin(maxBytes: number): void {
    if (this.#total > 0) this.#forget();
    this.#maxBytes = maxBytes;
  }

  /** False once there is so much that nobody can want it. */
  add(stream: 'stdout' | 'stderr', chunk: Buffer): boolean {
    this.#total += chunk.length;
    const room = this.#maxBytes - this.#kept;
    if (room > 0) {
      const part = chunk.length <= room ? chunk : chunk.subarray(0, room);
      this.#streams[stream].push(part);
      this.#kept += part.length;
    }
    return this.#total <= Math.max(LEAST_FLOOD_BYTES, this.#maxBytes * FLOOD);
  }

  get(): CapturedOutput {
    if (this.#total === 0) return NO_OUTPUT;
    const { stdout, stderr } = this.#streams;
    return {
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
      droppedBytes: this.#total - this.#kept,
    };
  }

  #forget(): void {
    this.#streams.stdout.length = 0;
    this.#streams.stderr.length = 0;
    this.#kept = this.#total = 0;
  }
}
