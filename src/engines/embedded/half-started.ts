/** Containers that were made and whose Podman died before it had noted their start: their processes, and their end. */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeCgroup } from '../../linux/cgroup-tree.ts';
import type { Locations } from './locations.ts';
import { cgroupOf } from './memory-kills.ts';
import { inMountNamespaceOf } from '../../linux/mount-namespace.ts';
import { findProcesses, kill, parents } from './processes.ts';

const run = promisify(execFile);

export interface Conmon {
  pid: number;
  containerId: string;
  bundle: string;
}

export interface OciRuntime {
  program: string;
  cgroupMounts: readonly string[];
}

/** Processes that hold our containers, or are about to: conmon is started by a script. */
export async function findConmons({ exits }: Locations): Promise<Conmon[]> {
  const found = await findProcesses((argv) => argv.includes(exits));
  return found.map(({ pid, argv }) => ({
    pid,
    containerId: valueAfter('-c', argv),
    bundle: valueAfter('-b', argv),
  }));
}

/** Ends the processes and removes what the kernel and the runtime keep. `inside`: a process in Podman's mount namespace. */
export async function endHalfStarted(
  { pid, containerId, bundle }: Conmon,
  inside: number,
  { runtimeState, exits }: Locations,
  runtime: OciRuntime,
): Promise<void> {
  const config = await readFile(join(bundle, 'config.json'), 'utf8').catch(() => undefined);
  // conmon first: nobody is to be told of this exit.
  for (const each of [pid, ...descendantsOf(pid, await parents())]) await kill(each);
  const argv = [runtime.program, `--root=${runtimeState}`, 'delete', '--force', containerId];
  const [program = '', ...args] = inMountNamespaceOf(inside, argv);
  // It refuses what it had not written down itself before it was ended.
  await run(program, args).catch(() => undefined);
  for (const path of [join(runtimeState, containerId), join(exits, containerId)]) {
    await rm(path, { recursive: true, force: true });
  }
  const cgroup = config && cgroupOf(config);
  if (cgroup) await removeCgroup(runtime.cgroupMounts, cgroup);
}

function descendantsOf(pid: number, all: readonly [number, number][]): number[] {
  const children = all.flatMap(([child, parent]) => (parent === pid ? [child] : []));
  return children.flatMap((child) => [child, ...descendantsOf(child, all)]);
}

function valueAfter(flag: string, argv: readonly string[]): string {
  const position = argv.indexOf(flag);
  return (position < 0 ? undefined : argv[position + 1]) ?? '';
}
