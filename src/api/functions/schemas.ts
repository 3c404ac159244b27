/** What goes in and out of the functions face: checks requests, and becomes the OpenAPI document. */
import Type, { type Static } from 'typebox';
import { timeSchema } from '../query-time.ts';

const time = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2025-05-13T10:28:22Z'] });
const count = (description: string, examples: number[]) =>
  Type.Integer({ minimum: 0, description, examples });

export const requestId = Type.String({
  minLength: 1,
  maxLength: 128,
  examples: ['f8c3de3d-1234-5678-9abc-def012345678'],
});
const language = Type.String({ maxLength: 32, examples: ['nodejs'] });
const title = Type.String({ examples: ['calculator'] });
export const languageTitle = Type.String({
  minLength: 1,
  maxLength: 200,
  description: '<language>-<title>; where a function is called also <language>-<title>:<version or alias>.',
  examples: ['nodejs-calculator'],
});
const description = Type.String({ maxLength: 1024, examples: ['基本的な計算機能を提供'] });
const version = Type.Integer({ minimum: 1, maximum: 1_000_000_000, examples: [3] });
const anyJson = (about: string, examples: unknown[]) => Type.Unknown({ description: about, examples });
const object = (about: string) => Type.Record(Type.String(), Type.Unknown(), { description: about });

export const error = Type.Object(
  {
    request_id: Type.Optional(requestId),
    error: Type.Object({
      code: Type.String({ examples: ['INVALID_PARAMS'] }),
      message: Type.String({ description: 'What is wrong, and what to do about it.' }),
      details: object(
        'line, column and stack_trace in the source of the function; errors: what is wrong with params, by path.',
      ),
    }),
  },
  { description: 'A refusal.' },
);
export const errors = { '4xx': error, '5xx': error };

const context = Type.Record(Type.String(), Type.Unknown(), {
  description:
    'For the handler, as it is. timeout_ms: milliseconds that an execution may take (default 30000, at most 300000). ' +
    'retain_session: keep the process between executions (default true).',
  examples: [{ environment: 'production', user_id: 'user-123', timeout_ms: 30000, retain_session: true }],
});

export const initializeHeaders = Type.Object({ 'language-title': languageTitle });
export const initializeBody = Type.Object({
  context: Type.Optional(context),
  script_content: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Code to run in place of a published function; needs the scope execute:script.',
      examples: ['return { value: event.params.a + 1 }'],
    }),
  ),
});
export const initialized = Type.Object({
  request_id: requestId,
  status: Type.Literal('initialized'),
  expires_at: time('Until when it can be executed.'),
});

/** As an X-Request-ID is, from which sessions have it. */
const sessionRequestId = Type.String({ ...requestId, pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$' });
export const sessionParams = Type.Object({ request_id: sessionRequestId });
export const cacheHeaders = Type.Object({
  'x-cache-control': Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'no-cache: run in any case. max-age=<seconds>: how old a result may be; default 3600.',
      examples: ['no-cache', 'max-age=3600'],
    }),
  ),
});
const params = anyJson('For the handler; any JSON.', [{ operation: 'add', values: [1, 2, 3] }]);
export const executeBody = Type.Object({ params });
export const invokeBody = Type.Object({ params, context: Type.Optional(context) });
export const executed = Type.Object({
  request_id: requestId,
  language_title: languageTitle,
  execution_time: count('Milliseconds that the function ran; 0 for a cached result.', [42]),
  cached: Type.Boolean({ description: 'Whether nothing was run.', examples: [false] }),
  result: anyJson('What the handler answered.', [{ value: 6 }]),
});

export const session = Type.Object({
  request_id: requestId,
  language_title: languageTitle,
  status: Type.Enum(['initialized', 'active', 'expired'], { examples: ['active'] }),
  created_at: time('When it was initialized.'),
  expires_at: time('Until when it can be executed.'),
  execution_count: count('Executions so far, cached ones too.', [3]),
  last_executed_at: Type.Union([Type.Null(), time('Null: not yet.')]),
});

export const listQuery = Type.Object({
  language: Type.Optional(language),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});
export const functionSummary = Type.Object({
  language,
  title,
  language_title: languageTitle,
  description,
  created_at: time('When it was first published.'),
  updated_at: time('When last what calls get has changed.'),
});
export const functionList = Type.Object({
  total: count('Of all pages.', [42]),
  page: count('From 1.', [1]),
  per_page: count('At most so many on a page.', [20]),
  functions: Type.Array(functionSummary),
});

