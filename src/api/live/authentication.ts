/** Who is on the other end of a connection: by the upgrade's headers, by a ticket, or by its first message. */
import type { FastifyRequest } from 'fastify';
import type { Core } from '../../core/context.ts';
import { holderOfAccessKey, refusedCredential } from '../../core/credentials.ts';
import { AppError } from '../../core/errors.ts';
import type { Principal } from '../../core/principal.ts';
import { isBadCredential } from '../auth/bad-credential.ts';
import type { FrontDoorOptions } from '../auth/front-door.ts';
import type { AuthMethod } from '../auth/method.ts';
import { OneTimeSecrets } from './one-time-secrets.ts';

/** A caller, and the way to ask again whether its credential is still good: connections outlive credentials. */
export interface Caller {
  principal: Principal;
  /** Answers with the principal as it is now. Throws where the credential was revoked or has ended. */
  recheck(): Promise<Principal>;
}

export type LiveDoor = Pick<FrontDoorOptions, 'mode' | 'limits' | 'methods'>;

export const ticketSeconds = 30;
const maxTickets = 10_000;

export class Authentication {
  readonly #door: LiveDoor;
  readonly #core: Core;
  readonly #tickets: OneTimeSecrets<Caller>;

  constructor(door: LiveDoor, core: Core) {
    this.#door = door;
    this.#core = core;
    const ttlMs = ticketSeconds * 1000;
    this.#tickets = new OneTimeSecrets({ clock: core.clock, prefix: 'lst_', ttlMs, most: maxTickets });
  }

  /** Undefined: it showed nothing, and has to. */
  ofRequest(request: FastifyRequest): Caller | undefined {
    const { principal } = request;
    if (principal.kind === 'anonymous' && this.#door.mode === 'required') return undefined;
    return { principal, recheck: this.#recheckOf(request) };
  }

  /** For the caller of `request`; good once, for half a minute, in a URL where a key must not be. */
  issueTicket(request: FastifyRequest): string {
    return this.#tickets.issue({ principal: request.principal, recheck: this.#recheckOf(request) });
  }

  /** A ticket, a JWT or an API key. Throws `Unauthorized`, and `Throttled` after many bad ones from one address. */
  async ofToken(request: FastifyRequest, token: string): Promise<Caller> {
    return this.#counted(request, async () => {
      if (this.#tickets.isOne(token)) return this.#redeem(token);
      const recheck = () => this.#authenticate(withToken(request, token));
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

  #redeem(ticket: string): Caller {
    const caller = this.#tickets.redeem(ticket);
    if (caller) return caller;
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

  /** The first method that was claimed says who calls. What signs one request cannot be checked again; its key can. */
  #recheckOf(request: FastifyRequest): () => Promise<Principal> {
    const { principal } = request;
    const [method] = this.#door.mode === 'none' ? [] : this.#claimed(request);
    if (method && !method.coversBody) return () => this.#authenticate(request);
    const { kind, keyId } = principal;
    if (kind !== 'access-key' || keyId === undefined) return async () => principal;
    return () => this.#holderOf(keyId);
  }

  #claimed(request: FastifyRequest): readonly AuthMethod[] {
    return this.#door.methods.filter((method) => !method.ofConnection && method.claims(request));
  }

  async #authenticate(request: FastifyRequest): Promise<Principal> {
    const [method] = this.#claimed(request);
    if (method) return method.authenticate(request);
    throw new AppError('Unauthorized', 'The token is of no kind that is known here.');
  }

  async #holderOf(accessKeyId: string): Promise<Principal> {
    const holder = await holderOfAccessKey(this.#core, accessKeyId);
    if (holder === undefined) throw refusedCredential();
    return holder;
  }
}

/** The upgrade, had it shown the token in its header: what is good there is good in a message. */
function withToken(request: FastifyRequest, token: string): FastifyRequest {
  const headers = { authorization: `Bearer ${token}` };
  return Object.create(request, { headers: { value: headers } }) as FastifyRequest;
}
