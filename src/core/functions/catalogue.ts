/** Which functions, versions, aliases and logs there are. What belongs to another account does not exist. */
import { AppError } from '../errors.ts';
import type { Principal } from '../principal.ts';
import { keptLogs } from './activity.ts';
import type { FunctionsCore } from './context.ts';
import { checkedAlias, readLanguageTitle, readReference } from './language-title.ts';
import type { ExecutionLogRecord, FunctionRecord, FunctionVersionRecord } from './records.ts';

type Account = Pick<Principal, 'account'>;
type StoreCore = Pick<FunctionsCore, 'store'>;

export interface FoundFunction {
  record: FunctionRecord;
  version: FunctionVersionRecord;
}

const maxAliases = 50;

export const functionId = ({ account }: Account, languageTitle: string): string =>
  `${account}/${languageTitle}`;

export const noSuchFunction = (name: string): AppError =>
  new AppError('ResourceNotFound', `There is no function '${name.slice(0, 150)}'.`);

/** By `language_title`, in its order. `page` counts from 1. */
export async function listFunctions(
  { store }: StoreCore,
  { account }: Account,
  { language, page, perPage }: { language?: string | undefined; page: number; perPage: number },
): Promise<{ total: number; functions: FunctionRecord[] }> {
  const where = { account, ...(language !== undefined && { language }) };
  const total = await store.read.functions.count(where);
  const before = (page - 1) * perPage;
  if (before >= total) return { total, functions: [] };
  const found = await store.read.functions.find({ where, orderBy: 'languageTitle', limit: before + perPage });
  return { total, functions: found.slice(before) };
}

/** `reference`: `nodejs-calculator`, also with a version or alias behind a colon. Throws `ResourceNotFound`. */
export async function findFunction(
  { store }: StoreCore,
  account: Account,
  reference: string,
  field = 'language_title',
): Promise<FoundFunction> {
  const { languageTitle, qualifier } = readReference(reference, field);
  const record = await store.read.functions.get(functionId(account, languageTitle));
  if (record === undefined) throw noSuchFunction(languageTitle);
  const number = versionNumber(record, qualifier);
  const version = number === undefined ? undefined : await versionOf(store.read, record, number);
  if (version !== undefined) return { record, version };
  const choices = ['current', ...Object.keys(record.aliases)].join(', ');
  throw new AppError(
    'ResourceNotFound',
    `Function '${languageTitle}' has no version or alias '${qualifier}'. Its aliases: ${choices}.`,
  );
}

function versionNumber(record: FunctionRecord, qualifier: string | undefined): number | undefined {
  if (qualifier === undefined || qualifier === 'current') return record.currentVersion;
  if (/^\d/.test(qualifier)) return Number(qualifier);
  return Object.hasOwn(record.aliases, qualifier) ? record.aliases[qualifier] : undefined;
}

async function versionOf(
  reader: Pick<FunctionsCore['store']['read'], 'functionVersions'>,
  { id }: FunctionRecord,
  version: number,
): Promise<FunctionVersionRecord | undefined> {
  const [found] = await reader.functionVersions.find({ where: { functionId: id, version }, limit: 1 });
  return found;
}

/** Newest first. */
export async function listVersions(
  core: StoreCore,
  account: Account,
  name: string,
): Promise<{ record: FunctionRecord; versions: FunctionVersionRecord[] }> {
  const { record } = await findFunction(core, account, name);
  const where = { functionId: record.id };
  const query = { where, orderBy: 'version', descending: true, limit: 1000 };
  return { record, versions: await core.store.read.functionVersions.find(query) };
}

export interface LogFilter {
  /** The newest so many of those asked for. */
  limit: number;
  /** Epoch ms of their beginning: `since` and later, before `until`. */
  since?: number | undefined;
  until?: number | undefined;
  requestId?: string | undefined;
  /** `ok`, or the code of the error. */
  status?: string | undefined;
}

