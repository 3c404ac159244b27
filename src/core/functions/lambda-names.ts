/**
 * Names of AWS Lambda's API and ours. Lambda's have no language in them and may have capitals: what is created as
 * `MyFunction` in Node.js becomes `nodejs-myfunction`, and keeps the name that it was created with. Functions that came
 * in another way are known by their Language-Title. So each has one name there, and two names are never one function.
 */
import { AppError } from '../errors.ts';
import type { Reader } from '../ports/store.ts';
import type { Principal } from '../principal.ts';
import { functionId } from './catalogue.ts';
import type { FunctionsCore } from './context.ts';
import type { FunctionRecord } from './records.ts';

type Account = Pick<Principal, 'account'>;

export const lambdaNameOf = ({ lambdaName, languageTitle }: FunctionRecord): string =>
  lambdaName ?? languageTitle;

/** Undefined: there is none. `name`: well-formed for Lambda's API. */
export async function findByLambdaName(
  reader: Pick<Reader, 'functions'>,
  { sourceFiles }: Pick<FunctionsCore, 'sourceFiles'>,
  account: Account,
  name: string,
): Promise<FunctionRecord | undefined> {
  const title = name.toLowerCase();
  const candidates = [name, ...Object.keys(sourceFiles).map((language) => `${language}-${title}`)];
  for (const candidate of candidates) {
    const record = await reader.functions.get(functionId(account, candidate));
    if (record !== undefined && lambdaNameOf(record) === name) return record;
  }
  return undefined;
}

/** Of a new function, however it comes in. Throws `AlreadyExists`. */
export async function requireOwnLambdaName(
  reader: Pick<Reader, 'functions'>,
  core: Pick<FunctionsCore, 'sourceFiles'>,
  record: FunctionRecord,
): Promise<void> {
  const name = lambdaNameOf(record);
  const same = await findByLambdaName(reader, core, record, name);
  if (same !== undefined)
    throw taken(same, record.lambdaName === undefined ? 'language_title' : 'FunctionName');
}

const mapped = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/;

/** The Language-Title of a new function. Throws `InvalidParameter` and `AlreadyExists`. */
export async function languageTitleFor(
  core: Pick<FunctionsCore, 'store' | 'sourceFiles'>,
  account: Account,
  name: string,
  language: string,
): Promise<string> {
  const title = name.toLowerCase();
  if (!mapped.test(title)) {
    throw new AppError(
      'InvalidParameter',
      `FunctionName: '${name.slice(0, 100)}' cannot be mapped to a Language-Title: it must begin and end with a letter ` +
        "or digit and hold at most 64 letters, digits, '-' and '_'.",
      { field: 'FunctionName' },
    );
  }
  const languageTitle = `${language}-${title}`;
  const same =
    (await findByLambdaName(core.store.read, core, account, name)) ??
    (await core.store.read.functions.get(functionId(account, languageTitle)));
  if (same === undefined) return languageTitle;
  throw taken(same, 'FunctionName');
}

function taken(same: FunctionRecord, field: string): AppError {
  return new AppError(
    'AlreadyExists',
    `Function already exist: ${lambdaNameOf(same)} in AWS Lambda's API, which is ${same.languageTitle} here. Names that ` +
      'differ in capitals only are one.',
    { field },
  );
}
