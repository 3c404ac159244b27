/** How much of this machine is used, measured every few seconds from what the kernel and the file system say. */
import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import type { MachineMeter, MachineUsage } from './core/ports/machine-usage.ts';
import {
  availableMemory,
  kernelFiles,
  outwardInterfaces,
  processorTime,
  trafficOf,
  type KernelFiles,
  type ProcessorTime,
} from './linux/machine-counters.ts';

export interface OpenMachineMeter extends MachineMeter {
  close(): Promise<void>;
}

const everyMs = 2000;
/** Which interfaces there are is asked less often: a machine with many containers has as many of them. */
const interfacesEveryMs = 30_000;

/** `directory`: of the file system whose space is told. */
export async function openMachineMeter(
  directory: string,
  files: KernelFiles = kernelFiles,
): Promise<OpenMachineMeter> {
  const counting = new Counting(directory, files);
  let last = await counting.count();
  let usage = usageBetween(last, last);
  let measuring: Promise<void> | undefined;
  const measure = async () => {
    const now = await counting.count();
    usage = usageBetween(last, now);
    last = now;
  };
  const timer = setInterval(() => {
    // A file system that does not answer is waited for once. What cannot be read is told as it was, and read again.
    measuring ??= measure()
      .catch(() => undefined)
      .finally(() => (measuring = undefined));
  }, everyMs);
  timer.unref();
  return {
    read: () => usage,
    close: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

interface Counts {
  at: number;
  time: ProcessorTime;
  memoryUsed: number;
  disk: { used: number; total: number };
  rx: number;
  tx: number;
}

class Counting {
  readonly #directory: string;
  readonly #files: KernelFiles;
  #interfaces: { names: string[]; at: number } | undefined;

  constructor(directory: string, files: KernelFiles) {
    this.#directory = directory;
    this.#files = files;
  }

  async count(): Promise<Counts> {
    const files = this.#files;
    const [time, available, disk, traffic] = await Promise.all([
      processorTime(files),
      availableMemory(files),
      diskOf(this.#directory),
      this.#interfaceNames().then((names) => trafficOf(files, names)),
    ]);
    return {
      at: Date.now(),
      time: time ?? timeOfRuntime(),
      memoryUsed: totalmem() - (available ?? freemem()),
      disk,
      ...traffic,
    };
  }

  async #interfaceNames(): Promise<string[]> {
    const now = Date.now();
    if (this.#interfaces === undefined || now - this.#interfaces.at >= interfacesEveryMs) {
      this.#interfaces = { names: await outwardInterfaces(this.#files), at: now };
    }
    return this.#interfaces.names;
  }
}

/** Where there is no Linux: what Node.js counts. */
function timeOfRuntime(): ProcessorTime {
  const times = cpus().map((each) => each.times);
  const total = times.reduce(
    (sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq,
    0,
  );
  return { total, busy: total - times.reduce((sum, { idle }) => sum + idle, 0) };
}

/** As `df` counts: what only root may use belongs to neither. */
async function diskOf(directory: string): Promise<Counts['disk']> {
  const { bsize, blocks, bfree, bavail } = await statfs(directory);
  const used = (blocks - bfree) * bsize;
  return { used, total: used + bavail * bsize };
}

const cores = cpus().length;

function usageBetween(before: Counts, now: Counts): MachineUsage {
  const seconds = (now.at - before.at) / 1000;
  const perSecond = (bytes: number) => (seconds > 0 ? Math.max(0, bytes / seconds) : 0);
  const spent = now.time.total - before.time.total;
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  return {
    at: now.at,
    cores,
    cpuPercent: shareOf(
      // Since the machine started, until there are two measurements.
      spent > 0 ? { busy: now.time.busy - before.time.busy, total: spent } : now.time,
    ),
    cpuBusyTicks: now.time.busy,
    cpuTicks: now.time.total,
    load: [one, five, fifteen],
    memoryUsedBytes: now.memoryUsed,
    memoryTotalBytes: totalmem(),
    diskUsedBytes: now.disk.used,
    diskTotalBytes: now.disk.total,
    networkRxBytes: now.rx,
    networkTxBytes: now.tx,
    networkRxBytesPerSecond: perSecond(now.rx - before.rx),
    networkTxBytesPerSecond: perSecond(now.tx - before.tx),
  };
}

/** The kernel's count of waiting, and with it the whole, may go back a little (proc(5), iowait). */
const shareOf = ({ busy, total }: ProcessorTime): number =>
  total > 0 ? Math.min(100, Math.max(0, (busy / total) * 100)) : 0;
