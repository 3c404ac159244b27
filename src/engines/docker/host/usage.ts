/**
 * What a container uses, from the engine's counters (docker/cli, stats_helpers.go). Memory leaves out the pages of
 * files that nobody uses: `total_inactive_file` on cgroup v1, `inactive_file` on v2. Podman tells no parts of memory,
 * and its processor time of the machine leaves out idle time, so its shares are over the time that went by.
 */
import type { ContainerUsage } from '../../../core/ports/host-containers.ts';
import type { Quirks } from '../client/quirks.ts';
import type { StatsMessage } from '../client/types.ts';

/** A container's counters at one moment, and the machine's. */
export interface Sample {
  /** Epoch nanoseconds, as near as a number comes to them. */
  atNanos: number;
  cpuNanos: number;
  /** Of all its processors, idle or not. Absent where the engine does not count it so. */
  machineNanos?: number;
  cpus: number;
}

export interface Machine {
  cpus: number;
  memoryBytes: number;
}

type Counting = Pick<Quirks, 'machineCpuTime' | 'memoryParts'>;

/** Undefined for a container that does not run: its time is zero. */
export function sampleOf(message: StatsMessage, machine: Machine, quirks: Counting): Sample | undefined {
  const atNanos = nanosOf(message.read);
  if (!(atNanos > 0)) return undefined;
  const { cpu_usage: usage, system_cpu_usage: machineNanos, online_cpus: online } = message.cpu_stats ?? {};
  return {
    atNanos,
    cpuNanos: usage?.total_usage ?? 0,
    ...(quirks.machineCpuTime && machineNanos && { machineNanos }),
    // None online: an engine that does not tell (Docker on old kernels, Podman before 4).
    cpus: online || usage?.percpu_usage?.length || machine.cpus,
  };
}

/** 100 is one processor used whole. Undefined where the container started anew in between, or no time went by. */
export function cpuPercent(before: Sample, now: Sample): number | undefined {
  const used = now.cpuNanos - before.cpuNanos;
  if (used < 0) return undefined;
  const { machineNanos: from } = before;
  const { machineNanos: to } = now;
  const share =
    from !== undefined && to !== undefined
      ? (used / (to - from)) * now.cpus
      : used / (now.atNanos - before.atNanos);
  return Number.isFinite(share) && share >= 0 ? share * 100 : undefined;
}

export function memoryOf(
  { memory_stats: memory }: StatsMessage,
  machine: Machine,
  quirks: Counting,
): Pick<ContainerUsage, 'memoryBytes' | 'memoryIncludesCache' | 'memoryLimitBytes'> {
  const { usage = 0, limit = 0, stats } = memory ?? {};
  const idle = stats?.['total_inactive_file'] ?? stats?.['inactive_file'] ?? 0;
  // A v2 group without processes of its own counts nothing itself.
  const bytes = usage === 0 ? (stats?.['anon'] ?? 0) : usage;
  return {
    memoryBytes: idle < bytes ? bytes - idle : bytes,
    memoryIncludesCache: !quirks.memoryParts,
    // Without a limit the kernel gives a number beyond all memory.
    memoryLimitBytes: limit > 0 ? Math.min(limit, machine.memoryBytes) : machine.memoryBytes,
  };
}

/** None on the machine's network, or on another container's. */
export function trafficOf({
  networks,
}: StatsMessage): Pick<ContainerUsage, 'networkRxBytes' | 'networkTxBytes'> {
  const all = Object.values(networks ?? {});
  const sum = (field: 'rx_bytes' | 'tx_bytes') => all.reduce((total, each) => total + (each[field] ?? 0), 0);
  return { networkRxBytes: sum('rx_bytes'), networkTxBytes: sum('tx_bytes') };
}

/** `Read` and `Write` on cgroup v1, `read` and `write` on v2, one of each per device. */
export function blocksOf(message: StatsMessage): Pick<ContainerUsage, 'blockReadBytes' | 'blockWriteBytes'> {
  const entries = message.blkio_stats?.io_service_bytes_recursive ?? [];
  const sum = (letter: string) =>
    entries
      .filter(({ op }) => op.toLowerCase().startsWith(letter))
      .reduce((total, { value }) => total + value, 0);
  return { blockReadBytes: sum('r'), blockWriteBytes: sum('w') };
}

export function idleUsage(machine: Machine): ContainerUsage {
  return {
    at: Date.now(),
    running: false,
    cpuNanos: 0,
    cpuPercent: 0,
    cpus: machine.cpus,
    memoryBytes: 0,
    memoryIncludesCache: false,
    memoryLimitBytes: machine.memoryBytes,
    pids: 0,
    networkRxBytes: 0,
    networkTxBytes: 0,
    blockReadBytes: 0,
    blockWriteBytes: 0,
  };
}

/** RFC 3339 with up to nine digits of a second. */
function nanosOf(text: string): number {
  const [whole = '', fraction = ''] = text.replace(/Z$/, '').split('.');
  return Date.parse(`${whole}Z`) * 1e6 + Number(fraction.slice(0, 9).padEnd(9, '0'));
}
