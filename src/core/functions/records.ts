/** What is kept of functions and of sessions that run them. */
import type { FunctionCode } from '../ports/runtime.ts';

export interface FunctionRecord {
  /** `<account>/<language_title>`. */
  id: string;
  account: string;
  language: string;
  title: string;
  /** `<language>-<title>`: unique in the account. */
  languageTitle: string;
  /** Of the current version. */
  description: string;
  /** Where calls go that name no version. */
  currentVersion: number;
  /** Highest number ever given out; never goes down, so that none is used twice. */
  lastVersion: number;
  /** Name to version. */
  aliases: Readonly<Record<string, number>>;
  /** Of aliases that have one. */
  aliasDescriptions?: Readonly<Record<string, string>>;
  /** What AWS Lambda's API calls it; absent: its Language-Title. */
  lambdaName?: string;
  /** Epoch ms. */
  createdAt: number;
  /** Epoch ms: of the last change of what calls get. */
  updatedAt: number;
}

/** Never changed once it is there. */
export interface FunctionVersionRecord {
  /** `<function id>/<version>`. */
  id: string;
  functionId: string;
  version: number;
  /** `sha256:…` of all that decides what an invocation answers, secrets excepted: those have a version. */
  digest: string;
  description: string;
  code: FunctionCode;
  schema: FunctionSchema;
  examples: readonly FunctionExample[];
  limits: FunctionLimits;
  environment: Readonly<Record<string, string>>;
  /** A JSON object of names and values, sealed. */
  sealedSecrets?: string;
  secretNames: readonly string[];
  /** New whenever secrets are given. */
  secretsVersion: string;
  cacheable: boolean;
  /** Of a version that came by AWS Lambda's API. */
  lambda?: LambdaSettings;
  createdBy: string;
  /** Epoch ms. */
  createdAt: number;
}

/** What AWS Lambda's API gives back as it was given; nothing of it changes how the function runs. */
export interface LambdaSettings {
  /** What it was created as. */
  name: string;
  /** `nodejs20.x`, `python3.11` … */
  runtime: string;
  /** `<file>.<function>` */
  handler: string;
  role: string;
  /** Of the archive that was sent: base64, and bytes. */
  codeSha256: string;
  codeSize: number;
  tags: Readonly<Record<string, string>>;
  /** Whole members of the configuration, such as `TracingConfig`. */
  kept: Readonly<Record<string, unknown>>;
}

/** JSON Schemas (draft 2020-12, or draft-07 where `$schema` says so). Absent: anything goes. */
export interface FunctionSchema {
  params?: Readonly<Record<string, unknown>>;
  result?: Readonly<Record<string, unknown>>;
}

/** As the API shows it. */
export interface FunctionExample {
  description?: string;
  request: { params: unknown };
  response: { result: unknown };
}

export interface FunctionLimits {
  memoryBytes?: number;
  /** The most that an invocation may take; callers may ask for less. */
  timeoutMs?: number;
  /** Kept of standard output and error together. */
  outputBytes?: number;
}

export interface SessionRecord {
  /**
   * `<owner>/<request id>`, with the name of the token between: request ids of others neither collide nor can be found
   * out.
   */
  id: string;
  requestId: string;
  /** `<account>/<subject>`; of a token with a name that its maker chose, `<account>/<maker>`. */
  owner: string;
  /** That name. */
  tokenName?: string;
  account: string;
  language: string;
  languageTitle: string;
  /** Of the function's version; absent for a script that was sent along. */
  versionId?: string;
  script?: FunctionCode;
  /** As it was sent. */
  context: Readonly<Record<string, unknown>>;
  timeoutMs: number;
  retain: boolean;
  /** Of script and context, up to the next power of two, so that the sum over a caller's sessions can be counted. */
  sizeKib?: number;
  /** Epoch ms. */
  createdAt: number;
  /** Epoch ms; some time after it the expiry loop forgets the session. */
  expiresAt: number;
  executionCount: number;
  /** Epoch ms; 0: never. */
  lastExecutedAt: number;
}

/** One execution of a function. The newest of each function are kept, in a ring of slots. */
export interface ExecutionLogRecord {
  /** `<function id>/<slot>`. */
  id: string;
  functionId: string;
  /** Rises with each execution of the function. */
  sequence: number;
  /** Epoch ms. */
  at: number;
  requestId: string;
  version: number;
  subject: string;
  durationMs: number;
  /** `ok`, or the code of the error. */
  status: string;
  /** Of the error. */
  message?: string;
  stdout: string;
  stderr: string;
  /** Bytes that were written and are not here. */
  droppedBytes: number;
}

/** A sample that was installed once: it is not put back when its owner removes it. */
export interface InstalledSampleRecord {
  /** Language-Title. */
  id: string;
  /** Epoch ms. */
  installedAt: number;
}
