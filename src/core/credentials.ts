/** API keys, access key pairs and account tokens: how they are made, found, checked and ended. */
import { AppError } from './errors.ts';
import { apiKeyId, hashOf, matchesHash, newAccessKey, newAccountToken, newApiKey } from './key-material.ts';
import { readPage, type Page } from './paging.ts';
import type { Clock } from './ports/clock.ts';
import type { Sealer } from './ports/secrets.ts';
import type { Reader, Store, Transaction } from './ports/store.ts';
import { seesAccount, type Principal } from './principal.ts';
import type { CredentialRecord, UserRecord } from './records.ts';
import {
  checkedRights,
  commonScopes,
  requireWithin,
  scopesOf,
  type Rights,
  type RightsRequest,
} from './rights.ts';
import { sameText } from './same-text.ts';
import { andThen, lookUp, type Sooner } from './sooner.ts';

/** What credentials and users are kept with. */
export interface CredentialCore {
  store: Store;
  clock: Clock;
  sealer: Sealer;
}

export interface CredentialRequest extends RightsRequest {
  /** For people; 1 to 128 characters. */
  name?: string | undefined;
  /** `user:<name>` or `service:<name>`, whose rights then bound it; absent: it stands for itself. */
  subject?: string | undefined;
  /** Milliseconds from now; absent: it does not expire. */
  ttlMs?: number | undefined;
}

/** Ended credentials stay listed for a while, so that what used them can be found out. */
const KEPT_AFTER_END_MS = 30 * 86_400_000;
const MAX_TOKENS_PER_ACCOUNT = 20;

/** One message for whatever is wrong, so that it tells nothing about which keys there are. */
export const refusedCredential = () =>
  new AppError('Unauthorized', 'The credential is not valid: it is unknown, wrong, expired or revoked.');

/** `key` is shown now and never again. Throws `InvalidParameter`, `Forbidden`, `ResourceNotFound` for its subject. */
export async function createApiKey(
  core: CredentialCore,
  creator: Principal,
  request: CredentialRequest,
): Promise<{ record: CredentialRecord; key: string }> {
  const { id, key } = newApiKey();
  const record = await insert(core, creator, request, { id, kind: 'api-key', hash: hashOf(key) });
  return { record, key };
}

/** A pair for AWS's clients. Its secret is kept sealed, because checking a signature needs it. */
export async function createAccessKey(
  core: CredentialCore,
  creator: Principal,
  request: CredentialRequest,
): Promise<{ record: CredentialRecord; secretAccessKey: string }> {
  const { id, secret } = newAccessKey();
  const sealedSecret = core.sealer.seal(secret);
  const record = await insert(core, creator, request, { id, kind: 'access-key', sealedSecret });
  return { record, secretAccessKey: secret };
}

/** The token that the simple API's clients of one account share. */
export async function createAccountToken(
  core: CredentialCore,
  creator: Principal,
  request: CredentialRequest,
): Promise<{ record: CredentialRecord; token: string }> {
  return core.store.transact(async (tx) => {
    const granted = await grantedFor(tx, creator, request);
    const { account } = granted.rights;
    // Counted after the rights were checked, so that it tells a stranger nothing.
    if ((await tokensOf(tx, account, core.clock.now())).length >= MAX_TOKENS_PER_ACCOUNT) {
      throw new AppError(
        'LimitExceeded',
        `Account ${account} has ${MAX_TOKENS_PER_ACCOUNT} tokens, which is the most: revoke one first.`,
      );
    }
    const { id, token } = newAccountToken(account);
    const secret = { id, kind: 'account-token', sealedSecret: core.sealer.seal(token) } as const;
    const record = recordOf(creator, request, granted, secret, core.clock.now());
    await tx.credentials.insert(record);
    return { record, token };
  });
}

type Secret = Pick<CredentialRecord, 'id' | 'kind' | 'hash' | 'sealedSecret'>;

