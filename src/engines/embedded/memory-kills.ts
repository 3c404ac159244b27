/**
 * Whether the kernel killed a container's process for lack of memory. The engine itself says so on cgroup v2 only, so
 * we read the kernel's counter. The cgroup stays until the container is removed, because nothing else cleans up here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CgroupLayout } from '../../linux/cgroup-layout.ts';

/** False as well where the container, or its cgroup, is gone. */
export async function wasKilledForMemory(
  bundle: string,
  layout: Pick<CgroupLayout, 'mounts'>,
): Promise<boolean> {
  const config = await readFile(join(bundle, 'config.json'), 'utf8').catch(() => undefined);
  const cgroup = config && cgroupOf(config);
  const file = cgroup && counterFile(cgroup, layout.mounts);
  const counters = file && (await readFile(file, 'utf8').catch(() => undefined));
  return counters ? killsIn(counters) > 0 : false;
}

/** `memory.events` of cgroup v2 and `memory.oom_control` of v1 (kernel 4.13 and later) have the same line. */
export function killsIn(counters: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(counters)?.[1] ?? 0);
}

/** v1 controllers with the memory controller on the v2 side are possible too: whoever has it is asked. */
function counterFile(cgroup: string, mounts: ReadonlyMap<string, string>): string | undefined {
  const v1 = mounts.get('memory');
  if (v1 !== undefined) return join(v1, cgroup, 'memory.oom_control');
  const v2 = mounts.get('unified');
  return v2 === undefined ? undefined : join(v2, cgroup, 'memory.events');
}

/** The cgroup that the configuration of an OCI bundle asks for. */
export function cgroupOf(config: string): string | undefined {
  const { linux } = JSON.parse(config) as { linux?: { cgroupsPath?: string } };
  return linux?.cgroupsPath;
}
