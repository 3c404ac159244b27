/** Two measurements that follow each other, as a point of a history. */
import type { ContainerUsage } from '../ports/host-containers.ts';
import type { MachineUsage } from '../ports/machine-usage.ts';
import {
  containerShape,
  machineShape,
  type ContainerShape,
  type MachineShape,
} from '../ports/usage-history.ts';
import { pointOf, type UsagePoint } from '../ports/usage-point.ts';

/** What went by in a longer time says nothing of the step it would be told in. */
const longestMs = 120_000;

type ContainerCounter =
  'cpuNanos' | 'networkRxBytes' | 'networkTxBytes' | 'blockReadBytes' | 'blockWriteBytes';
type MachineCounter = 'cpuTicks' | 'cpuBusyTicks' | 'networkRxBytes' | 'networkTxBytes';

/** Without rates where there is no `before`, or the container was started anew since, which its counters tell. */
export function containerPoint(
  before: ContainerUsage | undefined,
  now: ContainerUsage,
): UsagePoint<ContainerShape> {
  const { at, memoryBytes, pids, memoryLimitBytes } = now;
  const perSecond = speeds<ContainerCounter>(before, now);
  const [cpuNanos, networkRx, networkTx, blockRead, blockWrite] = [
    perSecond('cpuNanos'),
    perSecond('networkRxBytes'),
    perSecond('networkTxBytes'),
    perSecond('blockReadBytes'),
    perSecond('blockWriteBytes'),
  ];
  const rates = { cpuPercent: cpuNanos / 1e7, networkRx, networkTx, blockRead, blockWrite };
  const { networkRxBytes, networkTxBytes, blockReadBytes, blockWriteBytes } = now;
  return pointOf(containerShape, {
    at,
    levels: { memoryBytes, pids },
    rates: known(rates),
    latest: { memoryLimitBytes, networkRxBytes, networkTxBytes, blockReadBytes, blockWriteBytes },
  });
}

export function machinePoint(before: MachineUsage | undefined, now: MachineUsage): UsagePoint<MachineShape> {
  const { at, memoryUsedBytes, diskUsedBytes, load } = now;
  const perSecond = speeds<MachineCounter>(before, now);
  const ticks = perSecond('cpuTicks');
  const rates = {
    cpuPercent: ticks > 0 ? Math.min(100, (perSecond('cpuBusyTicks') / ticks) * 100) : NaN,
    networkRx: perSecond('networkRxBytes'),
    networkTx: perSecond('networkTxBytes'),
  };
  const { memoryTotalBytes, diskTotalBytes, networkRxBytes, networkTxBytes } = now;
  return pointOf(machineShape, {
    at,
    levels: { memoryUsedBytes, diskUsedBytes, load: load[0] },
    rates: known(rates),
    latest: { memoryTotalBytes, diskTotalBytes, networkRxBytes, networkTxBytes },
  });
}

/** How fast a counter went; not a number where that cannot be said. */
function speeds<N extends string>(
  before: ({ at: number } & Record<N, number>) | undefined,
  now: { at: number } & Record<N, number>,
): (counter: N) => number {
  const passed = before === undefined ? 0 : now.at - before.at;
  if (before === undefined || passed <= 0 || passed > longestMs) return () => NaN;
  return (counter) => {
    const gone = now[counter] - before[counter];
    return gone >= 0 ? gone / (passed / 1000) : NaN;
  };
}

/** All or none: counters begin anew together. */
const known = <R extends Record<string, number>>(rates: R): R | undefined =>
  Object.values(rates).some(Number.isNaN) ? undefined : rates;
