/**
 * JSON Web Tokens in `Authorization: Bearer`: this server's own (HS256), and those of another issuer whose public
 * keys it was given. The key fixes the algorithm, never the token: `none`, or HS256 with somebody's public key for a
 * secret, come nowhere (RFC 8725, section 3.1).
 */
import { decodeProtectedHeader, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { callersRevision, refusedCredential, type CredentialCore } from '../../core/credential-check.ts';
import { AppError } from '../../core/errors.ts';
import type { Principal } from '../../core/principal.ts';
import { roles, Scopes, type RoleName } from '../../core/scopes.ts';
import { andThen, type Sooner } from '../../core/sooner.ts';
import { rightsOfToken, type TokenClaims, type TokenRights } from '../../core/users.ts';
import { apiKeyPrefix } from './api-key.ts';
import { bearerKind, bearerToken } from './bearer.ts';
import { leewaySeconds, verifiedWith, type ForeignIssuer } from './jwt-verification.ts';
import type { AuthMethod } from './method.ts';
import { tokenKey } from './token-issuer.ts';

export interface JwtOptions {
  core: CredentialCore;
  /** Of this server's own tokens. */
  secret: Uint8Array;
  foreign: ForeignIssuer;
  /** Of tokens that name none: 12 digits. */
  account: string;
}

/** The signature is checked once; what may change meanwhile, at every request. */
interface Verified {
  claims: TokenClaims;
  /** Epoch ms. */
  until: number;
  /** `rights` are the same object until something changes; `revision` is that of all who may call. */
  last?: { rights: TokenRights; principal: Principal; revision: number | undefined };
}

const verifiedKept = 2000;

export function jsonWebToken({ core, secret, foreign, account }: JwtOptions): AuthMethod {
  const known = new LRUCache<string, Verified>({ max: verifiedKept });
  const own = { algorithms: ['HS256'], key: tokenKey(secret) };

  async function verify(text: string): Promise<Verified> {
    const isOwn = algorithmOf(text) === 'HS256';
    const now = core.clock.now();
    const payload = isOwn ? await verifiedWith(text, own, now) : await foreign.verify(text, now);
    const claims = isOwn ? ownClaims(payload, account) : foreignClaims(payload, account);
    const verified = { claims, until: (payload.exp! + leewaySeconds) * 1000 };
    known.set(text, verified);
    return verified;
  }

  /** Throws `Unauthorized` where the token has expired, was given back, or who or what is behind it has ended or changed. */
  function current(text: string, verified: Verified): Sooner<Principal> {
    if (core.clock.now() >= verified.until) {
      known.delete(text);
      throw new AppError('Unauthorized', 'The token has expired.');
    }
    const { claims, last } = verified;
    const revision = callersRevision(core.store.read);
    // A key behind the token may have ended since with nothing changed: it expires.
    const settles = revision !== undefined && claims.keyId === undefined;
    if (settles && last?.revision === revision) return last.principal;
    return andThen(rightsOfToken(core, claims), (rights) =>
      holder(verified, rights, settles ? revision : undefined),
    );
  }

  return {
    name: 'jwt',
    claims: (request) => bearerKind(request, apiKeyPrefix) === 'other',
    authenticate(request): Sooner<Principal> {
      const text = bearerToken(request)!;
      return andThen(known.get(text) ?? verify(text), (verified) => current(text, verified));
    },
  };
}

function holder(verified: Verified, rights: TokenRights, revision: number | undefined): Principal {
  const { claims, last } = verified;
  if (last !== undefined && last.rights === rights) {
    last.revision = revision;
    return last.principal;
  }
  const keyId = claims.jti === '' ? {} : { keyId: claims.jti };
  const issuedBy = claims.keyId === undefined ? {} : { issuedBy: claims.keyId };
  const madeBy = claims.madeBy === undefined ? {} : { madeBy: claims.madeBy };
  const principal: Principal = {
    subject: claims.subject,
    kind: 'token',
    ...keyId,
    ...issuedBy,
    ...madeBy,
    ...rights,
  };
  verified.last = { rights, principal, revision };
  return principal;
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    throw refusedCredential();
  }
}

function ownClaims(payload: JWTPayload, account: string): TokenClaims {
  const { role, key, made_by: madeBy, iat = 0 } = payload;
  const ofRole = typeof role === 'string' && Object.hasOwn(roles, role) ? roles[role as RoleName] : [];
  return {
    subject: ownSubject(payload.sub!),
    jti: idOf(payload),
    issuedAt: iat * 1000,
    scopes: new Scopes([...ofRole, ...scopeClaim(payload)]),
    account: payload['account'] === undefined ? account : checkedAccount(payload['account']),
    ...(typeof key === 'string' && { keyId: key }),
    ...(Array.isArray(madeBy) && { madeBy: texts(madeBy) }),
  };
}

/** Says nothing of this server's users, keys and accounts. */
function foreignClaims(payload: JWTPayload, account: string): TokenClaims {
  return {
    subject: `token:${payload.sub}`,
    jti: idOf(payload),
    issuedAt: 0,
    scopes: new Scopes(scopeClaim(payload)),
    account,
  };
}

const idOf = ({ jti }: JWTPayload) => (typeof jti === 'string' ? jti : '');

/** Who holds the secret may name users, service accounts and keys; other names stay apart from those of this server. */
const ownSubject = (sub: string) => (/^(user|service|key|token):/.test(sub) ? sub : `token:${sub}`);

function checkedAccount(claim: unknown): string {
  if (typeof claim === 'string' && /^[0-9]{12}$/.test(claim)) return claim;
  throw new AppError('Unauthorized', "The token's account claim is not 12 digits.");
}

/** Separated by spaces (RFC 8693, section 4.2), or an array of them. */
function scopeClaim({ scope }: JWTPayload): string[] {
  if (typeof scope === 'string') return scope.split(' ');
  return Array.isArray(scope) ? texts(scope) : [];
}

const texts = (values: readonly unknown[]) => values.filter((each) => typeof each === 'string');
