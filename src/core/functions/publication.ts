/** How functions get in, change and go. A change is a new version; the ones before stay for a rollback. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Transaction } from '../ports/store.ts';
import type { Principal } from '../principal.ts';
import { knownLanguage, type FunctionsCore } from './context.ts';
import { checkedDefinition, type FunctionDefinition, type VersionContent } from './definition.ts';
import { functionId, noSuchFunction } from './catalogue.ts';
import { requireOwnLambdaName } from './lambda-names.ts';
import { readLanguageTitle, type LanguageTitle } from './language-title.ts';
import type { FunctionRecord, FunctionVersionRecord } from './records.ts';
import { openSecrets } from './secrets.ts';
import { verify } from './verification.ts';

type PublishCore = Pick<FunctionsCore, 'store' | 'clock' | 'sealer' | 'pool' | 'sandboxes' | 'sourceFiles'>;

export interface Published {
  record: FunctionRecord;
  version: FunctionVersionRecord;
}

const maxFunctions = 10_000;
const maxVersions = 100;

/** Throws `InvalidParameter`, `AlreadyExists`, `LimitExceeded`, and what `verify` throws. */
export async function createFunction(
  core: PublishCore,
  principal: Principal,
  name: string,
  definition: FunctionDefinition,
): Promise<Published> {
  const title = readLanguageTitle(name, 'language_title');
  const content = checkedDefinition(title.language, knownLanguage(core, title.language), definition);
  if (await core.store.read.functions.get(functionId(principal, title.languageTitle))) throw taken(name);
  await verify(core, principal, title.language, content, definition.secrets ?? {});
  return insertFunction(core, principal, title, content, definition.secrets);
}

/** Without running anything: for what was tested before it came here. */
export async function insertFunction(
  core: Pick<FunctionsCore, 'store' | 'clock' | 'sealer' | 'sourceFiles'>,
  principal: Pick<Principal, 'account' | 'subject'>,
  title: LanguageTitle,
  content: VersionContent,
  secrets?: Readonly<Record<string, string>>,
  alsoWrite?: (tx: Transaction) => Promise<void>,
): Promise<Published> {
  const now = core.clock.now();
  const id = functionId(principal, title.languageTitle);
  const version = newVersion(core, principal, { id, version: 1, now }, content, secrets);
  const record: FunctionRecord = {
    id,
    account: principal.account,
    ...title,
    description: content.description,
    currentVersion: 1,
    lastVersion: 1,
    aliases: {},
    ...(content.lambda !== undefined && { lambdaName: content.lambda.name }),
    createdAt: now,
    updatedAt: now,
  };
  return core.store.transact(async (tx) => {
    if (await tx.functions.get(id)) throw taken(title.languageTitle);
    await requireOwnLambdaName(tx, core, record);
    if ((await tx.functions.count({ account: principal.account })) >= maxFunctions) {
      throw new AppError('LimitExceeded', `An account may have ${maxFunctions} functions: delete one first.`);
    }
    await tx.functions.insert(record);
    await tx.functionVersions.insert(version);
    await alsoWrite?.(tx);
    return { record, version };
  });
}

/**
 * The whole definition anew. What changes nothing makes no version. Who is last wins; but `basedOn`, the id of the
 * version that was changed, must still be the current one, and secrets that stay must be those that it was tried with.
 * Throws as `createFunction`, `ResourceNotFound`, `Conflict`.
 */
export async function updateFunction(
  core: PublishCore,
  principal: Principal,
  name: string,
  definition: FunctionDefinition,
  basedOn?: string,
): Promise<Published> {
  const title = readLanguageTitle(name, 'language_title');
  const id = functionId(principal, title.languageTitle);
  const content = checkedDefinition(title.language, knownLanguage(core, title.language), definition);
  const before = await currentOf(core.store.read, id, title.languageTitle);
  if (isOther(before.version, basedOn)) throw changedMeanwhile(name);
  const sameSecrets = definition.secrets === undefined;
  if (sameSecrets && content.digest === before.version.digest) return before;
  const secrets = definition.secrets ?? openSecrets(core, before.version);
  await verify(core, principal, title.language, content, secrets);
  const { dropped, ...published } = await core.store.transact(async (tx) => {
    const { record, version: last } = await currentOf(tx, id, title.languageTitle);
    const areOthers = sameSecrets && last.secretsVersion !== before.version.secretsVersion;
    if (areOthers || isOther(last, basedOn)) throw changedMeanwhile(name);
    const number = record.lastVersion + 1;
    const now = core.clock.now();
    const made = newVersion(core, principal, { id, version: number, now }, content, definition.secrets);
    const { sealedSecrets, secretNames, secretsVersion } = last;
    const kept = { ...(sealedSecrets !== undefined && { sealedSecrets }), secretNames, secretsVersion };
    const version = sameSecrets ? { ...made, ...kept } : made;
    const changed: FunctionRecord = {
      ...record,
      description: content.description,
      currentVersion: number,
      lastVersion: number,
      updatedAt: now,
    };
    await tx.functionVersions.insert(version);
    await tx.functions.put(changed);
    return { record: changed, version, dropped: await dropOldest(tx, changed) };
  });
  if (dropped !== undefined) await core.sandboxes.endOf(dropped);
  return published;
}

