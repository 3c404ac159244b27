/**
 * The tokens of the simple API in the three forms its clients have had: plain in `Auth-Token`, plain in
 * `X-Auth-Token`, and as a bcrypt hash of the token, made by the client, in `X-Auth-Token`.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../core/errors.ts';
import type { Principal } from '../../core/principal.ts';
import { BcryptThread } from './bcrypt-thread.ts';
import type { AuthMethod } from './method.ts';

export interface AccountToken {
  principal: Principal;
  token: string;
}

/** The client chooses a hash's cost, and the server pays it: about 80 ms for each of the account's tokens. */
const maxCost = 10;
/** Of bcrypt itself. */
const minCost = 4;
const maxHashesUnderWay = 4;
const path = '/v1/ecs/';
const bcryptHash = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** `tokensOf`: those of an account that are in force. */
export function accountToken(tokensOf: (account: string) => Promise<readonly AccountToken[]>): AuthMethod {
  const hashes = new HashedTokens();
  return {
    name: 'auth-token',
    claims: ({ headers, raw }) =>
      (headers['auth-token'] !== undefined || headers['x-auth-token'] !== undefined) &&
      raw.url!.startsWith(path),
    async authenticate(request) {
      const account = accountIn(request.raw.url!);
      const tokens = account === undefined ? [] : await tokensOf(account);
      let caller: Principal | undefined;
      for (const shown of shownIn(request)) {
        const cost = bcryptHash.exec(shown.text)?.[1];
        const isHash = shown.mayBeHash && cost !== undefined;
        if (isHash) refuseCost(Number(cost));
        const match = isHash ? await hashes.find(shown.text, tokens) : findPlain(shown.text, tokens);
        if (match === undefined) throw refused();
        caller ??= match.principal;
      }
      return caller!;
    },
    close: () => hashes.close(),
  };
}

function shownIn({ headers }: FastifyRequest): { text: string; mayBeHash: boolean }[] {
  return (['auth-token', 'x-auth-token'] as const).flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [{ text: String(value), mayBeHash: name === 'x-auth-token' }];
  });
}

/** The accounts of this face stand in its paths: `/v1/ecs/<account>/…`. */
function accountIn(url: string): string | undefined {
  return /^\/v1\/ecs\/([0-9]{12})(?:[/?]|$)/.exec(url)?.[1];
}

function refuseCost(cost: number): void {
  if (cost < minCost) throw refused();
  if (cost <= maxCost) return;
  throw new AppError(
    'Unauthorized',
    `X-Auth-Token: the bcrypt cost is ${cost}; make the hash with at most ${maxCost}.`,
  );
}

function findPlain(shown: string, tokens: readonly AccountToken[]): AccountToken | undefined {
  const digest = sha256(shown);
  return tokens.find(({ token }) => timingSafeEqual(sha256(token), digest));
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const refused = () => new AppError('Unauthorized', 'The account token is not valid.');

/** Which token a hash was made of; null: of none. Hashing takes long, so what was found out is kept. */
class HashedTokens {
  readonly #known = new LRUCache<string, { token: string | null; among: string }>({ max: 1000 });
  readonly #thread = new BcryptThread();

  close(): Promise<void> {
    return this.#thread.close();
  }

  async find(hash: string, tokens: readonly AccountToken[]): Promise<AccountToken | undefined> {
    const among = tokens.map(({ token }) => token).join('\n');
    const known = this.#known.get(hash);
    const found = known?.among === among ? known.token : await this.#search(hash, tokens);
    this.#known.set(hash, { token: found, among });
    return tokens.find(({ token }) => token === found);
  }

  async #search(hash: string, tokens: readonly AccountToken[]): Promise<string | null> {
    if (this.#thread.underWay >= maxHashesUnderWay) {
      throw new AppError('Throttled', 'Too many hashed tokens are being checked: try again in a second.', {
        retryAfter: 1,
      });
    }
    const texts = tokens.map(({ token }) => token);
    return texts[await this.#thread.indexOf(hash, texts)] ?? null;
  }
}
