import { readFile } from 'node:fs/promises';

const CAP_SYS_RESOURCE = 24;

/** As podman and Docker have it: more than any image needs, and what many database images ask for. */
const WANTED = { nofile: 1_048_576, nproc: 4_194_304 };

/**
 * Default ulimits of containers, in the form containers.conf takes (`name=soft:hard`). A process without
 * CAP_SYS_RESOURCE cannot raise a hard limit, so an engine that asks for more could start no container at all.
 */
export async function defaultUlimits(): Promise<string[]> {
  const [status, limits, pidMax] = await Promise.all([
    readFile('/proc/self/status', 'utf8'),
    readFile('/proc/self/limits', 'utf8'),
    readFile('/proc/sys/kernel/pid_max', 'utf8'),
  ]);
  return ulimitsFor(status, limits, Number(pidMax));
}

export function ulimitsFor(status: string, limits: string, pidMax: number): string[] {
  const mayRaise = hasCapability(status, CAP_SYS_RESOURCE);
  const nofile = mayRaise ? WANTED.nofile : Math.min(WANTED.nofile, hardLimit(limits, 'Max open files'));
  // Podman lowers its own limit to pid_max before it starts anything.
  const nproc = mayRaise ? WANTED.nproc : Math.min(pidMax, hardLimit(limits, 'Max processes'));
  return [`nofile=${nofile}:${nofile}`, `nproc=${nproc}:${nproc}`];
}

export function hasCapability(status: string, capability: number): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> BigInt(capability)) & 1n) === 1n;
}

function hardLimit(limits: string, name: string): number {
  const hard = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, 'm').exec(limits)?.[1];
  return hard === undefined || hard === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(hard);
}
