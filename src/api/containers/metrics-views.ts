/** What the machine and containers use, now and in steps of the past. */
import { lengthText, type Window } from '../../core/containers/history.ts';
import type { UsedContainer } from '../../core/containers/usage.ts';
import type { MachineUsage } from '../../core/ports/machine-usage.ts';
import type { ContainerShape, MachineShape } from '../../core/ports/usage-history.ts';
import type { Extent, SeriesShape, UsagePoint } from '../../core/ports/usage-point.ts';
import { timeOf } from './views.ts';

/** Two decimals are more than any of these is measured to. */
const rounded = (value: number): number => Math.round(value * 100) / 100;
const share = (part: number, whole: number): number => (whole > 0 ? rounded((part / whole) * 100) : 0);

export function resourcesOf(usage: MachineUsage) {
  const [oneMinute, fiveMinutes, fifteenMinutes] = usage.load;
  return {
    cpu_usage: rounded(usage.cpuPercent),
    memory_usage: share(usage.memoryUsedBytes, usage.memoryTotalBytes),
    disk_usage: share(usage.diskUsedBytes, usage.diskTotalBytes),
    network: {
      rx_bytes: usage.networkRxBytes,
      tx_bytes: usage.networkTxBytes,
      rx_bytes_per_second: Math.round(usage.networkRxBytesPerSecond),
      tx_bytes_per_second: Math.round(usage.networkTxBytesPerSecond),
    },
    cpu_cores: usage.cores,
    load: { '1m': oneMinute, '5m': fiveMinutes, '15m': fifteenMinutes },
    memory_used_bytes: usage.memoryUsedBytes,
    memory_total_bytes: usage.memoryTotalBytes,
    disk_used_bytes: usage.diskUsedBytes,
    disk_total_bytes: usage.diskTotalBytes,
    timestamp: timeOf(usage.at),
  };
}

export function usageOf({ container, usage }: UsedContainer) {
  const cpu = usage.cpuPercent ?? 0;
  return {
    container_id: container.id,
    name: container.name,
    status: container.state,
    cpu_usage: rounded(cpu),
    cpu_percent_of_host: usage.cpus > 0 ? rounded(cpu / usage.cpus) : 0,
    memory_usage: share(usage.memoryBytes, usage.memoryLimitBytes),
    memory_used_bytes: usage.memoryBytes,
    memory_limit_bytes: usage.memoryLimitBytes,
    memory_includes_cache: usage.memoryIncludesCache,
    network: { rx_bytes: usage.networkRxBytes, tx_bytes: usage.networkTxBytes },
    block_io: { read_bytes: usage.blockReadBytes, write_bytes: usage.blockWriteBytes },
    pids: usage.pids,
    timestamp: timeOf(usage.at),
  };
}

/** `step`: how a point is written. */
export function seriesOf<S extends SeriesShape>(
  { rangeMs, stepMs }: Window,
  points: readonly UsagePoint<S>[],
  step: (point: UsagePoint<S>) => unknown,
) {
  return { range: lengthText(rangeMs), step: lengthText(stepMs), series: points.map(step) };
}

export function machineStepOf({ at, samples, rated, levels, rates, latest }: UsagePoint<MachineShape>) {
  return {
    timestamp: timeOf(at),
    samples,
    ...cpuOf(rates.cpuPercent, rated),
    ...memoryOf(levels.memoryUsedBytes, latest.memoryTotalBytes),
    memory_total_bytes: latest.memoryTotalBytes,
    disk_usage: share(levels.diskUsedBytes.average, latest.diskTotalBytes),
    disk_usage_max: share(levels.diskUsedBytes.most, latest.diskTotalBytes),
    disk_used_bytes: Math.round(levels.diskUsedBytes.average),
    disk_total_bytes: latest.diskTotalBytes,
    load: rounded(levels.load.average),
    network: {
      ...{ rx_bytes: latest.networkRxBytes, tx_bytes: latest.networkTxBytes },
      ...rateOf('rx_bytes', rates.networkRx, rated),
      ...rateOf('tx_bytes', rates.networkTx, rated),
    },
  };
}

export function containerStepOf({ at, samples, rated, levels, rates, latest }: UsagePoint<ContainerShape>) {
  return {
    timestamp: timeOf(at),
    samples,
    ...cpuOf(rates.cpuPercent, rated),
    ...memoryOf(levels.memoryBytes, latest.memoryLimitBytes),
    memory_limit_bytes: latest.memoryLimitBytes,
    pids: rounded(levels.pids.average),
    pids_max: levels.pids.most,
    network: {
      ...{ rx_bytes: latest.networkRxBytes, tx_bytes: latest.networkTxBytes },
      ...rateOf('rx_bytes', rates.networkRx, rated),
      ...rateOf('tx_bytes', rates.networkTx, rated),
    },
    block_io: {
      ...{ read_bytes: latest.blockReadBytes, write_bytes: latest.blockWriteBytes },
      ...rateOf('read_bytes', rates.blockRead, rated),
      ...rateOf('write_bytes', rates.blockWrite, rated),
    },
  };
}

/** Nothing is known where it was measured once only: that is not zero. */
const cpuOf = ({ average, most }: Extent, rated: number) => ({
  cpu_usage: rated > 0 ? rounded(average) : null,
  cpu_usage_max: rated > 0 ? rounded(most) : null,
});

const memoryOf = ({ average, most }: Extent, limit: number) => ({
  memory_usage: share(average, limit),
  memory_usage_max: share(most, limit),
  memory_used_bytes: Math.round(average),
  memory_used_bytes_max: most,
});

const rateOf = <N extends string>(name: N, { average, most }: Extent, rated: number) =>
  ({
    [`${name}_per_second`]: rated > 0 ? rounded(average) : null,
    [`${name}_per_second_max`]: rated > 0 ? rounded(most) : null,
  }) as Record<`${N}_per_second` | `${N}_per_second_max`, number | null>;
