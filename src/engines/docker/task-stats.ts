import type { ContainerStats } from '../../core/ports/engine.ts';
import type { Quirks } from './client/quirks.ts';
import type { StatsMessage } from './client/types.ts';
import { memoryOf, sampleOf, trafficOf, type Machine } from './host/usage.ts';

/** Undefined for a container that does not run. */
export function containerStats(
  name: string,
  message: StatsMessage,
  machine: Machine,
  quirks: Quirks,
): ContainerStats | undefined {
  const sample = sampleOf(message, machine, quirks);
  if (!sample) return undefined;
  const { memoryBytes, memoryLimitBytes } = memoryOf(message, machine, quirks);
  return {
    name,
    at: Math.floor(sample.atNanos / 1e6),
    cpuNanos: sample.cpuNanos,
    memoryBytes,
    memoryLimitBytes,
    pids: message.pids_stats?.current ?? 0,
    ...trafficOf(message),
  };
}