const schema = Type.Object(
  {
    params: Type.Optional(object('JSON Schema (draft 2020-12, or draft-07 with $schema) of the params.')),
    result: Type.Optional(object('JSON Schema of the result.')),
  },
  { additionalProperties: false },
);
const example = Type.Object({
  description: Type.Optional(Type.String({ maxLength: 1024 })),
  request: Type.Object({ params }),
  response: Type.Object({ result: anyJson('What it answers then.', [{ value: 6 }]) }),
});
export const functionDetail = Type.Object({
  ...functionSummary.properties,
  schema,
  examples: Type.Array(example),
});

const variables = (about: string) =>
  Type.Record(Type.String(), Type.String(), { description: about, examples: [{ LOG_LEVEL: 'debug' }] });
const limits = Type.Object(
  {
    memory_mb: Type.Optional(Type.Integer({ minimum: 32, maximum: 2048, examples: [128] })),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 300_000, examples: [30_000] })),
    output_bytes: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_048_576, examples: [65_536] })),
  },
  { additionalProperties: false },
);
const definition = {
  description: Type.Optional(description),
  source: Type.Optional(Type.String({ minLength: 1, description: 'The code, where it is one file.' })),
  files: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'The code: path to content.' }),
  ),
  base64: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: 200,
      description: 'Those of the files whose content is in base64.',
      examples: [['main']],
    }),
  ),
  entry: Type.Optional(Type.String({ maxLength: 200, description: 'The file with the handler.' })),
  schema: Type.Optional(schema),
  examples: Type.Optional(
    Type.Array(example, { maxItems: 20, description: 'Run before it is published; all must hold.' }),
  ),
  limits: Type.Optional(limits),
  environment: Type.Optional(variables('Environment variables.')),
  secrets: Type.Optional(
    variables('Environment variables that are kept sealed and never shown; absent: those of before.'),
  ),
  cacheable: Type.Optional(Type.Boolean({ description: 'Whether results may be kept; default true.' })),
};
export const functionChanges = Type.Object(definition, { additionalProperties: false });
export const newFunction = Type.Object(
  { language_title: languageTitle, ...definition },
  { additionalProperties: false },
);
export type Definition = Static<typeof functionChanges>;

export const functionParams = Type.Object({ language_title: languageTitle });
export const aliasParams = Type.Object({
  language_title: languageTitle,
  alias: Type.String({ maxLength: 100, examples: ['stable'] }),
});
export const aliasBody = Type.Object({ version }, { additionalProperties: false });
export const rollbackBody = Type.Union([
  Type.Null(),
  Type.Object({ version: Type.Optional(version) }, { additionalProperties: false }),
]);

export const published = Type.Object({
  ...functionDetail.properties,
  version,
  digest: Type.String({ description: 'Of everything but the secrets.', examples: ['sha256:9f86d0…'] }),
  aliases: Type.Record(Type.String(), version, { examples: [{ current: 3, stable: 2 }] }),
});
export const versionList = Type.Object({
  language_title: languageTitle,
  current_version: version,
  aliases: published.properties.aliases,
  versions: Type.Array(
    Type.Object({
      version,
      digest: published.properties.digest,
      description,
      limits,
      cacheable: Type.Boolean(),
      environment: Type.Array(Type.String(), { description: 'Names.' }),
      secrets: Type.Array(Type.String(), { description: 'Names.' }),
      created_by: Type.String({ examples: ['user:ann'] }),
      created_at: time('When it was published.'),
    }),
  ),
});

export const logsQuery = Type.Object({
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 200,
      default: 50,
      description: 'The newest so many of those asked for.',
    }),
  ),
  since: Type.Optional(timeSchema('Only executions that began at this time or later.')),
  until: Type.Optional(timeSchema('Only executions that began before this time.')),
  request_id: Type.Optional(
    Type.String({ ...requestId, description: 'Only those of the session, or the call, with this id.' }),
  ),
  status: Type.Optional(
    Type.String({ maxLength: 64, description: 'ok, or the code of an error.', examples: ['TIMEOUT'] }),
  ),
});
export const logList = Type.Object({
  language_title: languageTitle,
  logs: Type.Array(
    Type.Object({
      request_id: requestId,
      version,
      subject: Type.String({ description: 'Who executed it.', examples: ['user:ann'] }),
      at: time('When it began.'),
      duration_ms: Type.Number({ examples: [0.4] }),
      status: Type.String({ description: 'ok, or the code of the error.', examples: ['ok'] }),
      message: Type.Optional(Type.String()),
      stdout: Type.String(),
      stderr: Type.String(),
      dropped_bytes: count('Of the output, not kept.', [0]),
    }),
    { description: 'The newest 200 of each function are kept, newest first.' },
  ),
});

/** RFC 3339 in UTC, to the second, as the document has it. */
export const rfc3339 = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
