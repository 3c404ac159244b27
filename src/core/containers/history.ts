/** What was used before: which steps are asked for, and of what is kept which serves them. */
import type { Principal } from '../principal.ts';
import {
  machineSeries,
  tiers,
  type ContainerShape,
  type MachineShape,
  type Tier,
  type UsageHistory,
} from '../ports/usage-history.ts';
import { inSteps, type SeriesShape, type UsagePoint } from '../ports/usage-point.ts';
import type { ContainersCore } from './context.ts';
import type { Problems } from './problems.ts';
import { containerUsage } from './usage.ts';

/** From the step in which `since` lies to now. */
export interface Window {
  tier: Tier;
  since: number;
  rangeMs: number;
  stepMs: number;
}

const usualRangeMs = 3_600_000;
const finest = tiers[0]!;
const longest = tiers.at(-1)!;

/** Milliseconds. Undefined, with the reason in `problems`, where nothing that is kept serves. */
export function windowOf(
  asked: { rangeMs?: number | undefined; stepMs?: number | undefined },
  now: number,
  problems: Problems,
): Window | undefined {
  const { rangeMs = usualRangeMs } = asked;
  if (rangeMs < finest.stepMs || rangeMs > longest.keptMs) {
    problems.add('range', `must be from ${lengthText(finest.stepMs)} to ${lengthText(longest.keptMs)}.`);
    return undefined;
  }
  const kept = tiers.filter(({ keptMs }) => keptMs >= rangeMs);
  const least = kept[0]!.stepMs;
  const { stepMs = least } = asked;
  const steps = `Of the last ${lengthText(rangeMs)} steps of ${lengthText(least)}`;
  if (stepMs < least) problems.add('step', `${steps} and longer are kept.`);
  else if (stepMs % least !== 0)
    problems.add('step', `${steps} are kept: it must be a whole number of them.`);
  else if (stepMs > rangeMs) problems.add('step', 'must not be longer than range.');
  else {
    // Fewer to read than of the finest, and the same averages and maxima.
    const tier = kept.findLast((each) => stepMs % each.stepMs === 0)!;
    return { tier, since: Math.floor((now - rangeMs) / stepMs) * stepMs, rangeMs, stepMs };
  }
  return undefined;
}

/** The container's, with what it uses now. */
export async function containerHistory(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  window: Window,
): Promise<Awaited<ReturnType<typeof containerUsage>> & { points: UsagePoint<ContainerShape>[] }> {
  const now = await containerUsage(core, caller, reference);
  return { ...now, points: await pointsOf(core.history.containers, now.container.id, window) };
}

export const machineHistory = (
  { history }: Pick<ContainersCore, 'history'>,
  window: Window,
): Promise<UsagePoint<MachineShape>[]> => pointsOf(history.machine, machineSeries, window);

async function pointsOf<S extends SeriesShape>(
  history: UsageHistory<S>,
  series: string,
  { tier, since, stepMs }: Window,
): Promise<UsagePoint<S>[]> {
  return inSteps(await history.read(series, tier, since), stepMs);
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** `15s`, `1h`, `90m`: in the longest unit of which it is a whole number. */
export function lengthText(ms: number): string {
  const [unit, unitMs] = units.find(([, each]) => ms % each === 0) ?? (['ms', 1] as const);
  return `${ms / unitMs}${unit}`;
}
