/** Running a whole program once: files, arguments and standard input in, output and how it ended out. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import { SandboxError } from '../ports/sandbox.ts';
import { requireScope, type Principal } from '../principal.ts';
import { shareOf, type FunctionsCore } from './context.ts';
import { functionErrorOf } from './function-error.ts';

export interface ProgramFile {
  /** Relative, below the directory the program begins in. */
  name: string;
  content: Buffer;
}

export interface ProgramRequest {
  /** A runtime that says how programs are run: `nodejs`, `python`. */
  language: string;
  files: readonly ProgramFile[];
  /** Of `files`: what is run. */
  main: string;
  args: readonly string[];
  stdin: string;
  timeoutMs: number;
  /** Time on the processor, of all its processes. */
  cpuTimeoutMs: number;
  /** Of all its processes and the files it writes; absent: the sandboxes' usual. */
  memoryBytes?: number | undefined;
}

/** Why it did not end by itself; `stdout` and `stderr`: that stream became too long. */
export type ProgramStop = 'timeout' | 'cpu' | 'memory' | 'stdout' | 'stderr';

export interface ProgramOutcome {
  stdout: string;
  stderr: string;
  /** Both, in the order in which they came. */
  output: string;
  /** Undefined where a signal ended it. */
  code?: number;
  /** Such as SIGKILL. */
  signal?: string;
  stopped?: ProgramStop;
  wallMs: number;
  cpuMs?: number;
  /** The peak of the program's first process. */
  memoryBytes?: number;
}

/** Of one stream. */
export const maxOutputBytes = 64 * 1024;
const maxFiles = 100;
/** Of a file's name, on every usual file system of Linux. */
const maxSegmentBytes = 255;
/** Linux takes 128 KiB with the zero at its end: MAX_ARG_STRLEN in execve(2). */
const maxArgBytes = 128 * 1024 - 1;
const maxWaitMs = 10_000;
/** For the runner to answer after it has killed a program. */
const graceMs = 2_000;
const MIB = 1024 * 1024;
/** What the runner itself takes of a sandbox's memory. */
const runnerBytes = 48 * MIB;

/**
 * In a fresh sandbox, which is destroyed after. Throws `Forbidden`, `InvalidParameter`, and `FunctionError` where it
 * could not be run at all; a program that fails or has to be killed is an outcome.
 */
export async function runProgram(
  core: FunctionsCore,
  principal: Principal,
  request: ProgramRequest,
): Promise<ProgramOutcome> {
  requireScope(principal, 'execute:script');
  const argv = await argvOf(core, request);
  checkFiles(request);
  checkArgs(request);
  const { runtime, code } = core.programs.runner;
  const key = `program/${randomUUID()}`;
  const { timeoutMs, cpuTimeoutMs, stdin, memoryBytes } = request;
  const deadline = core.clock.now() + maxWaitMs;
  try {
    const sandbox = await core.sandboxes.acquire({
      key,
      owner: shareOf(principal),
      deadline,
      expiresAt: deadline + timeoutMs + graceMs,
      request: () => ({
        runtime,
        use: { principal: shareOf(principal), session: key },
        code,
        environment: {},
        ...(memoryBytes !== undefined && { limits: { memoryBytes: memoryBytes + runnerBytes } }),
      }),
    });
    const files = request.files.map(({ name, content }) => ({ name, content: content.toString('base64') }));
    const params = { files, argv, stdin, timeoutMs, cpuTimeoutMs, maxOutputBytes };
    const { result } = await sandbox
      .invoke({ params, context: {}, timeoutMs: timeoutMs + graceMs })
      .catch((error: unknown) => ({ result: endedWithItsSandbox(error, timeoutMs) }));
    return outcomeOf(result);
  } catch (error) {
    throw functionErrorOf(error);
  } finally {
    core.sandboxes.discardLater(key);
  }
}

async function argvOf(core: FunctionsCore, { language, main, args }: ProgramRequest): Promise<string[]> {
  const found = (await core.programs.languages()).find(({ name }) => name === language);
  if (found !== undefined) return [...found.argv, main, ...args];
  throw new AppError('InvalidParameter', `Programs in '${language}' cannot be run here.`, {
    field: 'language',
  });
}

function checkFiles({ files }: ProgramRequest): void {
  if (files.length === 0 || files.length > maxFiles) {
    throw new AppError('InvalidParameter', `files: give 1 to ${maxFiles}.`, { field: 'files' });
  }
  const names = files.map(({ name }) => name);
  const refuse = (index: number, must: string) => {
    const field = `files[${index}].name`;
    throw new AppError('InvalidParameter', `${field}: '${names[index]!.slice(0, 100)}' must ${must}.`, {
      field,
    });
  };
  for (const [index, name] of names.entries()) {
    const segments = name.split('/');
    const isBad = segments.some((segment) => ['', '.', '..'].includes(segment)) || name.startsWith('-');
    if (isBad || name.length > 200 || name.includes('\0') || names.indexOf(name) !== index) {
      refuse(index, "be a relative path of its own, without '..', of at most 200 characters");
    }
    if (segments.some((segment) => Buffer.byteLength(segment) > maxSegmentBytes)) {
      refuse(index, `have at most ${maxSegmentBytes} bytes between slashes`);
    }
    const file = segments
      .slice(0, -1)
      .map((_, depth) => segments.slice(0, depth + 1).join('/'))
      .find((each) => names.includes(each));
    if (file !== undefined) refuse(index, `not lie below '${file.slice(0, 100)}', which is a file`);
  }
}

/** All of them together are no longer than a request: half of what Linux takes. */
function checkArgs({ args }: ProgramRequest): void {
  for (const [index, arg] of args.entries()) {
    if (!arg.includes('\0') && Buffer.byteLength(arg) <= maxArgBytes) continue;
    const field = `args[${index}]`;
    const must = `have no NUL character, and at most ${maxArgBytes} bytes`;
    throw new AppError('InvalidParameter', `${field} must ${must}.`, { field });
  }
}

/** What there is to say when the runner could not say it. Any other error is none of the program's. */
function endedWithItsSandbox(error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof SandboxError)) throw error;
  const stopped =
    error.code === 'OUT_OF_MEMORY' ? 'memory' : error.code === 'TIMEOUT' ? 'timeout' : undefined;
  if (stopped === undefined) throw error;
  return { signal: 'SIGKILL', stopped, wallMs: timeoutMs };
}

/** A program may have had its hands on it: read member by member, trusted for nothing. */
function outcomeOf(result: unknown): ProgramOutcome {
  const read = (typeof result === 'object' && result !== null ? result : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof read[name] === 'string' ? read[name] : '');
  const number = (name: string) => {
    const value = read[name];
    return typeof value === 'number' && value >= 0 ? { [name]: value } : {};
  };
  const signal = typeof read['signal'] === 'string' ? read['signal'].slice(0, 20) : undefined;
  const stopped = stops.find((each) => each === read['stopped']);
  return {
    stdout: text('stdout'),
    stderr: text('stderr'),
    output: text('output'),
    ...number('code'),
    ...(signal !== undefined && { signal }),
    ...(stopped !== undefined && { stopped }),
    wallMs: 0,
    ...number('wallMs'),
    ...number('cpuMs'),
    ...number('memoryBytes'),
  };
}

const stops: readonly ProgramStop[] = ['timeout', 'cpu', 'memory', 'stdout', 'stderr'];
