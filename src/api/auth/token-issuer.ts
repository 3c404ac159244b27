/** Tokens of this server: JWTs signed with HS256 and a secret that only this server has (RFC 7519, RFC 7518). */
import { createSecretKey, randomUUID, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../../core/ports/clock.ts';

export interface TokenRequest {
  /** `user:<name>`, `service:<name>`, `key:<id>` or `token:<name>`. */
  subject: string;
  /** Patterns, as credentials carry them. */
  scopes: readonly string[];
  /** 12 digits. */
  account: string;
  ttlSeconds: number;
  /** Of the key that asked for it: with the key, its tokens end too. */
  keyId?: string;
  /** Who asked for it, other than its subject: it ends and shrinks with each. */
  madeBy?: readonly string[];
}

export interface IssuedToken {
  token: string;
  /** Seconds. */
  expiresIn: number;
  jti: string;
}

export interface TokenIssuer {
  issue(request: TokenRequest): Promise<IssuedToken>;
}

export const ownIssuer = 'longshore';

export function tokenIssuer(secret: Uint8Array, clock: Clock): TokenIssuer {
  const key = tokenKey(secret);
  return {
    async issue({ subject, scopes, account, ttlSeconds, keyId, madeBy }) {
      const jti = randomUUID();
      // With milliseconds, which a NumericDate may have: a token made in the second of a change of password must not
      // outlive it, and one made right after it must live.
      const now = clock.now() / 1000;
      const token = await new SignJWT({
        scope: scopes.join(' '),
        account,
        ...(keyId && { key: keyId }),
        ...(madeBy && { made_by: madeBy }),
      })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ownIssuer)
        .setSubject(subject)
        .setJti(jti)
        .setIssuedAt(now)
        .setExpirationTime(Math.floor(now + ttlSeconds))
        .sign(key);
      return { token, expiresIn: ttlSeconds, jti };
    },
  };
}

export const tokenKey = (secret: Uint8Array): KeyObject => createSecretKey(secret);
