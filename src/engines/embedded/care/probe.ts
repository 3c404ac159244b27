/**
 * One health check: a program in the container, with what it said and how it ended. The OCI runtime starts it, as
 * Podman would keep a record of each until the container stops, and grow slower with them.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { inMountNamespaceOf } from '../../../linux/mount-namespace.ts';
import { endTree } from '../../../linux/process-tree.ts';
import { bundleOf, conmonPidFileOf, type Locations } from '../locations.ts';
import type { Check } from './health-rule.ts';

const mostOutput = 4096;
/** For what was killed to end, and for output to come that was written before the end. */
const graceMs = 1_000;
/** Docker's for a check that took too long. */
const tookTooLong = -1;
/**
 * Gives the program pipes, where Node gives sockets: nobody can open /dev/stderr on one. The fourth descriptor describes
 * the program, and the fifth takes its exit code.
 */
const withPipes = '{ "$@" 2>&1 4>&-; echo $? >&4; } | exec cat 3<&- 4>&-';

export type Probe = (
  containerId: string,
  check: { argv: readonly string[]; timeoutMs: number },
  signal: AbortSignal,
) => Promise<Check>;

export interface ProbeParts {
  locations: Locations;
  storageDriver: string;
  /** Path of crun or runc. */
  runtime: string;
}

/** Rejects where the program could not be started, and when the signal fires. Leaves no process. */
export const probeOf =
  (parts: ProbeParts): Probe =>
  async (containerId, { argv, timeoutMs }, signal) => {
    const startedAt = Date.now();
    const program = await start(parts, containerId, argv);
    const output = textOf(program.stdio[1] as Readable);
    const ended = endOf(program);
    try {
      const exitCode = await within(ended, timeoutMs, signal);
      if (exitCode !== undefined) return { startedAt, finishedAt: Date.now(), exitCode, output: output.text };
      await endTree(program.pid!, { isMeant: isOurs, graceMs: 0 });
      await within(ended, graceMs, signal);
      const said = `Health check exceeded timeout (${timeoutMs / 1000}s)${output.text && `: ${output.text}`}`;
      return { startedAt, finishedAt: Date.now(), exitCode: tookTooLong, output: said };
    } finally {
      const isLeft = program.exitCode === null && program.signalCode === null;
      if (isLeft) await endTree(program.pid!, { isMeant: isOurs, graceMs: 0 });
      for (const stream of program.stdio) stream?.destroy();
    }
  };

async function start(
  { locations, storageDriver, runtime }: ProbeParts,
  id: string,
  argv: readonly string[],
): Promise<ChildProcess> {
  const conmon = Number(await readFile(conmonPidFileOf(locations, storageDriver, id), 'utf8'));
  const description = await describedProcess(locations, bundleOf(locations, storageDriver, id), argv);
  try {
    const call = [runtime, `--root=${locations.runtimeState}`, 'exec', '--process', '/proc/self/fd/3', id];
    const child = spawn('/bin/sh', ['-c', withPipes, 'sh', ...inMountNamespaceOf(conmon, call)], {
      stdio: ['ignore', 'pipe', 'ignore', description.fd, 'pipe'],
      cwd: '/',
    });
    await once(child, 'spawn');
    return child;
  } finally {
    await description.close();
  }
}

let serial = 0;

/** The container's own process with another program: its user, environment, directory and rights. */
async function describedProcess(
  { runDirectory }: Locations,
  bundle: string,
  args: readonly string[],
): Promise<FileHandle> {
  const config = JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8')) as { process: object };
  const path = join(runDirectory, `check-${process.pid}-${++serial}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await file.writeFile(JSON.stringify({ ...config.process, terminal: false, args }));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  } finally {
    await rm(path);
  }
}

/** As it ends, not what it started in the background, which may keep its output open. */
async function endOf(program: ChildProcess): Promise<number> {
  const closed = once(program, 'close');
  const status = textOf(program.stdio[4] as Readable);
  await Promise.race([closed, once(program.stdio[4]!, 'end')]);
  await Promise.race([closed, delay(graceMs, undefined, { ref: false })]);
  return status.text === '' ? tookTooLong : Number(status.text);
}

/** Reads to the end, so that the program is never held up, and keeps the beginning. */
function textOf(stream: Readable): { text: string } {
  const read = { text: '' };
  stream.on('data', (chunk: Buffer) => {
    read.text += chunk.toString().slice(0, mostOutput - read.text.length);
  });
  return read;
}

/** Undefined when it takes longer. */
async function within(work: Promise<number>, ms: number, signal: AbortSignal): Promise<number | undefined> {
  work.catch(() => undefined);
  const patience = new AbortController();
  const late = delay(ms, undefined, { signal: AbortSignal.any([signal, patience.signal]), ref: false });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    patience.abort();
  }
}

/** All that is below the shell that we start. */
const isOurs = () => Promise.resolve(true);