async function insert(
  core: CredentialCore,
  creator: Principal,
  request: CredentialRequest,
  secret: Secret,
): Promise<CredentialRecord> {
  return core.store.transact(async (tx) => {
    const granted = await grantedFor(tx, creator, request);
    const record = recordOf(creator, request, granted, secret, core.clock.now());
    await tx.credentials.insert(record);
    return record;
  });
}

interface Granted {
  owner: UserRecord | undefined;
  /** Their account is the owner's, where there is one. */
  rights: Rights;
}

async function grantedFor(tx: Transaction, creator: Principal, request: CredentialRequest): Promise<Granted> {
  const owner = await ownerFor(tx, creator, request.subject);
  return { owner, rights: checkedRights(creator, owner ? { ...request, account: owner.account } : request) };
}

function recordOf(
  creator: Principal,
  { ttlMs, name = '' }: CredentialRequest,
  { owner, rights }: Granted,
  secret: Secret,
  now: number,
): CredentialRecord {
  const expiresAt = ttlMs === undefined ? 0 : now + checkedTtl(ttlMs);
  return {
    ...secret,
    subject: owner?.id ?? `key:${secret.id}`,
    name: checkedName(name),
    ...rights,
    createdBy: creator.subject,
    createdAt: now,
    expiresAt,
    revokedAt: 0,
    ...(expiresAt !== 0 && { forgetAt: expiresAt + KEPT_AFTER_END_MS }),
  };
}

async function ownerFor(
  reader: Pick<Reader, 'users'>,
  creator: Principal,
  subject: string | undefined,
): Promise<UserRecord | undefined> {
  if (subject === undefined) return undefined;
  const owner = await reader.users.get(subject);
  if (owner === undefined || !seesAccount(creator, owner.account)) {
    throw new AppError(
      'ResourceNotFound',
      `subject: there is no '${subject}'; it is user:<name> or service:<name> of one that exists.`,
      { field: 'subject' },
    );
  }
  requireWithin(creator, owner);
  return owner;
}

function checkedTtl(ttlMs: number): number {
  if (Number.isSafeInteger(ttlMs) && ttlMs >= 1000 && ttlMs <= 10 * 365 * 86_400_000) return ttlMs;
  throw new AppError('InvalidParameter', 'ttl: give from 1 second to 10 years, or none for no end.', {
    field: 'ttl',
  });
}

function checkedName(name: string): string {
  if (name.length <= 128 && !/\p{Cc}/u.test(name)) return name;
  throw new AppError('InvalidParameter', 'name: at most 128 characters, none of them a control character.', {
    field: 'name',
  });
}

/** Throws `ResourceNotFound` also for what belongs to an account that the viewer does not see. */
export async function describeCredential(
  core: CredentialCore,
  viewer: Principal,
  reference: string,
): Promise<CredentialRecord> {
  const id = idOf(reference);
  return visible(await core.store.read.credentials.get(id), viewer, id);
}

/** Takes effect with the next request. Revoking again changes nothing. Throws as `describeCredential`. */
export async function revokeCredential(
  core: CredentialCore,
  revoker: Principal,
  reference: string,
): Promise<CredentialRecord> {
  const id = idOf(reference);
  return core.store.transact(async (tx) => {
    const record = visible(await tx.credentials.get(id), revoker, id);
    return revokeIn(tx, record, core.clock.now());
  });
}

async function revokeIn(tx: Transaction, record: CredentialRecord, now: number): Promise<CredentialRecord> {
  if (record.revokedAt !== 0) return record;
  const revoked = { ...record, revokedAt: now, forgetAt: now + KEPT_AFTER_END_MS };
  await tx.credentials.put(revoked);
  return revoked;
}

/** Of somebody who is removed. */
export async function revokeAllOf(tx: Transaction, subject: string, now: number): Promise<void> {
  let after: string | undefined;
  do {
    const found = await tx.credentials.find({
      where: { subject },
      limit: 100,
      ...(after !== undefined && { after }),
    });
    for (const record of found) await revokeIn(tx, record, now);
    after = found.length === 100 ? found.at(-1)!.id : undefined;
  } while (after !== undefined);
}

