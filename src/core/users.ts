/** People, who come with a password, and service accounts, which come with keys. */
import { isInForce, refusedCredential, revokeAllOf, type CredentialCore } from './credentials.ts';
import { AppError } from './errors.ts';
import { hashedPassword, passwordMatches } from './password.ts';
import { readPage, type Page } from './paging.ts';
import { seesAccount, type Principal } from './principal.ts';
import type { CredentialRecord, UserRecord } from './records.ts';
import { checkedRights, commonScopes, requireWithin, scopesOf, type RightsRequest } from './rights.ts';
import type { Scopes } from './scopes.ts';
import { andThen, lookUp, type Sooner } from './sooner.ts';

export type UserKind = UserRecord['kind'];

export interface UserRequest extends RightsRequest {
  kind: UserKind;
  /** 1 to 64 of a-z, 0-9 and `._-`. */
  name: string;
  description?: string | undefined;
  /** Of a person; a service account has none. */
  password?: string | undefined;
}

export interface UserChanges extends Omit<RightsRequest, 'account'> {
  description?: string | undefined;
  password?: string | undefined;
  disabled?: boolean | undefined;
}

const words = { user: 'user', service: 'service account' } as const;

/** Throws `AlreadyExists`, `InvalidParameter`, `Forbidden`. */
export async function createUser(
  core: CredentialCore,
  creator: Principal,
  request: UserRequest,
): Promise<UserRecord> {
  const { kind, name } = request;
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name)) {
    throw new AppError(
      'InvalidParameter',
      `name: '${name.slice(0, 80)}' is not 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.`,
      { field: 'name' },
    );
  }
  const rights = checkedRights(creator, request);
  if (kind === 'user' && request.password === undefined) {
    throw new AppError('InvalidParameter', 'password: give one.', { field: 'password' });
  }
  const now = core.clock.now();
  const record: UserRecord = {
    id: `${kind}:${name}`,
    kind,
    name,
    description: checkedDescription(request.description ?? ''),
    ...(kind === 'user' && { passwordHash: await hashedPassword(request.password ?? '') }),
    ...rights,
    disabled: false,
    tokensValidFrom: now,
    createdAt: now,
  };
  return core.store.transact(async (tx) => {
    if ((await tx.users.get(record.id)) !== undefined) {
      throw new AppError('AlreadyExists', `name: there is a ${words[kind]} '${name}' already.`);
    }
    await tx.users.insert(record);
    return record;
  });
}

/**
 * Needs all rights that the account has before and after: who may change a password may come in with it. Tokens
 * given out before end with a change of anything but the description.
 */
export async function updateUser(
  core: CredentialCore,
  changer: Principal,
  kind: UserKind,
  name: string,
  changes: UserChanges,
): Promise<UserRecord> {
  if (kind === 'service' && changes.password !== undefined) {
    throw new AppError('InvalidParameter', 'password: a service account has none; make a key for it.', {
      field: 'password',
    });
  }
  const passwordHash = changes.password === undefined ? undefined : await hashedPassword(changes.password);
  return core.store.transact(async (tx) => {
    const before = visible(await tx.users.get(`${kind}:${name}`), changer, kind, name);
    requireWithin(changer, before);
    const { role, scopes, limits, description, disabled } = changes;
    const rights =
      role === undefined && scopes === undefined && limits === undefined
        ? {}
        : checkedRights(changer, {
            role: role ?? before.role,
            scopes: scopes ?? before.scopes,
            account: before.account,
            ...(limits && { limits }),
          });
    const ends = Object.keys(rights).length > 0 || passwordHash !== undefined || disabled !== undefined;
    const after: UserRecord = {
      ...before,
      ...rights,
      ...(description !== undefined && { description: checkedDescription(description) }),
      ...(passwordHash !== undefined && { passwordHash }),
      ...(disabled !== undefined && { disabled }),
      ...(ends && { tokensValidFrom: core.clock.now() }),
    };
    await tx.users.put(after);
    return after;
  });
}

/** With every key it has. */
export async function deleteUser(
  core: CredentialCore,
  remover: Principal,
  kind: UserKind,
  name: string,
): Promise<void> {
  await core.store.transact(async (tx) => {
    const record = visible(await tx.users.get(`${kind}:${name}`), remover, kind, name);
    requireWithin(remover, record);
    await revokeAllOf(tx, record.id, core.clock.now());
    await tx.users.delete(record.id);
  });
}

