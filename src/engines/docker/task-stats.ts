import type { ContainerStats } from '../../core/ports/engine.ts';
import type { StatsMessage } from './client/types.ts';

/**
 * As `docker stats` counts: memory without the pages of files that nobody uses (docker/cli, stats_helpers.go: v1
 * `total_inactive_file`, v2 `inactive_file`). Podman does not say how many those are. Undefined for a container that
 * does not run.
 */
export function containerStats(
  name: string,
  message: StatsMessage,
  machineBytes: number,
): ContainerStats | undefined {
  const at = Date.parse(message.read);
  if (Number.isNaN(at) || at <= 0) return undefined;
  const { usage = 0, limit = 0, stats } = message.memory_stats ?? {};
  const inactive = stats?.['total_inactive_file'] ?? stats?.['inactive_file'] ?? 0;
  const networks = Object.values(message.networks ?? {});
  const sum = (field: 'rx_bytes' | 'tx_bytes') =>
    networks.reduce((total, network) => total + (network[field] ?? 0), 0);
  return {
    name,
    at,
    cpuNanos: message.cpu_stats?.cpu_usage?.total_usage ?? 0,
    memoryBytes: inactive < usage ? usage - inactive : usage,
    // Without a limit the kernel gives a number beyond all memory.
    memoryLimitBytes: limit > 0 ? Math.min(limit, machineBytes) : machineBytes,
    pids: message.pids_stats?.current ?? 0,
    networkRxBytes: sum('rx_bytes'),
    networkTxBytes: sum('tx_bytes'),
  };
}
