/** How much of this machine is used, measured every few seconds from what the kernel and the file system say. */
import { readFileSync, readdirSync, realpathSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, loadavg, totalmem } from 'node:os';
import type { MachineMeter, MachineUsage } from './core/ports/machine-usage.ts';

export interface OpenMachineMeter extends MachineMeter {
  close(): Promise<void>;
}

const everyMs = 2000;

interface Sample {
  at: number;
  /** Milliseconds of all cores. */
  busy: number;
  total: number;
  rx: number;
  tx: number;
}

/** `directory`: of the file system whose space is told. */
export async function openMachineMeter(directory: string): Promise<OpenMachineMeter> {
  let last = sample();
  let usage = usageBetween(last, last, await diskOf(directory));
  const measure = async () => {
    const now = sample();
    usage = usageBetween(last, now, await diskOf(directory));
    last = now;
  };
  // What cannot be read now is told as it was, and read again.
  const timer = setInterval(() => void measure().catch(() => undefined), everyMs);
  timer.unref();
  return {
    read: () => usage,
    close: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

interface Disk {
  used: number;
  total: number;
}

/** As `df` counts: what only root may use belongs to neither. */
async function diskOf(directory: string): Promise<Disk> {
  const { bsize, blocks, bfree, bavail } = await statfs(directory);
  const used = (blocks - bfree) * bsize;
  return { used, total: used + bavail * bsize };
}

function usageBetween(before: Sample, now: Sample, disk: Disk): MachineUsage {
  const seconds = (now.at - before.at) / 1000;
  const perSecond = (bytes: number) => (seconds > 0 ? Math.max(0, bytes / seconds) : 0);
  const spent = now.total - before.total;
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  const memoryTotalBytes = totalmem();
  return {
    at: now.at,
    cores: availableParallelism(),
    // Since the machine started, until there are two measurements.
    cpuPercent: spent > 0 ? ((now.busy - before.busy) / spent) * 100 : (now.busy / now.total) * 100,
    load: [one, five, fifteen],
    memoryUsedBytes: memoryTotalBytes - availableMemory(),
    memoryTotalBytes,
    diskUsedBytes: disk.used,
    diskTotalBytes: disk.total,
    networkRxBytes: now.rx,
    networkTxBytes: now.tx,
    networkRxBytesPerSecond: perSecond(now.rx - before.rx),
    networkTxBytesPerSecond: perSecond(now.tx - before.tx),
  };
}

function sample(): Sample {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    total += all;
    busy += all - times.idle;
  }
  return { at: Date.now(), busy, total, ...traffic() };
}

/** Node's own freemem is MemAvailable on Linux since 18; what the kernel says is asked first all the same. */
function availableMemory(): number {
  const found = /^MemAvailable:\s+(\d+) kB$/m.exec(readOrEmpty('/proc/meminfo'))?.[1];
  return found === undefined ? freemem() : Number(found) * 1024;
}

/** Of the physical interfaces; of all but loopback where there are none, as in a virtual machine's container. */
function traffic(): Pick<Sample, 'rx' | 'tx'> {
  const found = interfaces();
  const physical = found.filter(({ name }) => isPhysical(name));
  const counted = physical.length > 0 ? physical : found.filter(({ name }) => name !== 'lo');
  return {
    rx: counted.reduce((sum, { rx }) => sum + rx, 0),
    tx: counted.reduce((sum, { tx }) => sum + tx, 0),
  };
}

/** proc(5), /proc/net/dev: received bytes are the first column, sent ones the ninth. */
function interfaces(): { name: string; rx: number; tx: number }[] {
  return readOrEmpty('/proc/net/dev')
    .split('\n')
    .flatMap((line) => {
      const [, name, columns] = /^\s*([^:\s]+):\s*(.+)$/.exec(line) ?? [];
      if (name === undefined) return [];
      const counts = columns!.trim().split(/\s+/).map(Number);
      return [{ name, rx: counts[0] ?? 0, tx: counts[8] ?? 0 }];
    });
}

const devices = '/sys/class/net';

function isPhysical(name: string): boolean {
  try {
    return readdirSync(devices).includes(name) && !realpathSync(`${devices}/${name}`).includes('/virtual/');
  } catch {
    return false;
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
