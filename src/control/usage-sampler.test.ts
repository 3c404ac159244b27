import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { AppError, EngineError } from '../core/errors.ts';
import type { ContainerUsage, HostContainer, HostContainers } from '../core/ports/host-containers.ts';
import type { MachineUsage } from '../core/ports/machine-usage.ts';
import { machineSeries, tiers, type UsageHistories } from '../core/ports/usage-history.ts';
import { openUsageHistories } from '../store/usage/usage-histories.ts';
import { UsageSampler } from './usage-sampler.ts';

const round = 15_000;
const fine = tiers[0]!;

/** An engine of which the containers, and what is asked of it, are the test's. */
class Engine {
  readonly clock: ManualClock;
  readonly containers = new Map<string, HostContainer['state']>();
  /** When each was asked, and how many questions were open at most. */
  readonly asked: { id: string; at: number }[] = [];
  open = 0;
  mostOpen = 0;
  failure: Error | undefined;
  statsFailure: Error | undefined;

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  readonly host: Pick<HostContainers, 'list' | 'stats'> = {
    list: async () => {
      if (this.failure) throw this.failure;
      const items = [...this.containers].map(([id, state]) => ({ id, state }) as HostContainer);
      return { items, total: items.length };
    },
    stats: async (container) => {
      const { id } = container as HostContainer;
      this.asked.push({ id, at: this.clock.now() });
      this.mostOpen = Math.max(this.mostOpen, ++this.open);
      await new Promise((resolve) => setImmediate(resolve));
      this.open--;
      if (this.statsFailure) throw this.statsFailure;
      return this.usage();
    },
  };

  /** Half a core, all the time. */
  usage(): ContainerUsage {
    const at = this.clock.now();
    return {
      ...{ at, running: true, cpuNanos: at * 5e5, cpus: 2, memoryBytes: 500, memoryIncludesCache: false },
      ...{ memoryLimitBytes: 1000, pids: 1, networkRxBytes: at, networkTxBytes: 0 },
      ...{ blockReadBytes: 0, blockWriteBytes: 0 },
    };
  }
}

let directory: string;
let clock: ManualClock;
let engine: Engine;
let history: UsageHistories;
let sampler: UsageSampler;
let warnings: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'longshore-sampler-'));
  clock = new ManualClock(Math.floor(1_700_000_000_000 / 900_000) * 900_000 + 1);
  engine = new Engine(clock);
  history = await openUsageHistories(directory, 'test');
  warnings = [];
  sampler = new UsageSampler({
    ...{ containers: engine.host, history, clock },
    meter: {
      read: () =>
        ({ at: clock.now(), load: [1, 1, 1], cpuTicks: clock.now(), cpuBusyTicks: 0 }) as MachineUsage,
    },
    warn: (_, message) => warnings.push(message),
  });
  sampler.start();
});
afterEach(async () => {
  await sampler.close();
  await rm(directory, { recursive: true, force: true });
});

const id = (number: number) => number.toString(16).padStart(64, '0');
const run = (count: number) => {
  for (let each = 0; each < count; each++) engine.containers.set(id(each), 'running');
};

/** To the end of a round: each step of time once what the one before led to has been done. */
async function pass(ms = round): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    await settled();
    clock.advance(100);
  }
  await settled();
}

/** What waits for a disk is done in some turns of the event loop; then only time is waited for. */
async function settled(): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet = clock.pending > 0 && engine.open === 0 ? quiet + 1 : 0)
    await new Promise((resolve) => setImmediate(resolve));
}

const pointsOf = (container: string) => history.containers.read(container, fine, 0);

