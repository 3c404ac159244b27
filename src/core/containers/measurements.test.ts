import { describe, expect, it } from 'vitest';
import type { ContainerUsage } from '../ports/host-containers.ts';
import type { MachineUsage } from '../ports/machine-usage.ts';
import { containerPoint, machinePoint } from './measurements.ts';

const usage = (changes: Partial<ContainerUsage>): ContainerUsage => ({
  ...{ at: 100_000, running: true, cpuNanos: 5e9, cpuPercent: 77, cpus: 2 },
  ...{ memoryBytes: 400, memoryIncludesCache: false, memoryLimitBytes: 1000, pids: 3 },
  ...{ networkRxBytes: 1000, networkTxBytes: 2000, blockReadBytes: 3000, blockWriteBytes: 4000 },
  ...changes,
});

describe('of a container', () => {
  const later = usage({
    ...{ at: 110_000, cpuNanos: 10e9, memoryBytes: 600 },
    ...{ networkRxBytes: 2000, networkTxBytes: 2000, blockReadBytes: 3010, blockWriteBytes: 4100 },
  });

  it('has the share of the time between, whoever else asked meanwhile', () => {
    const { rated, rates } = containerPoint(usage({}), later);
    expect(rated).toBe(1);
    // Half a core for ten seconds.
    expect(rates.cpuPercent.average).toBe(50);
    expect(rates.networkRx.average).toBe(100);
    expect(rates.networkTx.average).toBe(0);
    expect([rates.blockRead.most, rates.blockWrite.most]).toEqual([1, 10]);
  });

  it('tells what there is now', () => {
    const { at, levels, latest } = containerPoint(usage({}), later);
    expect(at).toBe(110_000);
    expect(levels.memoryBytes.average).toBe(600);
    expect(latest).toMatchObject({ memoryLimitBytes: 1000, networkRxBytes: 2000, blockWriteBytes: 4100 });
  });

  it.each([
    ['the first one', undefined],
    ['a new start', usage({ cpuNanos: 11e9 })],
    ['a network that went', usage({ networkRxBytes: 9000 })],
    ['a long time', usage({ at: -20_000 })],
    ['no time', usage({ at: 110_000 })],
  ])('has no rates over %s', (_, before) => {
    expect(containerPoint(before, later).rated).toBe(0);
  });
});

describe('of the machine', () => {
  const machine = (changes: Partial<MachineUsage>): MachineUsage => ({
    ...{ at: 0, cores: 2, cpuPercent: 99, cpuBusyTicks: 100, cpuTicks: 1000, load: [1.5, 1, 1] },
    ...{ memoryUsedBytes: 1, memoryTotalBytes: 2, diskUsedBytes: 3, diskTotalBytes: 4 },
    ...{ networkRxBytes: 0, networkTxBytes: 0, networkRxBytesPerSecond: 9, networkTxBytesPerSecond: 9 },
    ...changes,
  });

  it('has the share over the time between, and not of the last seconds', () => {
    const now = machine({ at: 10_000, cpuBusyTicks: 600, cpuTicks: 3000, networkRxBytes: 50 });
    const { rates, levels } = machinePoint(machine({}), now);
    expect(rates.cpuPercent.average).toBe(25);
    expect(rates.networkRx.average).toBe(5);
    expect(levels.load.average).toBe(1.5);
  });

  it('has none at first, or where the kernel counted no time', () => {
    expect(machinePoint(undefined, machine({})).rated).toBe(0);
    expect(machinePoint(machine({}), machine({ at: 1000 })).rated).toBe(0);
  });
});
