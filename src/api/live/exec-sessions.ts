/** From the permission to run a process in a container to the connection that does it: once, and soon. */
import type { WebSocket } from 'ws';
import { AppError } from '../../core/errors.ts';
import { holderName } from '../../core/principal.ts';
import { ExecStream, type ExecOrder, type ExecSessionsOptions } from './exec-stream.ts';
import { OneTimeSecrets } from './one-time-secrets.ts';
import { closeCodes } from './protocol.ts';

const connectWithinMs = 30_000;

export class ExecSessions {
  readonly #options: ExecSessionsOptions;
  readonly #offered: OneTimeSecrets<ExecOrder>;
  readonly #running = new Set<ExecStream>();

  constructor(options: ExecSessionsOptions) {
    this.#options = options;
    const { clock, bounds } = options;
    this.#offered = new OneTimeSecrets({
      ...{ clock, prefix: 'exec-', ttlMs: connectWithinMs },
      most: bounds.execSessions * 2,
      mostPerHolder: Math.ceil(bounds.execSessions / 2),
    });
  }

  /** The session's id, which is all that is needed to connect. Throws `Throttled`. */
  offer(order: ExecOrder): string {
    if (this.#running.size >= this.#options.bounds.execSessions) {
      throw new AppError('Throttled', 'Too many exec sessions are open. Close one, or try again later.');
    }
    return this.#offered.issue(order, holderName(order.caller.principal));
  }

  connect(socket: WebSocket, sessionId: string): void {
    const order = this.#offered.redeem(sessionId);
    if (!order) return socket.close(closeCodes.notFound, 'unknown or used session');
    if (this.#running.size >= this.#options.bounds.execSessions) {
      return socket.close(closeCodes.overloaded, 'too many exec sessions');
    }
    const stream = new ExecStream(socket, order, this.#options);
    this.#running.add(stream);
    socket.once('close', () => this.#running.delete(stream));
  }

  close(): void {
    for (const stream of this.#running) stream.end('Server shutdown');
  }
}
