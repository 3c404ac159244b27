/**
 * A function for the sandbox that runs one whole program of any language: writes its files, gives it arguments and
 * standard input, and tells how it ended. It keeps the program's own limits of time and output, so that what was
 * written until then is not lost; the sandbox's deadline stands behind it.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

// Not in /function, where a package.json would say what kind of modules the program's own are.
const DIRECTORY = '/tmp/program';
const SAMPLE_MS = 10;
/** /proc counts in hundredths of a second on every Linux that Node.js runs on. */
const TICK_MS = 10;

/**
 * `files`: names and contents in base64. `argv`: absolute program and arguments. `stdin`: text. Times in milliseconds
 * and sizes in bytes; `maxOutputBytes` is of each stream.
 */
export async function handler({ files, argv, stdin, timeoutMs, cpuTimeoutMs, maxOutputBytes }) {
  for (const { name, content } of files) {
    const file = path.join(DIRECTORY, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, Buffer.from(content, 'base64'));
  }
  const [program, ...args] = argv;
  const { PATH, HOME, LANG, TZ } = process.env;
  const startedAt = performance.now();
  const child = spawn(program, args, { cwd: DIRECTORY, env: { PATH, HOME, LANG, TZ } });
  const use = { memoryBytes: null };
  let stopped = null;
  const stop = (reason) => {
    stopped ??= reason;
    killAll();
  };
  const output = collect(child, maxOutputBytes, stop);
  // A program that does not read its input ends before all of it is written.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const deadline = setTimeout(stop, timeoutMs, 'timeout');
  const sampler = setInterval(() => {
    sample(child.pid, use);
    if (childrensCpuMs() + (use.cpuMs ?? 0) > cpuTimeoutMs) stop('cpu');
  }, SAMPLE_MS);
  try {
    const { code, signal } = await ended(child);
    const wallMs = performance.now() - startedAt;
    return {
      code,
      signal,
      stopped,
      wallMs,
      cpuMs: childrensCpuMs(),
      memoryBytes: use.memoryBytes,
      ...output(),
    };
  } finally {
    clearTimeout(deadline);
    clearInterval(sampler);
  }
}

/** With the program all that it started: this is the first process of the sandbox, which no signal from inside ends. */
function killAll() {
  try {
    process.kill(-1, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Resolves when it has exited and its output is read to the end: nothing that it left behind may hold that up. */
function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', killAll);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Keeps the beginning of each stream, and both in the order in which they came. */
function collect(child, most, stop) {
  const kept = { stdout: [], stderr: [], output: [] };
  for (const name of ['stdout', 'stderr']) {
    let room = most;
    child[name].on('data', (chunk) => {
      const part = chunk.subarray(0, room);
      room -= part.length;
      kept[name].push(part);
      kept.output.push(part);
      if (part.length < chunk.length) stop(name);
    });
  }
  return () =>
    Object.fromEntries(Object.entries(kept).map(([name, parts]) => [name, `${Buffer.concat(parts)}`]));
}

/** The program's own peak of memory and its time on the processor: at the end nobody can be asked any more. */
function sample(pid, use) {
  try {
    const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    if (peak !== undefined) use.memoryBytes = Number(peak) * 1024;
    const [user, system] = timesIn(`/proc/${pid}/stat`, 11);
    use.cpuMs = user + system;
  } catch {
    use.cpuMs = 0;
  }
}

/** Of all that has ended. */
function childrensCpuMs() {
  const [user, system] = timesIn('/proc/self/stat', 13);
  return user + system;
}

/** Two fields of /proc/pid/stat (proc(5)), counted after the name, as milliseconds. */
function timesIn(file, first) {
  const stat = readFileSync(file, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [Number(fields[first]) * TICK_MS, Number(fields[first + 1]) * TICK_MS];
}
