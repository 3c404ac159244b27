/**
 * What goes out on one connection, with a bound on what a slow reader leaves lying. Events beyond it are dropped; once
 * the reader has caught up, a `dropped` message says how many and from where they can be had again.
 */
import type { WebSocket } from 'ws';
import type { Clock } from '../../core/ports/clock.ts';
import type { LiveEvent } from './events.ts';
import { beforeAll, eventId } from './position.ts';
import type { closeCodes } from '../sockets/close-codes.ts';
import { encode, type ServerMessage } from './protocol.ts';

/** For answers, which are not dropped: a caller that only asks and never reads is cut off. */
const answerBytes = 256 * 1024;

export class Outbound {
  readonly #socket: WebSocket;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #bound: number;
  #lastId: string | undefined;
  #dropped: { count: number; resumeFrom: string } | undefined;
  #waiting: (() => void)[] = [];

  constructor(socket: WebSocket, clock: Pick<Clock, 'now'>, bound: number) {
    this.#socket = socket;
    this.#clock = clock;
    this.#bound = bound;
    socket.once('close', () => this.#wake());
  }

  /** An answer, a ping, a notice. */
  send(message: ServerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > this.#bound + answerBytes) return this.#socket.terminate();
    this.#socket.send(encode(message, this.#clock.now()), this.#onSent);
  }

  event(event: LiveEvent): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#dropped === undefined && this.#socket.bufferedAmount < this.#bound) {
      this.#lastId = event.id;
      this.#socket.send(event.bytes(), { binary: false }, this.#onSent);
      return;
    }
    const resumeFrom = this.#lastId ?? eventId(beforeAll(event.position.sequence));
    this.#dropped ??= { count: 0, resumeFrom };
    this.#dropped.count++;
  }

  /** Resolves when less than half of the bound lies there, or the connection is closed. */
  drained(): Promise<void> {
    if (this.#dropped === undefined && this.#isDrained()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** After an error message that says why. */
  close(code: (typeof closeCodes)[keyof typeof closeCodes], reason: string): void {
    this.#socket.close(code, reason);
  }

  readonly #onSent = (): void => {
    if ((this.#dropped === undefined && this.#waiting.length === 0) || !this.#isDrained()) return;
    const dropped = this.#dropped;
    this.#dropped = undefined;
    if (dropped) this.send({ type: 'dropped', payload: dropped });
    this.#wake();
  };

  #isDrained(): boolean {
    return this.#socket.readyState !== this.#socket.OPEN || this.#socket.bufferedAmount < this.#bound / 2;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
