/** What is seen of a sandbox from outside, on this machine. */
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Sandbox } from '../../core/ports/sandbox.ts';
import { must } from './attack.ts';

const PATIENCE_MS = 5_000;

/** Waits until it is so; a leak where it never is. */
export async function until(holds: () => Promise<boolean>, leak: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    must(performance.now() < deadline, leak);
    await delay(10);
  }
}

/** Numbers of the processes in the sandbox's control group. */
export async function processesOf(sandbox: Sandbox): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const group = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (group.includes(sandbox.id)) found.push(pid);
  }
  return found;
}

/** Without those that have ended and were not waited for. */
export async function livingOf(sandbox: Sandbox): Promise<number> {
  const pids = await processesOf(sandbox);
  const stats = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')),
  );
  return stats.filter((stat) => !/\) Z/.test(stat)).length;
}

export const isGone = (sandbox: Sandbox): Promise<void> =>
  until(async () => (await processesOf(sandbox)).length === 0, 'processes are left after its end');

/** Ticks of CPU time that the sandbox's first process and its threads have used. */
export async function cpuTimeOf(sandbox: Sandbox): Promise<number> {
  const [pid] = await processesOf(sandbox);
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** In cgroup v1 and v2. */
export async function isFrozen(owner: string, sandbox: Sandbox): Promise<boolean> {
  const group = `/longshore-sandboxes-${owner}/${sandbox.id}`;
  const v1 = await readFile(`/sys/fs/cgroup/freezer${group}/freezer.state`, 'utf8').catch(() => '');
  const v2 = await readFile(`/sys/fs/cgroup${group}/cgroup.freeze`, 'utf8').catch(() => '');
  return /^(FROZEN|1)$/.test(`${v1}${v2}`.trim());
}
