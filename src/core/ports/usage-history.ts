/** What containers and the machine used, kept for a while: fine steps for a short time, coarse ones for a long one. */
import type { SeriesShape, UsagePoint } from './usage-point.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

export interface Tier {
  stepMs: number;
  /** How long a step is kept. */
  keptMs: number;
}

/** The finest first. The step of each is a whole number of those of the one before it. */
export const tiers: readonly Tier[] = [
  { stepMs: 15 * second, keptMs: hour },
  { stepMs: minute, keptMs: 24 * hour },
  { stepMs: 15 * minute, keptMs: 30 * 24 * hour },
];

export const containerShape = {
  levels: ['memoryBytes', 'pids'],
  /** Percent of one core; bytes per second. */
  rates: ['cpuPercent', 'networkRx', 'networkTx', 'blockRead', 'blockWrite'],
  latest: ['memoryLimitBytes', 'networkRxBytes', 'networkTxBytes', 'blockReadBytes', 'blockWriteBytes'],
} as const satisfies SeriesShape;

export const machineShape = {
  levels: ['memoryUsedBytes', 'diskUsedBytes', 'load'],
  /** Percent of all cores; bytes per second. */
  rates: ['cpuPercent', 'networkRx', 'networkTx'],
  latest: ['memoryTotalBytes', 'diskTotalBytes', 'networkRxBytes', 'networkTxBytes'],
} as const satisfies SeriesShape;

export type ContainerShape = typeof containerShape;
export type MachineShape = typeof machineShape;

/** Series of one shape, each under a name of letters and digits. */
export interface UsageHistory<S extends SeriesShape> {
  /**
   * Adds a measurement to the steps it falls in, of every tier. One at a time of a series. False where there are as
   * many series as are kept. Throws what the file system says; what was kept before stays, and later ones are taken.
   */
  add(series: string, measured: UsagePoint<S>): Promise<boolean>;
  /** The steps of one tier that begin at `since` (epoch ms) or later, oldest first. None for a series that is not known. */
  read(series: string, tier: Tier, since: number): Promise<UsagePoint<S>[]>;
  /** Removes every other series. */
  keepOnly(series: ReadonlySet<string>): Promise<void>;
}

export interface UsageHistories {
  /** By full id. */
  containers: UsageHistory<ContainerShape>;
  /** Of one series, `machineSeries`. */
  machine: UsageHistory<MachineShape>;
}

export const machineSeries = 'machine';
