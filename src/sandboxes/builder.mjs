/**
 * Runs inside a sandbox as its first process and does what a build order says (src/core/ports/runtime.ts): writes
 * files, runs programs, answers with what they made. Speaks the protocol of docs/internals/sandboxes.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

const CHANNEL = 3;
const DIRECTORY = '/function';
/** What a compiler may say before it is taken for endless, and what is passed on of it. */
const MOST_OUTPUT = 8 << 20;
const KEPT_OUTPUT = 512 << 10;

function receive() {
  const size = fill(Buffer.alloc(4)).readUInt32BE(0);
  return JSON.parse(fill(Buffer.alloc(size)).toString());
}

/** Ends the process when the server is gone. */
function fill(buffer) {
  for (let filled = 0; filled < buffer.length;) {
    const count = readSync(CHANNEL, buffer, filled, buffer.length - filled, null);
    if (count === 0) process.exit(0);
    filled += count;
  }
  return buffer;
}

function send(message) {
  const body = Buffer.from(JSON.stringify(message));
  const frame = Buffer.alloc(4 + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, 4);
  for (let sent = 0; sent < frame.length;) sent += writeSync(CHANNEL, frame, sent);
}

function build({ files, base64 = [], commands, environment, outputs }) {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(DIRECTORY, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, base64.includes(name) ? 'base64' : 'utf8');
  }
  for (const [program, ...args] of commands) {
    const ran = spawnSync(program, args, {
      cwd: DIRECTORY,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: MOST_OUTPUT,
      killSignal: 'SIGKILL',
    });
    if (ran.status === 0 && ran.error === undefined) continue;
    const output = (ran.stderr ?? Buffer.alloc(0)).toString('utf8', 0, KEPT_OUTPUT);
    return { failed: { output, reason: reasonOf(program, ran) } };
  }
  return { outputs: Object.fromEntries(outputs.flatMap(matching).map(read)) };
}

function reasonOf(program, { error, signal, status }) {
  const name = path.basename(program);
  if (error?.code === 'ENOBUFS') return `${name} wrote output without end`;
  if (error) return `${name} could not be run: ${error.message}`;
  // Nothing else in here sends it than the kernel.
  if (signal === 'SIGKILL') return `${name} took more memory than there is for it`;
  return signal ? `${name} was ended by ${signal}` : `${name} ended with exit code ${status}`;
}

/** `directory/*.ending` is every file there with the ending. */
function matching(output) {
  const [before, after] = output.split('*');
  if (after === undefined) return [output];
  const directory = path.join(DIRECTORY, before);
  return readdirSync(directory)
    .filter((name) => name.endsWith(after))
    .map((name) => path.join(before, name));
}

const read = (name) => [path.basename(name), readFileSync(path.join(DIRECTORY, name)).toString('base64')];

send({ ready: true });
for (;;) {
  const { n, p } = receive();
  try {
    send({ n, r: build(p) });
  } catch (error) {
    send({ n, e: { code: 'RUNTIME_ERROR', message: String(error) } });
  }
}