describe('containers', () => {
  it('are asked every 15 seconds, spread over them, a few at a time', async () => {
    run(200);
    await pass(3 * round);
    const times = new Map<string, number[]>();
    for (const { id: container, at } of engine.asked)
      times.set(container, [...(times.get(container) ?? []), at]);
    expect(times.size).toBe(200);
    for (const [first, second] of times.values())
      expect(Math.abs(second! - first! - round)).toBeLessThan(500);
    expect(engine.mostOpen).toBeLessThanOrEqual(4);
    // No second of a round has more than a few times its share.
    const inSecond = new Map<number, number>();
    for (const { at } of engine.asked.slice(0, 200)) {
      const second = Math.floor(at / 1000);
      inSecond.set(second, (inSecond.get(second) ?? 0) + 1);
    }
    expect(Math.max(...inSecond.values())).toBeLessThan(40);
  });

  it('have each a point in every step, with rates from the second one on', async () => {
    run(1);
    await pass(4 * round);
    const points = await pointsOf(id(0));
    expect(points.length).toBeGreaterThanOrEqual(3);
    expect(points.map(({ samples }) => samples)).toEqual(points.map(() => 1));
    expect(points.map(({ at }) => at)).toEqual(points.map((_, index) => points[0]!.at + index * round));
    expect(points.map(({ rated }) => rated)).toEqual(points.map((_, index) => Math.min(1, index)));
    expect(points[1]!.rates.cpuPercent.average).toBeCloseTo(50, 3);
    expect(points[1]!.rates.networkRx.average).toBeCloseTo(1000, 3);
  });

  it('are not asked while they do not run, and leave a gap', async () => {
    engine.containers.set(id(1), 'exited').set(id(2), 'created').set(id(3), 'paused');
    await pass(2 * round);
    expect(new Set(engine.asked.map((each) => each.id))).toEqual(new Set([id(3)]));
    engine.containers.set(id(3), 'exited');
    await pass(2 * round);
    engine.containers.set(id(3), 'running');
    await pass(2 * round);
    const times = (await pointsOf(id(3))).map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    expect(Math.max(...gaps)).toBe(3 * round);
  });

  it('lose their history when they are removed, not when they stop', async () => {
    run(2);
    await pass(2 * round);
    engine.containers.set(id(0), 'exited');
    engine.containers.delete(id(1));
    await pass(2 * round);
    expect(await readdir(join(directory, 'test'))).toEqual([`${id(0)}.usage`]);
    expect(await pointsOf(id(0))).not.toEqual([]);
  });

  it('keep their history while the engine cannot be asked, which is told once', async () => {
    run(1);
    // Shortly before the third round begins.
    await pass(3 * round - 500);
    const before = await pointsOf(id(0));
    engine.failure = new EngineError('EngineUnavailable', 'it is down');
    await pass(3 * round);
    expect(await pointsOf(id(0))).toEqual(before);
    expect(warnings).toHaveLength(1);
    engine.failure = undefined;
    await pass(2 * round);
    expect((await pointsOf(id(0))).length).toBeGreaterThan(before.length);
  });

  it('may go between two questions', async () => {
    run(1);
    engine.statsFailure = new AppError('ResourceNotFound', 'gone');
    await pass(2 * round);
    expect(engine.asked).not.toEqual([]);
    expect(warnings).toEqual([]);
  });
});

it('goes on when what was measured cannot be written, and tells of it once', async () => {
  run(1);
  await rm(directory, { recursive: true });
  await pass(3 * round);
  expect(warnings).toEqual([expect.stringContaining('cannot be recorded')]);
  history = await openUsageHistories(directory, 'test');
  await pass(2 * round);
  expect(await pointsOf(id(0))).not.toEqual([]);
});

it('writes down the machine once a round, also where the engine has no containers of its own', async () => {
  await sampler.close();
  const alone = new UsageSampler({
    ...{ containers: undefined, history, clock },
    meter: {
      read: () =>
        ({ at: clock.now(), load: [1, 1, 1], cpuTicks: clock.now(), cpuBusyTicks: 0 }) as MachineUsage,
    },
    warn: (_, message) => warnings.push(message),
  });
  alone.start();
  await pass(3 * round);
  await alone.close();
  const points = await history.machine.read(machineSeries, fine, 0);
  expect(points.map(({ samples }) => samples)).toEqual([1, 1, 1]);
  expect(clock.pending).toBe(0);
});
