/** What the kernel counts of the whole machine: proc(5), and sysfs-class-net of its documentation. */
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the kernel's file systems are; somewhere else in tests. */
export interface KernelFiles {
  proc: string;
  sys: string;
}

export const kernelFiles: KernelFiles = { proc: '/proc', sys: '/sys' };

export interface ProcessorTime {
  /** Ticks of all processors together since the machine started. */
  busy: number;
  total: number;
}

/**
 * Undefined where the kernel tells none. Waiting for a disk counts as idle, and what is taken by other machines on the
 * same hardware as busy; time of guests is in that of users already.
 */
export async function processorTime({ proc }: KernelFiles): Promise<ProcessorTime | undefined> {
  const text = await readOrEmpty(join(proc, 'stat'));
  const ticks = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.split(' ').map(Number);
  if (ticks === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softIrq = 0, stolen = 0] = ticks;
  const busy = user + nice + system + irq + softIrq + stolen;
  return { busy, total: busy + idle + waiting };
}

/** Bytes that programs could still get without swapping. Undefined where the kernel does not tell. */
export async function availableMemory({ proc }: KernelFiles): Promise<number | undefined> {
  const found = /^MemAvailable:\s+(\d+) kB$/m.exec(await readOrEmpty(join(proc, 'meminfo')))?.[1];
  return found === undefined ? undefined : Number(found) * 1024;
}

/**
 * Names of the interfaces whose traffic leaves the machine: those with a device behind them, or else, as inside a
 * container, those of a default route. Bridges and the ends of containers would count the same bytes again.
 */
export async function outwardInterfaces(files: KernelFiles): Promise<string[]> {
  const names = await readdir(join(files.sys, 'class/net')).catch(() => []);
  const physical: string[] = [];
  for (const name of names)
    if (await exists(join(files.sys, 'class/net', name, 'device'))) physical.push(name);
  return physical.length > 0 ? physical : defaultRoutes(files);
}

async function defaultRoutes({ proc }: KernelFiles): Promise<string[]> {
  const [v4, v6] = await Promise.all([
    readOrEmpty(join(proc, 'net/route')),
    readOrEmpty(join(proc, 'net/ipv6_route')),
  ]);
  const found = [
    ...[...v4.matchAll(/^(\S+)\t00000000\t\S+\t\S+\t\S+\t\S+\t\S+\t00000000\t/gm)].map(([, name]) => name!),
    ...[...v6.matchAll(/^0{32} 00 .* (\S+)$/gm)].map(([, name]) => name!),
  ];
  return [...new Set(found)].filter((name) => name !== 'lo');
}

/** Bytes received and sent since each of these came up, together. One that is gone counts nothing. */
export async function trafficOf(
  { sys }: KernelFiles,
  names: readonly string[],
): Promise<{ rx: number; tx: number }> {
  const sum = async (file: string) => {
    const counts = await Promise.all(
      names.map((name) => readOrEmpty(join(sys, 'class/net', name, 'statistics', file))),
    );
    return counts.reduce((total, count) => total + Number(count), 0);
  };
  const [rx, tx] = await Promise.all([sum('rx_bytes'), sum('tx_bytes')]);
  return { rx, tx };
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const readOrEmpty = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