/** Newest first; of one version, where `reference` names one. Throws `ResourceNotFound`. */
export async function listLogs(
  core: Pick<FunctionsCore, 'store' | 'activity'>,
  account: Account,
  reference: string,
  filter: LogFilter,
): Promise<{ record: FunctionRecord; logs: ExecutionLogRecord[] }> {
  const { record, version } = await findFunction(core, account, reference);
  const isOfOne = readReference(reference, 'language_title').qualifier !== undefined;
  await core.activity.flush();
  const kept = await core.store.read.executionLogs.find({
    where: { functionId: record.id },
    orderBy: 'sequence',
    descending: true,
    limit: keptLogs,
  });
  const { limit, since = -Infinity, until = Infinity, requestId, status } = filter;
  const isAskedFor = (log: ExecutionLogRecord) =>
    (!isOfOne || log.version === version.version) &&
    log.at >= since &&
    log.at < until &&
    (requestId === undefined || log.requestId === requestId) &&
    (status === undefined || log.status === status);
  return { record, logs: kept.filter(isAskedFor).slice(0, limit) };
}

/** Takes effect with the next call. `current` is where calls go that name nothing. */
export async function setAlias(
  core: Pick<FunctionsCore, 'store' | 'clock'>,
  account: Account,
  name: string,
  { alias, version, description = '' }: { alias: string; version: number; description?: string },
): Promise<FunctionRecord> {
  if (alias === 'current') return rollBack(core, account, name, version);
  checkedAlias(alias);
  return change(core, account, name, async (record, found) => {
    requireVersion(await found(version), name, version);
    const aliases = { ...record.aliases, [alias]: version };
    if (Object.keys(aliases).length > maxAliases) {
      throw new AppError('LimitExceeded', `A function may have ${maxAliases} aliases.`);
    }
    const { [alias]: _before, ...others } = record.aliasDescriptions ?? {};
    const aliasDescriptions = description === '' ? others : { ...others, [alias]: description };
    return { ...record, aliases, aliasDescriptions };
  });
}

export async function removeAlias(
  core: Pick<FunctionsCore, 'store' | 'clock'>,
  account: Account,
  name: string,
  alias: string,
): Promise<FunctionRecord> {
  return change(core, account, name, async (record) => {
    const { [alias]: removed, ...aliases } = record.aliases;
    if (removed === undefined || !Object.hasOwn(record.aliases, alias)) {
      throw new AppError('ResourceNotFound', `Function '${name}' has no alias '${alias.slice(0, 100)}'.`);
    }
    const { [alias]: _before, ...aliasDescriptions } = record.aliasDescriptions ?? {};
    return { ...record, aliases, aliasDescriptions };
  });
}

/** To `version`, or to the one before the current one. Nothing is built or run again. */
export async function rollBack(
  core: Pick<FunctionsCore, 'store' | 'clock'>,
  account: Account,
  name: string,
  version?: number,
): Promise<FunctionRecord> {
  return change(core, account, name, async (record, found, before) => {
    const target = version === undefined ? await before(record.currentVersion) : await found(version);
    if (target === undefined && version === undefined) {
      throw new AppError(
        'InvalidParameter',
        `Function '${name}' has no version before ${record.currentVersion}.`,
      );
    }
    const { version: currentVersion, description } = requireVersion(target, name, version ?? 0);
    return { ...record, currentVersion, description };
  });
}

type FindVersion = (version: number) => Promise<FunctionVersionRecord | undefined>;

async function change(
  { store, clock }: Pick<FunctionsCore, 'store' | 'clock'>,
  account: Account,
  name: string,
  decide: (record: FunctionRecord, found: FindVersion, before: FindVersion) => Promise<FunctionRecord>,
): Promise<FunctionRecord> {
  const { languageTitle } = readLanguageTitle(name, 'language_title');
  return store.transact(async (tx) => {
    const record = await tx.functions.get(functionId(account, languageTitle));
    if (record === undefined) throw noSuchFunction(languageTitle);
    const before: FindVersion = async (version) => {
      const query = { where: { functionId: record.id }, orderBy: 'version', descending: true };
      const [found] = await tx.functionVersions.find({ ...query, after: version, limit: 1 });
      return found;
    };
    const decided = await decide(record, (version) => versionOf(tx, record, version), before);
    const changed = { ...decided, updatedAt: clock.now() };
    await tx.functions.put(changed);
    return changed;
  });
}

function requireVersion(
  found: FunctionVersionRecord | undefined,
  name: string,
  version: number,
): FunctionVersionRecord {
  if (found !== undefined) return found;
  throw new AppError('ResourceNotFound', `Function '${name}' has no version ${version}.`);
}
