/** API keys, access key pairs and account tokens: how they are made, found and ended. */
import { tokensOf, type CredentialCore } from './credential-check.ts';
import { AppError } from './errors.ts';
import { apiKeyId, hashOf, newAccessKey, newAccountToken, newApiKey } from './key-material.ts';
import { readPage, type Page } from './paging.ts';
import type { Reader, Transaction } from './ports/store.ts';
import { seesAccount, type Principal } from './principal.ts';
import type { CredentialRecord, UserRecord } from './records.ts';
import { checkedRights, requireWithin, type Rights, type RightsRequest } from './rights.ts';

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
