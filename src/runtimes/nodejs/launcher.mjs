/**
 * Runs inside the sandbox as its first process: loads a function's code and calls it. Speaks the protocol of
 * docs/internals/sandboxes.md on descriptor 3. Between invocations it waits in a blocking read, so nothing of
 * the function's own thread runs then. What it uses of Node is taken before any user code could replace it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';

const CHANNEL = 3;
const DIRECTORY = '/function';
const MAX_MESSAGE = 4_096;
const MAX_STACK = 16_384;
const { parse, stringify } = JSON;
const { alloc, allocUnsafe, byteLength } = Buffer;
const { apply } = Reflect;
const { utf8Write, utf8Slice } = Buffer.prototype;
const kill = process._kill ?? (() => 0);
const exit = process.reallyExit.bind(process);
const SIGKILL = 9;

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

/** Answers once; processes that the function left behind end first. */
function answer(body) {
  const nonce = pending;
  if (nonce === undefined) return;
  pending = undefined;
  kill(-1, SIGKILL);
  send(`{"n":"${nonce}",${body}}`);
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

class LoadError extends Error {}

async function load({ files, entry, dependencies, environment, maxResultBytes }) {
  maxResult = maxResultBytes;
  packages = dependencies;
  Object.assign(process.env, environment);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(DIRECTORY, name);
    if (name.includes('/')) mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  if (packages !== undefined) symlinkSync(`${packages}/node_modules`, `${DIRECTORY}/node_modules`);
  if (/\.mjs$/.test(entry)) return loadModule(entry, files);
  return (await loadScript(entry, files[entry])) ?? loadModule(entry, files);
}

async function loadModule(entry, files) {
  // Else Node.js would take what ends in .js for CommonJS.
  if (!('package.json' in files)) writeFileSync(path.join(DIRECTORY, 'package.json'), '{"type":"module"}');
  try {
    return handlerOf(await import(pathToFileURL(path.join(DIRECTORY, entry))), entry);
  } catch (error) {
    if (error instanceof SyntaxError && !error.stack.includes(DIRECTORY)) locate(error, Object.keys(files));
    throw error;
  }
}

/** An import says what is wrong with the syntax, but not where. `node --check` does. */
function locate(error, files) {
  for (const file of files.filter((name) => /\.[cm]?js$/.test(name))) {
    const { status, stderr } = spawnSync(process.execPath, ['--check', path.join(DIRECTORY, file)], {
      encoding: 'utf8',
    });
    if (status === 0) continue;
    error.stack = stderr.replace(/\n\nNode\.js v[^\n]*\s*$/, '');
    return;
  }
}

const importModuleDynamically = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
const MODULE_PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];
const ONLY_IN_MODULES = /^(Cannot use import statement|Unexpected token 'export'|Cannot use 'import\.meta')/;

/**
 * CommonJS, or the body of a function with `event`, `params` and `context` in scope. Undefined where it is neither,
 * but may be an ES module.
 */
async function loadScript(entry, source) {
  const file = path.join(DIRECTORY, entry);
  const require = createRequire(file);
  try {
    if (/\bmodule\s*\.\s*exports\b|\bexports\s*\.\s*\w+\s*=/.test(source)) {
      const module = { exports: {} };
      const options = { filename: file, importModuleDynamically };
      const body = vm.compileFunction(source, MODULE_PARAMETERS, options);
      body.call(module.exports, module.exports, require, module, file, DIRECTORY);
      return handlerOf(module.exports, entry);
    }
    // A block of its own, in which the script may declare what the parameters are called.
    const body = new vm.Script(`(async function (event, params, context, require) {{\n${source}\n}})`, {
      filename: file,
      lineOffset: -1,
      importModuleDynamically,
    }).runInThisContext();
    return (params, context) => body({ params, context }, params, context, require);
  } catch (error) {
    if (error instanceof SyntaxError && ONLY_IN_MODULES.test(error.message)) return undefined;
    throw error;
  }
}

function handlerOf(exported, entry) {
  const found = [exported, exported.default, exported.handler, exported.default?.handler].find(
    (each) => typeof each === 'function',
  );
  if (found) return found;
  throw new LoadError(`${entry} exports no handler: write "export default async (params, context) => …"`);
}

/** Ends the session: what was running may be in any state. */
function fatal(thrown) {
  answerError({ code: 'RUNTIME_ERROR', ...describe(thrown), fatal: true });
  exit(1);
}

async function serve() {
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
    pending = message.n;
    try {
      if (message.load) {
        handler = await load(message.load);
        answer('"r":null');
      } else answerResult(await handler(message.p, message.c));
    } catch (error) {
      const code = message.load ? 'INITIALIZATION_ERROR' : 'RUNTIME_ERROR';
      const described = error instanceof LoadError ? { message: error.message } : describe(error);
      answerError({ code, ...described });
    }
  }
}

void serve();
