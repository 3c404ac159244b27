/** Who is on the other end of a connection: by the upgrade's headers, by a ticket, or by its first message. */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { holderName, type Principal } from '../../core/principal.ts';
import { isBadCredential } from './bad-credential.ts';
import type { FrontDoorOptions } from './front-door.ts';
import { authenticateByHeaders, recheckOf, type Recheck } from './recheck.ts';
import { OneTimeSecrets } from './one-time-secrets.ts';

/** A caller, and the way to ask again whether its credential is still good: connections outlive credentials. */
export interface Caller {
  principal: Principal;
  recheck: Recheck;
}

export type ConnectionDoor = Pick<FrontDoorOptions, 'mode' | 'limits' | 'methods'>;

export const ticketSeconds = 30;
const maxTickets = 10_000;
const maxTicketsPerCaller = 100;

export class ConnectionEntry {
  readonly #door: ConnectionDoor;
  readonly #tickets: OneTimeSecrets<Caller>;

  constructor(door: ConnectionDoor, clock: Clock) {
    this.#door = door;
    const ttlMs = ticketSeconds * 1000;
    this.#tickets = new OneTimeSecrets({
      clock,
      prefix: 'lst_',
      ttlMs,
      most: maxTickets,
      mostPerHolder: maxTicketsPerCaller,
    });
  }

  /** Undefined: it showed nothing, and has to. */
  ofRequest(request: FastifyRequest): Caller | undefined {
    const { principal } = request;
    if (principal.kind === 'anonymous' && this.#door.mode === 'required') return undefined;
    return { principal, recheck: recheckOf(request, this.#door) };
  }

  /** For the caller of `request`; good once, for half a minute, in a URL where a key must not be. */
  issueTicket(request: FastifyRequest): string {
    const { principal } = request;
    return this.#tickets.issue({ principal, recheck: recheckOf(request, this.#door) }, holderName(principal));
  }

  /** A ticket, a JWT or an API key. Throws `Unauthorized`, and `Throttled` after many bad ones from one address. */
  async ofToken(request: FastifyRequest, token: string): Promise<Caller> {
    return this.#counted(request, async () => {
      if (this.#tickets.isOne(token)) return this.#redeem(token);
      const shown = withToken(request, token);
      const recheck = () => authenticateByHeaders(shown, this.#door.methods);
      return { principal: await recheck(), recheck };
    });
  }

  /** Keys and tokens stay out of URLs, which are logged and kept: only a ticket will do. */
  async ofUrl(request: FastifyRequest, token: string): Promise<Caller> {
    return this.#counted(request, async () => {
      if (this.#tickets.isOne(token)) return this.#redeem(token);
      throw new AppError(
        'Unauthorized',
        'The URL takes only tickets, since URLs are logged: get one with POST /auth/tickets, or send the token as ' +
          'the first message {"type":"auth","token":"..."}.',
      );
    });
  }

  /** With authentication off credentials are not even looked at. */
  get isOff(): boolean {
    return this.#door.mode === 'none';
  }

  /** The credential that a ticket was given for may have ended since. */
  async #redeem(ticket: string): Promise<Caller> {
    const caller = this.#tickets.redeem(ticket);
    if (caller) return { ...caller, principal: await caller.recheck() };
    throw new AppError('Unauthorized', 'The ticket is not known, was used before, or is too old.');
  }

  async #counted(request: FastifyRequest, authenticate: () => Promise<Caller>): Promise<Caller> {
    const { limits } = this.#door;
    await limits.checkFailures(request);
    try {
      return await authenticate();
    } catch (error) {
      if (isBadCredential(error)) await limits.countFailure(request);
      throw error;
    }
  }
}

/** The upgrade, had it shown the token in its header: what is good there is good in a message. */
function withToken(request: FastifyRequest, token: string): FastifyRequest {
  const headers = { authorization: `Bearer ${token}` };
  return Object.create(request, { headers: { value: headers } }) as FastifyRequest;
}
