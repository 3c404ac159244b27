/** From the permission to run a process in a container to the connection that does it: once, and soon. */
import type { WebSocket } from 'ws';
import { AppError } from '../../core/errors.ts';
import { OneTimeSecrets } from '../auth/one-time-secrets.ts';
import { closeCodes } from '../sockets/close-codes.ts';
import type { ExecSessions } from '../sockets/exec-sessions.ts';
import type { ExecOrder } from '../sockets/exec-stream.ts';

const connectWithinMs = 30_000;

export class ExecOffers {
  readonly #sessions: ExecSessions;
  readonly #offered: OneTimeSecrets<ExecOrder>;

  constructor(sessions: ExecSessions) {
    this.#sessions = sessions;
    const { clock, bounds } = sessions.options;
    this.#offered = new OneTimeSecrets({
      ...{ clock, prefix: 'exec-', ttlMs: connectWithinMs },
      most: bounds.execSessions * 2,
      mostPerHolder: Math.ceil(bounds.execSessions / 2),
    });
  }

  /** The session's id, which is all that is needed to connect. Throws `Throttled`. */
  offer(order: ExecOrder): string {
    this.#sessions.requireRoom(order.holder);
    return this.#offered.issue(order, order.holder);
  }

  connect(socket: WebSocket, sessionId: string): void {
    const order = this.#offered.redeem(sessionId);
    if (!order) return socket.close(closeCodes.notFound, 'unknown or used session');
    try {
      this.#sessions.open(socket, order);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      socket.close(closeCodes.overloaded, 'too many exec sessions');
    }
  }
}
