/**
 * Serves one session inside the sandbox as its first process: speaks the protocol of docs/internals/sandboxes.md on
 * descriptor 3. Between invocations it waits in a blocking read, so nothing of the function's own thread runs then.
 * What it uses of Node is taken before any user code could replace it. Launchers say how code is loaded.
 */
import { mkdirSync, readdirSync, readSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';

const CHANNEL = 3;
/** Where the function's files are. */
export const DIRECTORY = '/function';
const MAX_MESSAGE = 4_096;
const MAX_STACK = 16_384;
const { parse, stringify } = JSON;
const { alloc, allocUnsafe, byteLength } = Buffer;
const { apply } = Reflect;
const { utf8Write, utf8Slice } = Buffer.prototype;
const kill = process._kill ?? (() => 0);
const exit = process.reallyExit.bind(process);
const SIGKILL = 9;
/** Half of what a sandbox may have. */
const MOST_PROCESSES = 32;

let received = alloc(65_536);
let start = 0;
let end = 0;
/** The nonce of what is to be answered, or undefined. */
let pending;
let maxResult = 0;
/** Where packages are that the function asks for, or undefined. */
let packages;

/** Makes `wanted` bytes stand from `start` on; ends the process when the server is gone. */
function fill(wanted) {
  if (start + wanted > received.length) {
    const larger = wanted > received.length ? allocUnsafe(wanted) : received;
    received.copy(larger, 0, start, end);
    received = larger;
    end -= start;
    start = 0;
  }
  while (end - start < wanted) {
    const count = readSync(CHANNEL, received, end, received.length - end, null);
    if (count === 0) exit(0);
    end += count;
  }
}

function receive() {
  fill(4);
  const size = received.readUInt32BE(start);
  fill(4 + size);
  const text = apply(utf8Slice, received, [start + 4, start + 4 + size]);
  start += 4 + size;
  if (start === end) start = end = 0;
  return parse(text);
}

function send(text) {
  const size = byteLength(text);
  const frame = allocUnsafe(4 + size);
  frame.writeUInt32BE(size, 0);
  apply(utf8Write, frame, [text, 4, size]);
  for (let sent = 0; sent < frame.length;) sent += writeSync(CHANNEL, frame, sent, frame.length - sent);
}

/** Node.js would keep what a pipe has no room for, and write it when the function gives way: maybe never. */
function writeAtOnce(name, fd) {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      for (let rest = chunk; rest.length > 0;) rest = rest.subarray(writeSync(fd, rest));
      done();
    },
  });
  stream.fd = fd;
  Object.defineProperty(process, name, { get: () => stream, configurable: true, enumerable: true });
}

/**
 * Children of children that have ended are never waited for: Node.js waits for its own only. Before there is no room
 * for more processes, a fresh sandbox has to take over.
 */
function isCrowded() {
  const names = readdirSync('/proc');
  let count = 0;
  for (let index = 0; index < names.length; index += 1)
    if (names[index] >= '1' && names[index] < ':') count += 1;
  return count > MOST_PROCESSES;
}

/** Answers once; processes that the function left behind end first. */
function answer(body) {
  const nonce = pending;
  if (nonce === undefined) return;
  pending = undefined;
  const fatal = kill(-1, SIGKILL) === 0 && isCrowded() ? '"fatal":true,' : '';
  send(`{"n":"${nonce}",${fatal}${body}}`);
}

function answerResult(result) {
  let text;
  try {
    text = stringify(result) ?? 'null';
  } catch (error) {
    const reason = `the result is no JSON: ${describe(error).message}`;
    return answerError({ code: 'RUNTIME_ERROR', ...describe(error), message: reason });
  }
  if (byteLength(text) > maxResult) {
    const message = `the result has ${byteLength(text)} bytes, allowed are ${maxResult}`;
    return answerError({ code: 'OUTPUT_LIMIT', message });
  }
  return answer(`"r":${text}`);
}

const answerError = (error) => answer(`"e":${stringify(error)}`);

/** Whatever was thrown, as message and position in the user's source. Thrown things may do anything when looked at. */
function describe(thrown) {
  try {
    if (!(thrown instanceof Error) && typeof thrown?.stack !== 'string') {
      return {
        message: `thrown: ${bounded(typeof thrown === 'object' ? stringify(thrown) : String(thrown), MAX_MESSAGE)}`,
      };
    }
    const stack = String(thrown.stack);
    const message = bounded(withoutPackages(`${thrown.name}: ${thrown.message}`), MAX_MESSAGE);
    return { message, ...positionIn(stack), stack_trace: bounded(withoutLauncher(stack), MAX_STACK) };
  } catch {
    return { message: 'something was thrown that cannot be described' };
  }
}

