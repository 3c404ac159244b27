/**
 * Bodies of any size, such as archives of images. Other requests have to arrive within a minute, so that nobody holds
 * a connection by sending drop by drop; these may take hours, as long as they get on.
 */
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock, Timer } from '../core/ports/clock.ts';
import { discarded } from './refused-body.ts';
import { Refusal } from './refusal.ts';

/** Milliseconds. */
export interface UploadBounds {
  /** Without a byte, while somebody waits for one. */
  silentMs: number;
  totalMs: number;
}

export const defaultUploadBounds: UploadBounds = { silentMs: 60_000, totalMs: 12 * 3_600_000 };

export class Uploads {
  readonly #clock: Clock;
  readonly #bounds: UploadBounds;
  readonly #sockets = new WeakSet<object>();

  constructor(clock: Clock, bounds: UploadBounds) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** Whether what comes over the connection now is bounded here, and not by the `requestTimeout` of Node's server. */
  isOne(socket: object): boolean {
    return this.#sockets.has(socket);
  }

  /**
   * Gives `work` the body of a request whose parser left it unread. The body fails with a `Refusal`, which is the
   * answer, where it comes too slowly or breaks off.
   */
  async read<T>(
    { raw }: FastifyRequest,
    reply: FastifyReply,
    work: (body: Readable) => Promise<T>,
  ): Promise<T> {
    const { socket } = raw;
    this.#sockets.add(socket);
    const body = new PassThrough();
    const broken = () =>
      body.destroy(new Refusal(400, 'IncompleteBody', 'The body broke off before its end.'));
    const bounds = this.#bound(raw, body);
    // Nobody need listen any more when it breaks off.
    raw
      .on('error', broken)
      .once('close', () => raw.complete || broken())
      .pipe(body);
    try {
      return await work(body);
    } catch (error) {
      if (!raw.complete) reply.header('connection', 'close');
      // What was refused half-way is told to clients that read no answer before they have written all.
      if (!(error instanceof Refusal)) await discarded(raw.unpipe(body));
      throw error;
    } finally {
      for (const timer of bounds) timer.cancel();
      this.#sockets.delete(socket);
      raw.unpipe(body).resume();
      body.destroy();
    }
  }

  #bound(raw: IncomingMessage, body: PassThrough): Timer[] {
    const { silentMs, totalMs } = this.#bounds;
    const late = (why: string) =>
      body.destroy(new Refusal(408, 'RequestTimeout', `The body was not sent in time: ${why}.`));
    let seen = raw.socket.bytesRead;
    let timer: Timer;
    const look = () => {
      const { bytesRead } = raw.socket;
      // While what came is not taken, silence is not the client's.
      const isSilent = bytesRead === seen && !raw.isPaused() && !raw.complete;
      if (isSilent) return void late(`nothing came for ${silentMs / 1000} s`);
      seen = bytesRead;
      timer = this.#clock.after(silentMs, look);
    };
    timer = this.#clock.after(silentMs, look);
    const total = this.#clock.after(totalMs, () => late(`it took more than ${totalMs / 1000} s`));
    return [{ cancel: () => timer.cancel() }, total];
  }
}