/** Throws `ResourceNotFound` also for one of an account that the viewer does not see. */
export async function describeUser(
  core: CredentialCore,
  viewer: Principal,
  kind: UserKind,
  name: string,
): Promise<UserRecord> {
  return visible(await core.store.read.users.get(`${kind}:${name}`), viewer, kind, name);
}

/** In the order of their names. */
export async function listUsers(
  core: CredentialCore,
  viewer: Principal,
  kind: UserKind,
  page: { maxResults?: number | undefined; nextToken?: string | undefined } = {},
): Promise<Page<UserRecord>> {
  const where = { kind, ...(!viewer.scopes.allows('admin:accounts') && { account: viewer.account }) };
  return readPage(core.store.read.users, { where }, ({ id }) => id, {
    question: ['ListUsers', where],
    ...page,
    limit: 100,
  });
}

function visible(
  record: UserRecord | undefined,
  viewer: Principal,
  kind: UserKind,
  name: string,
): UserRecord {
  if (record !== undefined && seesAccount(viewer, record.account)) return record;
  throw new AppError('ResourceNotFound', `There is no ${words[kind]} '${name.slice(0, 80)}'.`);
}

function checkedDescription(text: string): string {
  if (text.length <= 256 && !/\p{Cc}/u.test(text)) return text;
  throw new AppError(
    'InvalidParameter',
    'description: at most 256 characters, none of them a control character.',
    { field: 'description' },
  );
}

/** Takes as long for a name that nobody has. Throws `Unauthorized`, with one message for all that can be wrong. */
export async function checkPassword(
  core: CredentialCore,
  name: string,
  password: string,
): Promise<UserRecord> {
  const user = await core.store.read.users.get(`user:${name}`);
  const right = await passwordMatches(password, user?.passwordHash);
  // Hashing waits for its turn: a password that was changed meanwhile must not be worth a token made after that.
  const current = await core.store.read.users.get(`user:${name}`);
  if (!right || current === undefined || current.disabled || current.passwordHash !== user?.passwordHash) {
    throw new AppError('Unauthorized', 'The username or the password is wrong.');
  }
  return current;
}

/** What a token that this server has issued says. Kept as one object for as long as the token is known. */
export interface TokenClaims {
  subject: string;
  jti: string;
  /** Epoch ms: a token made in the second of a change of password must not outlive it. */
  issuedAt: number;
  scopes: Scopes;
  account: string;
  /** Of the key that asked for it. */
  keyId?: string | undefined;
}

export type TokenRights = Pick<Principal, 'scopes' | 'account' | 'limits'>;

/**
 * What a token of this server still allows: nothing once it was given back, its key ended, or its user changed, and
 * never more than its user may. The same object until something changes. Throws `Unauthorized`.
 */
export function rightsOfToken(core: CredentialCore, claims: TokenClaims): Sooner<TokenRights> {
  const { read } = core.store;
  const { jti, keyId, subject } = claims;
  const isUsers = /^(user|service):/.test(subject);
  return andThen(lookUp(read.revokedTokens, jti), (revoked) => {
    if (revoked !== undefined) throw refusedCredential();
    return andThen(keyId === undefined ? undefined : lookUp(read.credentials, keyId), (key) => {
      if (keyId !== undefined && !isInForce(key, core.clock.now())) throw refusedCredential();
      if (!isUsers) return rightsWith(claims, key, undefined);
      return andThen(lookUp(read.users, subject), (user) => {
        if (user === undefined || user.disabled || claims.issuedAt < user.tokensValidFrom)
          throw refusedCredential();
        return rightsWith(claims, key, user);
      });
    });
  });
}

function rightsWith(
  claims: TokenClaims,
  key: CredentialRecord | undefined,
  user: UserRecord | undefined,
): TokenRights {
  const before = tokenRights.get(claims);
  if (before !== undefined && before.user === user && before.key === key) return before.rights;
  const limits = key?.limits ?? user?.limits;
  const rights: TokenRights = {
    scopes: user === undefined ? claims.scopes : commonScopes(claims.scopes, scopesOf(user)),
    account: user?.account ?? claims.account,
    ...(limits && { limits }),
  };
  tokenRights.set(claims, { user, key, rights });
  return rights;
}

const tokenRights = new WeakMap<
  TokenClaims,
  { user: UserRecord | undefined; key: CredentialRecord | undefined; rights: TokenRights }
>();

/** Ends a token of this server before its time. */
export async function revokeToken(core: CredentialCore, jti: string, expiresAt: number): Promise<void> {
  await core.store.transact((tx) => tx.revokedTokens.put({ id: jti, expiresAt }));
}