const bounded = (text, size) => (text.length > size ? `${text.slice(0, size)}…` : text);

function positionIn(stack) {
  const frame = /\/function\/([^\n:]+):(\d+)(?::(\d+))?/.exec(stack);
  if (frame === null) return {};
  const [, file, line, column] = frame;
  // A syntax error has no column, but the line and a caret below it.
  const caret = /\n( *)\^+\n/.exec(stack);
  return {
    file,
    line: Number(line),
    column: column ? Number(column) : caret ? caret[1].length + 1 : undefined,
  };
}

function withoutLauncher(stack) {
  const lines = stack.split('\n').filter((line) => !/^\s+at .*(node:|\/launcher\/)/.test(line));
  return withoutPackages(lines.join('\n'))
    .replaceAll(`file://${DIRECTORY}/`, '')
    .replaceAll(`${DIRECTORY}/`, '');
}

/** Where packages lie is nobody's business: files there can be read by their names. */
const withoutPackages = (text) =>
  packages === undefined ? text : text.replaceAll(`file://${packages}/`, '').replaceAll(`${packages}/`, '');

/** The code cannot be loaded, for a reason that its author can change. */
export class LoadError extends Error {}

/** The execution failed, with one of the protocol's codes. */
export class ExecutionError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** What a program wrote as its result. Nothing is null, as a handler's `undefined` is. */
export function readResult(text) {
  if (text.trim() === '') return null;
  try {
    return parse(text);
  } catch (error) {
    const reason = `the program wrote a result that is no JSON to standard output: ${error.message}`;
    throw new ExecutionError('RUNTIME_ERROR', reason);
  }
}

function writeFiles({ files, base64 = [], dependencies }) {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(DIRECTORY, name);
    if (name.includes('/')) mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, base64.includes(name) ? 'base64' : 'utf8');
  }
  if (dependencies !== undefined) symlinkSync(`${dependencies}/node_modules`, `${DIRECTORY}/node_modules`);
}

/** Ends the session: what was running may be in any state. */
function fatal(thrown) {
  answerError({ code: 'RUNTIME_ERROR', ...describe(thrown), fatal: true });
  exit(1);
}

/** The code and position of what was thrown while something was to be answered. */
function faultOf(error, isLoading) {
  if (error instanceof LoadError) return { code: 'INITIALIZATION_ERROR', message: error.message };
  if (error instanceof ExecutionError)
    return { code: error.code, message: bounded(error.message, MAX_MESSAGE) };
  return { code: isLoading ? 'INITIALIZATION_ERROR' : 'RUNTIME_ERROR', ...describe(error) };
}

let rehearsals = 0;

/**
 * Leaves nothing of it but what was slow the first time. Each is in a directory of its own: Node.js remembers which
 * package a directory is, also when that has gone.
 */
async function rehearse(load, { files, entry }) {
  rehearsals += 1;
  const directory = `rehearsal-${rehearsals}`;
  const inside = Object.entries(files).map(([name, content]) => [`${directory}/${name}`, content]);
  const code = { files: Object.fromEntries(inside), entry: `${directory}/${entry}` };
  writeFiles(code);
  await load(code);
  rmSync(path.join(DIRECTORY, directory), { recursive: true });
}

/**
 * `load` is given what the server says of the function, with its files written, and answers with its handler.
 * `rehearsal`: a function that is loaded while nobody waits, where the server asks for that.
 */
export async function serve(load, rehearsal) {
  // After each answer it kills every process it sees: never outside a process namespace of its own.
  if (process.pid !== 1) throw new Error('this program runs as the first process of a sandbox only');
  let handler;
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  process.on('beforeExit', () => fatal(new Error('the function waits for something that can never happen')));
  writeAtOnce('stdout', 1);
  writeAtOnce('stderr', 2);
  send('{"ready":true}');
  for (;;) {
    const message = receive();
    if (message.rehearse) {
      await rehearse(load, rehearsal);
      continue;
    }
    pending = message.n;
    try {
      if (message.load) {
        maxResult = message.load.maxResultBytes;
        packages = message.load.dependencies;
        Object.assign(process.env, message.load.environment);
        writeFiles(message.load);
        handler = await load(message.load);
        answer('"r":null');
      } else answerResult(await handler(message.p, message.c));
    } catch (error) {
      answerError(faultOf(error, message.load !== undefined));
    }
  }
}
