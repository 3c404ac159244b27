/** Whom a key lets in. Asked at every request: what was found is kept for as long as nobody's rights change. */
import { AppError } from './errors.ts';
import { apiKeyId, matchesHash } from './key-material.ts';
import type { Clock } from './ports/clock.ts';
import type { Sealer } from './ports/secrets.ts';
import type { Reader, Store } from './ports/store.ts';
import type { Principal } from './principal.ts';
import type { CredentialRecord, UserRecord } from './records.ts';
import { commonScopes, scopesOf } from './rights.ts';
import { sameText } from './same-text.ts';
import { andThen, lookUp, type Sooner } from './sooner.ts';

/** What credentials and users are kept with. */
export interface CredentialCore {
  store: Store;
  clock: Clock;
  sealer: Sealer;
}

/** One message for whatever is wrong, so that it tells nothing about which keys there are. */
export const refusedCredential = () =>
  new AppError('Unauthorized', 'The credential is not valid: it is unknown, wrong, expired or revoked.');

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

/** Of one account, those in force. */
export async function tokensOf(
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
