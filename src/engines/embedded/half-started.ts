/**
 * Containers whose Podman died between making and starting them. Nobody will start them, and Podman may not even have
 * noted that it made them: to remove them then leaves their processes, cgroups and runtime state behind.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeCgroup } from './cgroup-tree.ts';
import type { Locations } from './locations.ts';
import { cgroupOf } from './memory-kills.ts';
import { inMountNamespaceOf } from './mount-namespace.ts';
import { findProcesses, kill, parents } from './processes.ts';
import type { ProcessInfo } from './processes.ts';

const run = promisify(execFile);

export interface HalfStarted {
  id: string;
  cgroup: string | undefined;
}

export interface OciRuntime {
  program: string;
  cgroupMounts: readonly string[];
}

/** Processes that hold our containers. */
export async function conmonProcesses(locations: Locations): Promise<ProcessInfo[]> {
  return findProcesses(
    ([program, ...args]) => program?.endsWith('conmon') === true && args.includes(locations.exits),
  );
}

/** Ends the processes of all of them. Call while no Podman runs. */
export async function endHalfStarted(locations: Locations): Promise<HalfStarted[]> {
  const found: HalfStarted[] = [];
  for (const { pid, argv } of await conmonProcesses(locations)) {
    const id = valueAfter('-c', argv);
    if (id === undefined || isStarted(locations, id)) continue;
    found.push({ id, cgroup: await cgroupIn(valueAfter('-b', argv)) });
    // conmon first, which would write an exit down that nobody asked for.
    for (const each of [pid, ...descendantsOf(pid, await parents())]) await kill(each);
  }
  return found;
}

/** Removes what the kernel and the runtime keep of them. `inside`: a process in Podman's mount namespace. */
export async function removeHalfStarted(
  found: readonly HalfStarted[],
  inside: number,
  locations: Locations,
  runtime: OciRuntime,
): Promise<void> {
  for (const { id, cgroup } of found) {
    const argv = [runtime.program, `--root=${locations.runtimeState}`, 'delete', '--force', id];
    const [program = '', ...args] = inMountNamespaceOf(inside, argv);
    // It refuses what it had not written down itself before it was ended.
    await run(program, args).catch(() => undefined);
    await rm(join(locations.runtimeState, id), { recursive: true, force: true });
    if (cgroup !== undefined) await removeCgroup(runtime.cgroupMounts, cgroup);
  }
}

/** The runtime makes the fifo when it makes a container, and takes it away when it starts it (crun and runc alike). */
function isStarted({ runtimeState }: Locations, id: string): boolean {
  const state = join(runtimeState, id);
  const written = existsSync(join(state, 'status')) || existsSync(join(state, 'state.json'));
  return written && !existsSync(join(state, 'exec.fifo'));
}

async function cgroupIn(bundle: string | undefined): Promise<string | undefined> {
  const config = bundle && (await readFile(join(bundle, 'config.json'), 'utf8').catch(() => undefined));
  return config ? cgroupOf(config) : undefined;
}

function descendantsOf(pid: number, all: readonly [number, number][]): number[] {
  const children = all.flatMap(([child, parent]) => (parent === pid ? [child] : []));
  return children.flatMap((child) => [child, ...descendantsOf(child, all)]);
}

function valueAfter(flag: string, argv: readonly string[]): string | undefined {
  const position = argv.indexOf(flag);
  return position < 0 ? undefined : argv[position + 1];
}
