/** What goes in and out of the Piston face (Piston's API, version 2): checks requests, and becomes OpenAPI. */
import Type, { type Static } from 'typebox';

export const maxTimeoutMs = 60_000;
export const maxMemoryBytes = 1024 * 1024 * 1024;

const text = (description: string, examples: string[]) => Type.String({ description, examples });
const milliseconds = (description: string) =>
  Type.Optional(
    Type.Integer({ minimum: 0, maximum: maxTimeoutMs, description: `${description}, in milliseconds.` }),
  );
const memory = (description: string) =>
  Type.Optional(
    Type.Integer({
      minimum: -1,
      maximum: maxMemoryBytes,
      description: `${description}, in bytes; -1: the usual.`,
    }),
  );

const file = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, examples: ['main.py'] })),
  content: text('The file, in its encoding.', ['print(input())']),
  encoding: Type.Optional(Type.Enum(['utf8', 'base64', 'hex'], { examples: ['utf8'] })),
});

export const executeBody = Type.Object({
  language: text('A name or an alias of `GET /api/v2/runtimes`.', ['python']),
  version: text('A version, or a range of versions.', ['3.x', '*']),
  files: Type.Array(file, { minItems: 1, maxItems: 100, description: 'The first in utf8 is run.' }),
  stdin: Type.Optional(text('Standard input.', ['hello'])),
  args: Type.Optional(
    Type.Array(Type.String(), { maxItems: 1000, description: 'Arguments of the program.' }),
  ),
  run_timeout: milliseconds('How long it may run; 3000 unless told'),
  compile_timeout: milliseconds('How long compiling may take; no language here is compiled'),
  run_cpu_time: milliseconds('How long it may use the processor; as run_timeout unless told'),
  compile_cpu_time: milliseconds('How long compiling may use the processor'),
  run_memory_limit: memory('What the program may use'),
  compile_memory_limit: memory('What compiling may use'),
});
export type ExecuteBody = Static<typeof executeBody>;

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([Type.Null(), type]);
const status = Type.Enum(['RE', 'SG', 'TO', 'OL', 'EL', 'XX']);

const stage = Type.Object({
  stdout: Type.String(),
  stderr: Type.String(),
  output: Type.String({ description: 'Both, in the order in which they came.' }),
  code: orNull(Type.Integer({ description: 'The exit code; null where a signal ended it.' })),
  signal: orNull(Type.String({ examples: ['SIGKILL'] })),
  message: orNull(Type.String({ description: 'Why it did not end well.' })),
  status: orNull(
    Type.Unsafe<Static<typeof status>>({
      ...status,
      description: 'RE: exit code, SG: signal, TO: out of time, OL and EL: too much output or error output.',
    }),
  ),
  cpu_time: orNull(Type.Number({ description: 'Milliseconds on the processor.' })),
  wall_time: orNull(Type.Number({ description: 'Milliseconds.' })),
  memory: orNull(Type.Integer({ description: 'Peak of its first process, in bytes.' })),
});
export type Stage = Static<typeof stage>;

export const executed = Type.Object({
  language: text("Piston's name of it.", ['python']),
  version: text('What ran.', ['3.11.2']),
  run: stage,
});

export const runtimes = Type.Array(
  Type.Object({
    language: text("Piston's name of it.", ['javascript']),
    version: text('Its version.', ['20.19.1']),
    aliases: Type.Array(Type.String(), { examples: [['js']] }),
    runtime: Type.Optional(text('Where a language has several.', ['node'])),
  }),
);

const error = Type.Object({ message: Type.String() }, { description: 'A refusal.' });
export const errors = { '4xx': error, '5xx': error };
