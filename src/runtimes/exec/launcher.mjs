/**
 * Loads functions that are programs. Runs inside the sandbox. Each execution is a new process: params and context
 * are JSON on its standard input, what it writes to standard output is its result. Standard error is kept as it comes.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, closeSync, constants, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { DIRECTORY, ExecutionError, LoadError, readResult, serve } from '../nodejs/serving.mjs';

const ELF = '\x7fELF';
/** execve(2) reads no longer first line. */
const FIRST_LINE_BYTES = 256;
/** White space that a result may have around and in it. */
const MARGIN_BYTES = 64 << 10;
/** How a shell says that its last command was ended by SIGKILL. */
const KILLED_CHILD = 137;
const { stringify } = JSON;

async function load({ files, entry, maxResultBytes }) {
  const program = path.join(DIRECTORY, entry);
  for (const name of Object.keys(files)) chmodSync(path.join(DIRECTORY, name), 0o755);
  checkProgram(program, entry);
  return (params, context) => run(program, stringify({ params, context }), maxResultBytes + MARGIN_BYTES);
}

/** What the kernel would refuse later, with the reason. */
function checkProgram(program, entry) {
  const begin = beginOf(program);
  if (begin.startsWith(ELF)) return;
  const [, interpreter] = /^#![ \t]*(\/[^ \t\n]+)/.exec(begin) ?? [];
  if (interpreter === undefined) {
    throw new LoadError(
      `${entry} is no program and so no handler: begin it with an interpreter, such as #!/bin/sh, or send a binary`,
    );
  }
  try {
    accessSync(interpreter, constants.X_OK);
  } catch {
    throw new LoadError(`${entry} asks for the interpreter ${interpreter}, which is not on this machine`);
  }
}

function beginOf(file) {
  const descriptor = openSync(file);
  const buffer = Buffer.alloc(FIRST_LINE_BYTES);
  const count = readSync(descriptor, buffer, 0, buffer.length, 0);
  closeSync(descriptor);
  return buffer.latin1Slice(0, count);
}

function run(program, input, maxBuffer) {
  const options = { cwd: DIRECTORY, input, maxBuffer, stdio: ['pipe', 'pipe', 'inherit'] };
  const { error, signal, status, stdout } = spawnSync(program, options);
  if (error?.code === 'ENOBUFS') {
    throw new ExecutionError('OUTPUT_LIMIT', `the program wrote more than ${maxBuffer} bytes as its result`);
  }
  // Nobody inside sends this signal but the program itself, and the kernel where memory is short.
  if (signal === 'SIGKILL' || status === KILLED_CHILD)
    throw new ExecutionError('OUT_OF_MEMORY', 'the program used more memory than it may');
  if (signal !== null && signal !== undefined) fail(`was ended by ${signal}`);
  // It ended before it had read all of its input, as it may.
  if (error !== undefined && error.code !== 'EPIPE') fail(`could not be run: ${error.code}`);
  if (status !== 0) fail(`ended with exit code ${status}; what it says of it is in its standard error`);
  return readResult(stdout.toString());
}

function fail(how) {
  throw new ExecutionError('RUNTIME_ERROR', `the program ${how}`);
}

void serve(load);
