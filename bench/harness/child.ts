import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** How long a child may take to end after SIGTERM. */
const graceMs = 20_000;

/** A child of its own process group, so that Ctrl-C reaches it only through the clean-up. */
export function spawnApart(argv: readonly [string, ...string[]], options: SpawnOptions): ChildProcess {
  return spawn(argv[0], argv.slice(1), { ...options, detached: true });
}

/** SIGTERM, and SIGKILL where that does not end it. Resolves when it has ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(timer);
}

/** Processor time that a process has used so far, in microseconds: user and system (proc(5), /proc/pid/stat). */
export function processorTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const microsecondsPerTick = 10_000;
  return (Number(fields[11]) + Number(fields[12])) * microsecondsPerTick;
}