/** With its versions, and what was logged of it. Its sessions are answered 404 from then on. */
export async function deleteFunction(
  core: Pick<FunctionsCore, 'store' | 'sandboxes'>,
  principal: Principal,
  name: string,
): Promise<void> {
  const id = functionId(principal, readLanguageTitle(name, 'language_title').languageTitle);
  const versions = await core.store.transact(async (tx) => {
    if ((await tx.functions.get(id)) === undefined) throw noSuchFunction(name);
    await tx.functions.delete(id);
    const where = { functionId: id };
    const found = await tx.functionVersions.find({ where, limit: 1000 });
    for (const each of found) await tx.functionVersions.delete(each.id);
    for (const each of await tx.executionLogs.find({ where, limit: 1000 }))
      await tx.executionLogs.delete(each.id);
    return found;
  });
  await Promise.all(versions.map((each) => core.sandboxes.endOf(each.id)));
}

async function currentOf(
  reader: Pick<FunctionsCore['store']['read'], 'functions' | 'functionVersions'>,
  id: string,
  name: string,
): Promise<Published> {
  const record = await reader.functions.get(id);
  if (record === undefined) throw noSuchFunction(name);
  const where = { functionId: id, version: record.currentVersion };
  const [version] = await reader.functionVersions.find({ where, limit: 1 });
  return { record, version: version! };
}

function newVersion(
  core: Pick<FunctionsCore, 'sealer'>,
  principal: Pick<Principal, 'subject'>,
  { id, version, now }: { id: string; version: number; now: number },
  content: VersionContent,
  secrets: Readonly<Record<string, string>> | undefined,
): FunctionVersionRecord {
  const names = Object.keys(secrets ?? {}).sort();
  return {
    // Not the number: a function that is deleted and made again begins with 1 once more.
    id: randomUUID(),
    functionId: id,
    version,
    ...content,
    ...(names.length > 0 && { sealedSecrets: core.sealer.seal(JSON.stringify(secrets)) }),
    secretNames: names,
    secretsVersion: names.length > 0 ? randomUUID() : '',
    createdBy: principal.subject,
    createdAt: now,
  };
}

/** Of too many versions the oldest goes that nothing points to. Answers with its id. */
async function dropOldest(tx: Transaction, record: FunctionRecord): Promise<string | undefined> {
  const where = { functionId: record.id };
  if ((await tx.functionVersions.count(where)) <= maxVersions) return undefined;
  const pointedTo = new Set([record.currentVersion, ...Object.values(record.aliases)]);
  const versions = await tx.functionVersions.find({ where, orderBy: 'version', limit: maxVersions });
  const oldest = versions.find(({ version }) => !pointedTo.has(version));
  if (oldest === undefined) {
    throw new AppError(
      'LimitExceeded',
      `All ${maxVersions} versions have an alias: remove some aliases first.`,
    );
  }
  await tx.functionVersions.delete(oldest.id);
  return oldest.id;
}

const isOther = ({ id }: FunctionVersionRecord, expected: string | undefined) =>
  expected !== undefined && expected !== id;

function changedMeanwhile(name: string): AppError {
  return new AppError(
    'Conflict',
    `The function '${name}' was changed by somebody else meanwhile. Get it again and repeat your change.`,
  );
}

function taken(name: string): AppError {
  return new AppError('AlreadyExists', `There is a function '${name}' already: PUT changes it.`, {
    field: 'language_title',
  });
}