function visible(record: CredentialRecord | undefined, viewer: Principal, id: string): CredentialRecord {
  if (record !== undefined && seesAccount(viewer, record.account)) return record;
  throw new AppError('ResourceNotFound', `There is no key '${id}'.`);
}

/** Who has a key in hand may name it by all of it, which then goes no further: into no answer and no log. */
const idOf = (reference: string): string => apiKeyId(reference) ?? reference;

/** In the order of their ids, ended ones too. */
export async function listCredentials(
  core: CredentialCore,
  viewer: Principal,
  page: { maxResults?: number | undefined; nextToken?: string | undefined } = {},
): Promise<Page<CredentialRecord>> {
  const where: Record<string, string> = viewer.scopes.allows('admin:accounts')
    ? {}
    : { account: viewer.account };
  return readPage(core.store.read.credentials, { where }, ({ id }) => id, {
    question: ['ListCredentials', where],
    ...page,
    limit: 100,
  });
}

/** Whether any key or person could come in at all. */
export async function hasCredentials(core: Pick<CredentialCore, 'store'>): Promise<boolean> {
  const [keys, users] = await Promise.all([
    core.store.read.credentials.find({ limit: 1 }),
    core.store.read.users.find({ limit: 1 }),
  ]);
  return keys.length + users.length > 0;
}

/** Neither revoked nor expired; its owner may still be disabled. */
export function isInForce(record: CredentialRecord | undefined, now: number): record is CredentialRecord {
  return record?.revokedAt === 0 && (record.expiresAt === 0 || now < record.expiresAt);
}

/** Made once of each stored record, which stays the same object until it changes. */
interface Checked {
  owner: UserRecord | undefined;
  principal: Principal;
  secret?: string;
  /** The key itself, once its hash was found good: to hash it for every request would cost as much as all else here. */
  key?: string;
}
const known = new WeakMap<CredentialRecord, Checked>();

const principalKinds = {
  'api-key': 'api-key',
  'access-key': 'access-key',
  'account-token': 'token',
} as const;

/** Throws `Unauthorized`, with one message for all that can be wrong. */
export function principalOfApiKey(core: CredentialCore, key: string): Sooner<Principal> {
  const id = apiKeyId(key);
  if (id === undefined) throw refusedCredential();
  return andThen(checkedById(core, id, 'api-key'), (found) => {
    if (found === undefined) throw refusedCredential();
    const { record, checked } = found;
    if (checked.key === undefined || !sameText(checked.key, key)) {
      if (!matchesHash(key, record.hash ?? '')) throw refusedCredential();
      checked.key = key;
    }
    return checked.principal;
  });
}

/** Undefined for one that is unknown, expired, revoked, or whose owner is disabled. */
export function accessKey(
  core: CredentialCore,
  id: string,
): Sooner<{ principal: Principal; secret: string } | undefined> {
  return andThen(checkedById(core, id, 'access-key'), (found) => {
    if (found === undefined) return undefined;
    const { record, checked } = found;
    checked.secret ??= core.sealer.open(record.sealedSecret ?? '');
    return { principal: checked.principal, secret: checked.secret };
  });
}

/** Those in force, of which a client of the simple API must show one. At most 20. */
export async function accountTokens(
  core: CredentialCore,
  account: string,
): Promise<{ principal: Principal; token: string }[]> {
  const tokens = [];
  const now = core.clock.now();
  for (const record of await tokensOf(core.store.read, account, now)) {
    const checked = (await checkedOf(core.store.read, record, 'account-token', now))!;
    checked.secret ??= core.sealer.open(record.sealedSecret ?? '');
    tokens.push({ principal: checked.principal, token: checked.secret });
  }
  return tokens;
}

