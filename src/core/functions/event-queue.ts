/**
 * Executions that nobody waits for, a few at a time in the order in which they came. They are in memory: what waits
 * when the server ends is lost, and nothing is ever run twice.
 */
import { FunctionError } from './function-error.ts';

export interface EventQueueOptions {
  atOnce: number;
  /** Bytes of what waits and runs together. */
  mostBytes: number;
  most: number;
  /** What an execution threw. Must not throw. */
  onError: (error: unknown) => void;
}

interface Waiting {
  bytes: number;
  run: () => Promise<unknown>;
}

export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #bytes = 0;
  #closed = false;

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  /** Throws `FunctionError` RATE_LIMITED where too much waits. */
  add(bytes: number, run: () => Promise<unknown>): void {
    const { most, mostBytes } = this.#options;
    const isFull = this.#waiting.length >= most || this.#bytes + bytes > mostBytes;
    if (this.#closed || isFull) {
      throw new FunctionError('RATE_LIMITED', 'Too many events wait to be executed. Try again in a moment.');
    }
    this.#bytes += bytes;
    this.#waiting.push({ bytes, run });
    this.#runNext();
  }

  /** What waits is forgotten; what runs goes on. */
  close(): void {
    this.#closed = true;
    for (const { bytes } of this.#waiting.splice(0)) this.#bytes -= bytes;
  }

  #runNext(): void {
    if (this.#running >= this.#options.atOnce) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#running++;
    Promise.resolve()
      .then(next.run)
      .catch(this.#options.onError)
      .finally(() => {
        this.#running--;
        this.#bytes -= next.bytes;
        this.#runNext();
      });
  }
}
