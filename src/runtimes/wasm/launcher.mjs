/**
 * Loads functions that are WebAssembly modules. Runs inside the sandbox, which is what isolates them: Node.js gives
 * them WASI, not more safety. A module is compiled once; each execution is a new instance with a memory of its own.
 * Params and context are JSON on its standard input, what it writes to standard output is its result.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WASI } from 'node:wasi';
import { DIRECTORY, ExecutionError, LoadError, readResult, serve } from '../nodejs/serving.mjs';

const VERSION = 'preview1';
const IMPORTS = 'wasi_snapshot_preview1';
const MAGIC = '\0asm';
/** Not there for the module: their names are gone before it begins. */
const INPUT = '/tmp/.input';
const OUTPUT = '/tmp/.output';
/** Of a module's own descriptors: those after standard error, and as many as its sandbox may have open. */
const FIRST_FILE = 3;
const MOST_FILES = 256;
/** White space that a result may have around and in it. */
const MARGIN_BYTES = 64 << 10;
const { stringify } = JSON;

async function load({ entry, maxResultBytes }) {
  const module = await compile(entry);
  return (params, context) =>
    run(module, entry, stringify({ params, context }), maxResultBytes + MARGIN_BYTES);
}

async function compile(entry) {
  const file = readFileSync(path.join(DIRECTORY, entry));
  // Code that comes as one source is text.
  const bytes = file.latin1Slice(0, MAGIC.length) === MAGIC ? file : Buffer.from(file.toString(), 'base64');
  const module = await WebAssembly.compile(bytes).catch((error) => {
    throw new LoadError(`${entry} is no WebAssembly module: ${error.message}`);
  });
  const foreign = WebAssembly.Module.imports(module).find((each) => each.module !== IMPORTS);
  if (foreign !== undefined) {
    throw new LoadError(`${entry} imports ${foreign.module}.${foreign.name}: only ${IMPORTS} is here`);
  }
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  if (!names.includes('_start') || !names.includes('memory')) {
    throw new LoadError(`${entry} has no handler: it must be a command of WASI, with _start and memory`);
  }
  return module;
}

async function run(module, entry, input, maxBytes) {
  writeFileSync(INPUT, input);
  const stdin = openSync(INPUT, 'r');
  const stdout = openSync(OUTPUT, 'w+');
  unlinkSync(INPUT);
  unlinkSync(OUTPUT);
  try {
    const code = await start(module, entry, stdin, stdout);
    if (code !== 0) {
      const reason = `the program ended with exit code ${code}; what it says of it is in its standard error`;
      throw new ExecutionError('RUNTIME_ERROR', reason);
    }
    return readResult(readOutput(stdout, maxBytes));
  } finally {
    closeSync(stdin);
    closeSync(stdout);
  }
}

async function start(module, entry, stdin, stdout) {
  const preopens = { '.': DIRECTORY, '/tmp': '/tmp' };
  const options = { version: VERSION, args: [entry], env: process.env, preopens, stdin, stdout };
  const wasi = new WASI({ ...options, returnOnExit: true });
  const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
  try {
    return wasi.start(instance);
  } finally {
    closeFiles(wasi);
  }
}

/** Directories and what the module left open. Node.js would close them when it collects the garbage, maybe never. */
function closeFiles({ wasiImport }) {
  for (let descriptor = FIRST_FILE; descriptor < MOST_FILES; descriptor += 1) wasiImport.fd_close(descriptor);
}

function readOutput(stdout, maxBytes) {
  const { size } = fstatSync(stdout);
  if (size > maxBytes) {
    throw new ExecutionError('OUTPUT_LIMIT', `the program wrote more than ${maxBytes} bytes as its result`);
  }
  const buffer = Buffer.allocUnsafe(size);
  for (let read = 0; read < size;) read += readSync(stdout, buffer, read, size - read, read);
  return buffer.toString();
}

void serve(load);
