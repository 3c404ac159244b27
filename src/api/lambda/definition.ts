/** A function as AWS Lambda's API describes it, as a function of ours. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../core/errors.ts';
import type { FunctionDefinition } from '../../core/functions/definition.ts';
import type { FunctionVersionRecord, LambdaSettings } from '../../core/functions/records.ts';
import { keptMembers, refusedMembers, type ConfigurationBody } from './schemas.ts';
import { unzip } from './zip.ts';

// Shipped as source: the path is the same from src/ and from dist/.
const source = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../src/api/lambda/handlers/${name}`, import.meta.url)), 'utf8');

/** What goes with a function and calls its handler, by language. */
const adapters = {
  nodejs: {
    entry: 'lambda-handler.mjs',
    files: { 'lambda-handler.mjs': source('lambda-handler.mjs') },
    // Without one Node.js would be told that all files are ES modules.
    missing: { 'package.json': '{}' },
  },
  python: {
    entry: 'lambda_handler.py',
    files: { 'lambda_handler.py': source('lambda_handler.py') },
    missing: {},
  },
} as const;
type Language = keyof typeof adapters;

export interface Archive {
  files: Record<string, string>;
  sha256: string;
  size: number;
}

const MIB = 1024 * 1024;
const usual = { timeoutSeconds: 3, memoryMib: 128 };

/** Throws `InvalidParameter` for what cannot be unpacked. */
export async function readArchive(base64: string | undefined): Promise<Archive> {
  if (base64 === undefined) {
    throw invalid(
      'ZipFile',
      'the code must come as a zip archive in ZipFile; S3 and container images are not offered.',
    );
  }
  const bytes = Buffer.from(base64, 'base64');
  const sha256 = createHash('sha256').update(bytes).digest('base64');
  return { files: await unzip(bytes), sha256, size: bytes.length };
}

/** Of the runtimes that AWS has; their versions run on the one of this machine. Throws `InvalidParameter`. */
export function languageOf(runtime: string | undefined): Language {
  if (runtime !== undefined && /^nodejs\d{2}\.x$/.test(runtime)) return 'nodejs';
  if (runtime !== undefined && /^python3\.\d{1,2}$/.test(runtime)) return 'python';
  throw invalid(
    'Runtime',
    `'${runtime ?? ''}' is not offered: there are nodejs20.x and python3.11 and their like.`,
  );
}

/** Throws `InvalidParameter` naming the member: what is asked for and not offered is never left out silently. */
export function refuseUnoffered(
  body: Readonly<Record<string, unknown>>,
  members: readonly string[] = refusedMembers,
): void {
  const found = members.find((member) => !isEmpty(body[member]));
  if (found !== undefined) throw invalid(found, 'is not offered by this server. Leave it out.');
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

interface Request {
  settings: ConfigurationBody;
  archive?: Archive;
  tags?: Readonly<Record<string, string>> | undefined;
  architectures?: readonly string[] | undefined;
}

/** A new function. Throws `InvalidParameter`. */
export function newDefinition(
  name: string,
  region: string,
  request: Request & { archive: Archive },
): FunctionDefinition {
  const { Handler: handler, Runtime: runtime, Role: role } = request.settings;
  if (handler === undefined || runtime === undefined) throw invalid('Handler', 'and Runtime must be given.');
  if (role === undefined) throw invalid('Role', 'must be given; any will do, nothing acts on it.');
  const lambda = { name, runtime, handler, role, tags: {}, kept: {}, codeSha256: '', codeSize: 0 };
  return definitionOf(region, lambda, {}, request);
}

/** What was before with what is new. Throws `InvalidParameter`. */
export function changedDefinition(
  before: FunctionVersionRecord,
  region: string,
  request: Request,
): FunctionDefinition {
  const { lambda, description, limits } = before;
  if (lambda === undefined) {
    throw new AppError(
      'InvalidParameter',
      'This version of the function came by /api/v1: change it there, or delete the function and create it here.',
    );
  }
  const definition = {
    description,
    files: before.code.files,
    limits,
    environment: ownVariables(before),
  };
  return definitionOf(region, lambda, definition, request);
}

function definitionOf(
  region: string,
  lambda: LambdaSettings,
  before: Pick<FunctionDefinition, 'description' | 'files' | 'limits' | 'environment'>,
  { settings, archive, tags, architectures }: Request,
): FunctionDefinition {
  refuseUnoffered(settings);
  const runtime = settings.Runtime ?? lambda.runtime;
  const language = languageOf(runtime);
  if (language !== languageOf(lambda.runtime))
    throw invalid('Runtime', 'a function keeps its language: create another.');
  const given = keptMembers.filter((member) => settings[member] !== undefined);
  const kept = {
    ...lambda.kept,
    ...Object.fromEntries(given.map((member) => [member, settings[member]])),
    ...(architectures !== undefined && { Architectures: architectures }),
  };
  const timeoutMs = settings.Timeout === undefined ? before.limits?.timeoutMs : settings.Timeout * 1000;
  const memoryBytes =
    settings.MemorySize === undefined ? before.limits?.memoryBytes : settings.MemorySize * MIB;
  const limits = {
    timeoutMs: timeoutMs ?? usual.timeoutSeconds * 1000,
    memoryBytes: memoryBytes ?? usual.memoryMib * MIB,
  };
  const changed: LambdaSettings = {
    name: lambda.name,
    runtime,
    handler: settings.Handler ?? lambda.handler,
    role: settings.Role ?? lambda.role,
    codeSha256: archive?.sha256 ?? lambda.codeSha256,
    codeSize: archive?.size ?? lambda.codeSize,
    tags: tags ?? lambda.tags,
    kept,
  };
  const own = settings.Environment?.Variables ?? before.environment ?? {};
  return {
    description: settings.Description ?? before.description ?? '',
    files: archive === undefined ? before.files : withAdapter(language, archive.files),
    entry: adapters[language].entry,
    limits,
    environment: { ...checkedVariables(own), ...variablesOf(changed, limits.memoryBytes / MIB, region) },
    // An event may do anything: the same one again is no reason to answer the same.
    cacheable: false,
    lambda: changed,
  };
}

function withAdapter(language: Language, own: Readonly<Record<string, string>>): Record<string, string> {
  const { files, missing, entry } = adapters[language];
  if (Object.hasOwn(own, entry))
    throw invalid('ZipFile', `'${entry}' is a name that this server needs: rename it.`);
  return { ...missing, ...own, ...files };
}

const reserved =
  /^(AWS_LAMBDA_|LAMBDA_TASK_ROOT$|_HANDLER$|AWS_EXECUTION_ENV$|AWS_REGION$|AWS_DEFAULT_REGION$)/;

function checkedVariables(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const bad = Object.keys(variables).find((name) => reserved.test(name));
  if (bad === undefined) return variables;
  throw invalid('Environment', `${bad} is reserved: it is set for every function.`);
}

/** Of those of a version, what its author gave. */
export function ownVariables({
  environment,
}: Pick<FunctionVersionRecord, 'environment'>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !reserved.test(name)));
}

function variablesOf({ name, handler, runtime }: LambdaSettings, memoryMib: number, region: string) {
  return {
    _HANDLER: handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMib),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'longshore',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: '/function',
  };
}

const invalid = (field: string, message: string) =>
  new AppError('InvalidParameter', `${field}: ${message}`, { field });
