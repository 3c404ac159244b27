/** People, who come with a password, and service accounts, which come with keys. */
import { principalOfId, refusedCredential, type CredentialCore } from './credential-check.ts';
import { revokeAllOf } from './credentials.ts';
import { AppError } from './errors.ts';
import { hashedPassword, passwordMatches } from './password.ts';
import { readPage, type Page } from './paging.ts';
import { isAccount, seesAccount, type Principal } from './principal.ts';
import type { RevokedTokenRecord, UserRecord } from './records.ts';
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
  /** '' where it has none. */
  jti: string;
  /** Epoch ms: a token made in the second of a change of password must not outlive it. */
  issuedAt: number;
  scopes: Scopes;
  account: string;
  /** Of the key that asked for it. */
  keyId?: string | undefined;
  /** Who asked for it, other than its subject: `user:<name>` or `service:<name>`. */
  madeBy?: readonly string[] | undefined;
}

export type TokenRights = Pick<Principal, 'scopes' | 'account' | 'limits'>;

/**
 * What a token of this server still allows: nothing once it was given back, its key ended, or its user or one of
 * those who made it changed, and never more than they and the owner of the key may. The same object until something
 * changes. Throws `Unauthorized`.
 */
export function rightsOfToken(core: CredentialCore, claims: TokenClaims): Sooner<TokenRights> {
  return andThen(givenBack(core, claims.jti), (revoked) => {
    if (revoked !== undefined) throw refusedCredential();
    return andThen(keyBehind(core, claims), (key) =>
      andThen(userOf(core, claims), (user) =>
        andThen(makersOf(core, claims), (makers) => rightsWith(claims, { key, user, makers })),
      ),
    );
  });
}

/** A token without an id cannot have been given back. */
function givenBack(core: CredentialCore, jti: string): Sooner<RevokedTokenRecord | undefined> {
  return jti === '' ? undefined : lookUp(core.store.read.revokedTokens, jti);
}

/** What a token's rights follow. */
interface Behind {
  key: Principal | undefined;
  user: UserRecord | undefined;
  makers: readonly UserRecord[];
}

function keyBehind(core: CredentialCore, { keyId }: TokenClaims): Sooner<Principal | undefined> {
  if (keyId === undefined) return undefined;
  return andThen(principalOfId(core, keyId), (key) => {
    if (key === undefined) throw refusedCredential();
    return key;
  });
}

function userOf(core: CredentialCore, claims: TokenClaims): Sooner<UserRecord | undefined> {
  return isAccount(claims.subject) ? unchanged(core, claims.subject, claims) : undefined;
}

const noMakers: readonly UserRecord[] = [];

function makersOf(core: CredentialCore, claims: TokenClaims): Sooner<readonly UserRecord[]> {
  let makers: Sooner<readonly UserRecord[]> = noMakers;
  for (const id of claims.madeBy ?? []) {
    makers = andThen(makers, (before) => andThen(unchanged(core, id, claims), (maker) => [...before, maker]));
  }
  return makers;
}

/** Throws where it was disabled or removed, or has changed since the token was made. */
function unchanged(core: CredentialCore, id: string, { issuedAt }: TokenClaims): Sooner<UserRecord> {
  return andThen(lookUp(core.store.read.users, id), (user) => {
    if (user === undefined || user.disabled || issuedAt < user.tokensValidFrom) throw refusedCredential();
    return user;
  });
}

function rightsWith(claims: TokenClaims, behind: Behind): TokenRights {
  const before = tokenRights.get(claims);
  if (before !== undefined && isSame(before.behind, behind)) return before.rights;
  const rights = newRights(claims, behind);
  tokenRights.set(claims, { behind, rights });
  return rights;
}

function isSame(before: Behind, now: Behind): boolean {
  return (
    before.user === now.user &&
    before.key === now.key &&
    now.makers.every((maker, index) => maker === before.makers[index])
  );
}

function newRights(claims: TokenClaims, { key, user, makers }: Behind): TokenRights {
  const account = user?.account ?? claims.account;
  // A key that stands for itself never changes, so that its tokens say all there is to say.
  const keyOwned = key !== undefined && isAccount(key.subject) ? key : undefined;
  if (keyOwned !== undefined && !seesAccount(keyOwned, account)) throw refusedCredential();
  const bounds = [user, ...makers].flatMap((each) => each ?? []).map(scopesOf);
  if (keyOwned !== undefined) bounds.push(keyOwned.scopes);
  const limits = [key, ...makers, user].find((each) => each?.limits !== undefined)?.limits;
  return { scopes: bounds.reduce(commonScopes, claims.scopes), account, ...(limits && { limits }) };
}

const tokenRights = new WeakMap<TokenClaims, { behind: Behind; rights: TokenRights }>();

/** Ends a token of this server before its time. */
export async function revokeToken(core: CredentialCore, jti: string, expiresAt: number): Promise<void> {
  await core.store.transact((tx) => tx.revokedTokens.put({ id: jti, expiresAt }));
}
