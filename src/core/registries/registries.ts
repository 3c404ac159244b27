/**
 * Registries that an account has credentials of, one for each address. A password or token comes in and never goes
 * out again, but to the registry of that address; so the address of one is never changed.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { RegistryAuth } from '../ports/image-transfer.ts';
import type { Sealer } from '../ports/secrets.ts';
import type { Store } from '../ports/store.ts';
import { seesAccount, type Principal } from '../principal.ts';
import type { RegistryRecord } from '../records.ts';
import { registryAddress } from './address.ts';

export interface RegistriesCore {
  store: Store;
  clock: Pick<Clock, 'now'>;
  sealer: Sealer;
}

export interface RegistryRequest extends RegistryAuth {
  /** As the user wrote it. */
  address: string;
  /** Absent: the address. */
  name?: string | undefined;
}

/** What is absent stays as it is. */
export type RegistryChanges = Partial<Pick<RegistryRequest, 'name' | 'username' | 'password'>>;

const mostOfAccount = 100;
/** Of all accounts, in one list. */
const mostListed = 10_000;

/** By address; those of every account for callers who may see all. */
export async function listRegistries(
  { store }: Pick<RegistriesCore, 'store'>,
  caller: Principal,
): Promise<RegistryRecord[]> {
  const { registries } = store.read;
  if (!caller.scopes.allows('admin:accounts')) {
    const where = { account: caller.account };
    return registries.find({ where, orderBy: 'address', limit: mostOfAccount });
  }
  const all = await registries.find({ limit: mostListed });
  return all.sort((left, right) => compare(left.address, right.address) || compare(left.id, right.id));
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** `reference`: its id, or the address of one of the caller's own account. */
export async function findRegistry(
  { store }: Pick<RegistriesCore, 'store'>,
  caller: Principal,
  reference: string,
): Promise<RegistryRecord> {
  return visible(await store.read.registries.get(idOf(caller, reference)), caller, reference);
}

/** Throws `AlreadyExists`, `LimitExceeded`, and `InvalidParameter` for an address that is none. */
export async function createRegistry(
  core: RegistriesCore,
  caller: Principal,
  { address: given, name, username, password }: RegistryRequest,
): Promise<RegistryRecord> {
  const { account } = caller;
  const address = checkedAddress(given);
  const now = core.clock.now();
  const record: RegistryRecord = {
    id: registryId(account, address),
    ...{ account, address, name: name ?? address, username },
    sealedPassword: core.sealer.seal(password),
    createdAt: now,
    updatedAt: now,
  };
  return core.store.transact(async ({ registries }) => {
    if ((await registries.get(record.id)) !== undefined) throw taken(address);
    if ((await registries.count({ account })) >= mostOfAccount) throw tooMany;
    await registries.insert(record);
    return record;
  });
}

export async function updateRegistry(
  core: RegistriesCore,
  caller: Principal,
  reference: string,
  { name, username, password }: RegistryChanges,
): Promise<RegistryRecord> {
  const sealed = password === undefined ? undefined : core.sealer.seal(password);
  return core.store.transact(async ({ registries }) => {
    const before = visible(await registries.get(idOf(caller, reference)), caller, reference);
    const after: RegistryRecord = {
      ...before,
      ...(name !== undefined && { name }),
      ...(username !== undefined && { username }),
      ...(sealed !== undefined && { sealedPassword: sealed }),
      updatedAt: core.clock.now(),
    };
    await registries.put(after);
    return after;
  });
}

export async function deleteRegistry(
  core: Pick<RegistriesCore, 'store'>,
  caller: Principal,
  reference: string,
): Promise<RegistryRecord> {
  return core.store.transact(async ({ registries }) => {
    const found = visible(await registries.get(idOf(caller, reference)), caller, reference);
    await registries.delete(found.id);
    return found;
  });
}

/** Throws `InvalidParameter`. */
export function checkedAddress(given: string): string {
  const address = registryAddress(given);
  if (address !== undefined) return address;
  throw new AppError(
    'InvalidParameter',
    'address: give it as images name it: docker.io, ghcr.io or registry.example:5000. No scheme, no path, no user; ' +
      'a host without a dot needs its port.',
    { field: 'address' },
  );
}

export const registryId = (account: string, address: string): string =>
  `reg-${createHash('sha256').update(`${account} ${address}`).digest('hex').slice(0, 24)}`;

function idOf({ account }: Principal, reference: string): string {
  const address = registryAddress(reference);
  return address === undefined ? reference : registryId(account, address);
}

function visible(record: RegistryRecord | undefined, caller: Principal, reference: string): RegistryRecord {
  if (record !== undefined && seesAccount(caller, record.account)) return record;
  throw new AppError('ResourceNotFound', `There is no registry '${reference.slice(0, 255)}'.`, {
    field: 'registry_id',
  });
}

const taken = (address: string) =>
  new AppError(
    'AlreadyExists',
    `address: there are credentials of ${address} already; change them with PATCH, or remove them first.`,
    { field: 'address' },
  );

const tooMany = new AppError('LimitExceeded', `An account has at most ${mostOfAccount} registries.`);