async function tokensOf(
  reader: Pick<Reader, 'credentials' | 'users'>,
  account: string,
  now: number,
): Promise<CredentialRecord[]> {
  const found = await reader.credentials.find({
    where: { kind: 'account-token' },
    prefix: { field: 'id', value: `lst_${account}_` },
    limit: 1000,
  });
  const good = await Promise.all(
    found.map(async (record) => checkedOf(reader, record, 'account-token', now)),
  );
  return found.filter((_, index) => good[index] !== undefined);
}

interface Found {
  record: CredentialRecord;
  checked: Checked;
}

/** Of those who called last, what was found, which is good until somebody's rights change. */
const settled = new WeakMap<Reader, { revision: number; found: Map<string, Found> }>();
const mostSettled = 1000;

/** Rises whenever somebody's rights may have changed but by the passing of time; undefined says nothing. */
export function callersRevision(read: Reader): number | undefined {
  const [keys, people, ended] = [
    read.credentials.revision(),
    read.users.revision(),
    read.revokedTokens.revision(),
  ];
  return keys === undefined || people === undefined || ended === undefined
    ? undefined
    : keys + people + ended;
}

function checkedById(
  core: CredentialCore,
  id: string,
  kind: CredentialRecord['kind'],
): Sooner<Found | undefined> {
  const { read } = core.store;
  const before = settledAt(read, callersRevision(read));
  const found = before?.get(id);
  if (found?.record.kind === kind && isInForce(found.record, core.clock.now())) return found;
  return andThen(lookUp(read.credentials, id), (record) =>
    andThen(checkedOf(read, record, kind, core.clock.now()), (checked) => {
      if (checked === undefined) return undefined;
      const made = { record: record!, checked };
      if (before !== undefined) settle(before, id, made);
      return made;
    }),
  );
}

/** What was found at that revision. A map of an older one is nobody's any more, so what comes late does no harm. */
function settledAt(read: Reader, revision: number | undefined): Map<string, Found> | undefined {
  if (revision === undefined) return undefined;
  let current = settled.get(read);
  if (current?.revision !== revision) {
    current = { revision, found: new Map() };
    settled.set(read, current);
  }
  return current.found;
}

function settle(found: Map<string, Found>, id: string, made: Found): void {
  if (found.size >= mostSettled) found.clear();
  found.set(id, made);
}

/** Whom a credential of whichever kind lets in by now; undefined: nobody. The same object until something changes. */
export function principalOfId(
  { store: { read }, clock }: CredentialCore,
  id: string,
): Sooner<Principal | undefined> {
  return andThen(
    lookUp(read.credentials, id),
    (record) =>
      record && andThen(checkedOf(read, record, record.kind, clock.now()), (checked) => checked?.principal),
  );
}

/** Undefined where it does not let anybody in. */
function checkedOf(
  reader: Pick<Reader, 'users'>,
  record: CredentialRecord | undefined,
  kind: CredentialRecord['kind'],
  now: number,
): Sooner<Checked | undefined> {
  if (record?.kind !== kind || !isInForce(record, now)) return undefined;
  if (record.subject.startsWith('key:')) return checkedAs(record, undefined);
  return andThen(lookUp(reader.users, record.subject), (owner) =>
    owner === undefined || owner.disabled ? undefined : checkedAs(record, owner),
  );
}

function checkedAs(record: CredentialRecord, owner: UserRecord | undefined): Checked {
  const before = known.get(record);
  if (before !== undefined && before.owner === owner) return before;
  const checked = { owner, principal: principalOf(record, owner) };
  known.set(record, checked);
  return checked;
}

/** What an owner's credential may do follows the owner, and is less where it has a role or scopes of its own. */
function principalOf(record: CredentialRecord, owner: UserRecord | undefined): Principal {
  const own = scopesOf(record);
  const unbounded = record.role === 'none' && record.scopes.length === 0;
  const limits = record.limits ?? owner?.limits;
  return {
    subject: record.subject,
    kind: principalKinds[record.kind],
    keyId: record.id,
    scopes: owner === undefined ? own : unbounded ? scopesOf(owner) : commonScopes(own, scopesOf(owner)),
    account: owner?.account ?? record.account,
    ...(limits && { limits }),
  };
}
