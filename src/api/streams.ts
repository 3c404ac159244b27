/** Answers that go on for as long as there is something to tell: ended with the client, the server or the right to it. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';
import { holderName, requireScope, seesNoLess } from '../core/principal.ts';
import type { Scope } from '../core/scopes.ts';
import type { Log } from '../telemetry/log.ts';
import type { FrontDoorOptions } from './auth/front-door.ts';
import { permissionWatchMs, watchPermission } from './auth/permission-watch.ts';
import { recheckOf } from './auth/recheck.ts';
import { batched } from './batched.ts';

export class OpenStreams {
  readonly #open = new Set<AbortController>();
  readonly #ofCaller = new Map<string, number>();
  readonly #most: number;

  /** `most`: of one caller at a time. All end when the app closes. */
  constructor(app: FastifyInstance, most = Infinity) {
    this.#most = most;
    app.addHook('preClose', (closed) => {
      for (const each of this.#open) each.abort();
      closed();
    });
  }

  /**
   * Aborts when the client has gone or the server closes. Undefined where the client went while it was found out who
   * it is: it has been told of already, and nothing would ever end this. Throws `Throttled` above the most; what ends
   * by itself soon need not count (`isCounted`).
   */
  begin({ principal }: FastifyRequest, { raw }: FastifyReply, isCounted = true): AbortController | undefined {
    if (raw.destroyed) return undefined;
    const caller = holderName(principal);
    if (isCounted) this.#count(caller);
    const gone = new AbortController();
    this.#open.add(gone);
    raw.once('close', () => {
      this.#open.delete(gone);
      if (isCounted) this.#release(caller);
      gone.abort();
    });
    return gone;
  }

  #count(caller: string): void {
    const count = this.#ofCaller.get(caller) ?? 0;
    if (count >= this.#most) {
      const message = `At most ${this.#most} streams may be open at a time; close one first.`;
      throw new AppError('Throttled', message, { retryAfter: 1 });
    }
    this.#ofCaller.set(caller, count + 1);
  }

  #release(caller: string): void {
    const left = (this.#ofCaller.get(caller) ?? 1) - 1;
    if (left === 0) this.#ofCaller.delete(caller);
    else this.#ofCaller.set(caller, left);
  }
}

export interface CallerWatch {
  door: Pick<FrontDoorOptions, 'mode' | 'methods'>;
  clock: Clock;
  log: Log;
}

/** Aborts `gone` with the refusal where the caller may not read on. */
export function watchCaller(
  request: FastifyRequest,
  gone: AbortController,
  scope: Scope,
  { door, clock, log }: CallerWatch,
): Timer {
  const recheck = recheckOf(request, door);
  return watchPermission({
    ...{ clock, log, everyMs: permissionWatchMs },
    async require() {
      const principal = await recheck();
      requireScope(principal, scope);
      if (!seesNoLess(principal, request.principal))
        throw new AppError('Forbidden', 'The account is another.');
    },
    end: (refusal) => gone.abort(refusal),
  });
}

/** Written where nothing else was for a while: proxies cut connections that are silent for long. */
export interface Pulse {
  text: string;
  clock: Clock;
}

const pulseMs = 15_000;

/**
 * Sends the head at once, since what is followed may stay silent for long. What fails afterwards can no longer change
 * the status: the chunks have to tell it. Each chunk is whole by itself, so that a pulse may come between any two.
 */
export async function sendStream(
  reply: FastifyReply,
  headers: Record<string, string>,
  chunks: AsyncIterable<string>,
  pulse?: Pulse,
): Promise<void> {
  const { raw } = reply;
  reply.hijack();
  // No hook writes those that the pipeline has set.
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  raw.writeHead(200, headers);
  raw.flushHeaders();
  const beating =
    pulse && beat(pulse, () => !raw.writableEnded && !raw.writableNeedDrain && raw.write(pulse.text));
  try {
    await pipeline(Readable.from(batched(chunks)), raw);
  } catch (error) {
    // The client went away, which is how following usually ends.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    beating?.cancel();
  }
}

function beat({ clock }: Pulse, write: () => void): Timer {
  let timer: Timer;
  const wait = () => {
    timer = clock.after(pulseMs, () => {
      wait();
      write();
    });
  };
  wait();
  return { cancel: () => timer.cancel() };
}
