/** How many processes people run in containers at a time, over whichever face, and their end with the server. */
import type { WebSocket } from 'ws';
import { AppError } from '../../core/errors.ts';
import { ExecStream, type ExecOrder, type ExecSessionsOptions } from './exec-stream.ts';

export class ExecSessions {
  readonly options: ExecSessionsOptions;
  readonly #streams = new Set<ExecStream>();
  readonly #ofHolder = new Map<string, number>();
  #running = 0;

  constructor(options: ExecSessionsOptions) {
    this.options = options;
  }

  /** Throws `Throttled` where there are too many, of all or of this holder. */
  requireRoom(holder: string): void {
    const { execSessions } = this.options.bounds;
    const held = this.#ofHolder.get(holder) ?? 0;
    if (this.#running < execSessions && held < mostOfHolder(execSessions)) return;
    throw new AppError('Throttled', 'Too many exec sessions are open. Close one, or try again later.', {
      retryAfter: 5,
    });
  }

  /** Counts one more of this holder, until what it answers is called. Throws as above. */
  take(holder: string): () => void {
    this.requireRoom(holder);
    this.#count(holder, 1);
    return () => this.#count(holder, -1);
  }

  /** Throws as above. */
  open(socket: WebSocket, order: ExecOrder): void {
    const release = this.take(order.holder);
    const stream = new ExecStream(socket, order, this.options);
    this.#streams.add(stream);
    socket.once('close', () => {
      this.#streams.delete(stream);
      release();
    });
  }

  /** Resolves when the processes have ended, as far as that can be seen to. */
  async close(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.shutDown()));
  }

  #count(holder: string, change: number): void {
    this.#running += change;
    const held = (this.#ofHolder.get(holder) ?? 0) + change;
    if (held === 0) this.#ofHolder.delete(holder);
    else this.#ofHolder.set(holder, held);
  }
}

const mostOfHolder = (all: number): number => Math.ceil(all / 2);
