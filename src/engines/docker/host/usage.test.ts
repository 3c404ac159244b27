import { describe, expect, it } from 'vitest';
import type { StatsMessage } from '../client/types.ts';
import { blocksOf, cpuPercent, memoryOf, sampleOf, trafficOf } from './usage.ts';

const machine = { cpus: 4, memoryBytes: 8000 };
const docker = { machineCpuTime: true, memoryParts: true };
const podman = { machineCpuTime: false, memoryParts: false };
const read = '2026-01-02T03:04:06.500000000Z';
const atNanos = Date.parse('2026-01-02T03:04:06Z') * 1e6 + 5e8;

const message = (changes: Partial<StatsMessage> = {}): StatsMessage => ({
  read,
  cpu_stats: { cpu_usage: { total_usage: 2e9 }, system_cpu_usage: 100e9, online_cpus: 2 },
  ...changes,
});

describe('a sample', () => {
  it('has the counters of the container and of the machine', () => {
    expect(sampleOf(message(), machine, docker)).toEqual({
      atNanos,
      cpuNanos: 2e9,
      machineNanos: 100e9,
      cpus: 2,
    });
  });

  it('leaves out what Podman counts without idle time', () => {
    expect(sampleOf(message(), machine, podman)).toEqual({ atNanos, cpuNanos: 2e9, cpus: 2 });
  });

  it('counts processors by what is told of them, else those of the machine', () => {
    const usage = { total_usage: 1, percpu_usage: [0, 0, 1] };
    expect(
      sampleOf(message({ cpu_stats: { cpu_usage: usage, online_cpus: 0 } }), machine, docker)?.cpus,
    ).toBe(3);
    expect(sampleOf(message({ cpu_stats: {} }), machine, docker)).toMatchObject({ cpus: 4, cpuNanos: 0 });
  });

  it.each(['0001-01-01T00:00:00Z', ''])('is none of a container that does not run (%s)', (zero) => {
    expect(sampleOf(message({ read: zero }), machine, docker)).toBeUndefined();
  });
});

describe('a share of the processors', () => {
  const before = { atNanos: 1e9, cpuNanos: 1e9, machineNanos: 100e9, cpus: 2 };

  it('is of the time of all processors, where the engine counts it', () => {
    // One second of processor time while two processors were there for two seconds each.
    const now = { atNanos: 9e9, cpuNanos: 2e9, machineNanos: 104e9, cpus: 2 };
    expect(cpuPercent(before, now)).toBe(50);
  });

  it('is of the time that went by, where it does not', () => {
    const podmans = { atNanos: 1e9, cpuNanos: 1e9, cpus: 2 };
    expect(cpuPercent(podmans, { atNanos: 3e9, cpuNanos: 2e9, cpus: 2 })).toBe(50);
    expect(cpuPercent(podmans, { atNanos: 3e9, cpuNanos: 5e9, cpus: 2 })).toBe(200);
    expect(cpuPercent(podmans, { atNanos: 3e9, cpuNanos: 1e9, cpus: 2 })).toBe(0);
  });

  it('is none over a new start, or over no time', () => {
    expect(cpuPercent(before, { ...before, atNanos: 2e9, cpuNanos: 5 })).toBeUndefined();
    expect(cpuPercent(before, before)).toBeUndefined();
    expect(cpuPercent(before, { ...before, cpuNanos: 2e9 })).toBeUndefined();
  });
});

describe('memory', () => {
  const bytesOf = (memory: StatsMessage['memory_stats'], quirks = docker) =>
    memoryOf(message({ memory_stats: memory }), machine, quirks);

  it('leaves out the pages of files that nobody uses: cgroup v1', () => {
    const stats = { total_inactive_file: 300, inactive_file: 100 };
    expect(bytesOf({ usage: 1000, limit: 2000, stats })).toEqual({
      memoryBytes: 700,
      memoryLimitBytes: 2000,
      memoryIncludesCache: false,
    });
  });

  it('leaves out the pages of files that nobody uses: cgroup v2', () => {
    expect(bytesOf({ usage: 1000, stats: { inactive_file: 250 } }).memoryBytes).toBe(750);
    expect(bytesOf({ usage: 0, stats: { anon: 42 } }).memoryBytes).toBe(42);
  });

  it('is never below nothing', () => {
    expect(bytesOf({ usage: 100, stats: { inactive_file: 250 } }).memoryBytes).toBe(100);
    expect(bytesOf({}).memoryBytes).toBe(0);
  });

  it('says that the cache is in it, where Podman tells no parts', () => {
    expect(bytesOf({ usage: 1000, limit: 2000, stats: null }, podman)).toMatchObject({
      memoryBytes: 1000,
      memoryIncludesCache: true,
    });
  });

  it.each([0, 9_223_372_036_854_771_712])('has the machine for a limit where there is none (%d)', (limit) => {
    expect(bytesOf({ usage: 1, limit }).memoryLimitBytes).toBe(machine.memoryBytes);
  });
});

it('sums the networks, and what was read and written, whatever the letters', () => {
  const network = { rx_bytes: 10, tx_bytes: 20 };
  expect(trafficOf(message({ networks: { a: network, b: network } }))).toEqual({
    networkRxBytes: 20,
    networkTxBytes: 40,
  });
  expect(trafficOf(message())).toEqual({ networkRxBytes: 0, networkTxBytes: 0 });
  const entries = [
    ...[
      { op: 'Read', value: 5 },
      { op: 'Write', value: 7 },
      { op: 'Sync', value: 9 },
    ],
    ...[
      { op: 'read', value: 1 },
      { op: 'write', value: 2 },
    ],
  ];
  const blocks = message({ blkio_stats: { io_service_bytes_recursive: entries } });
  expect(blocksOf(blocks)).toEqual({ blockReadBytes: 6, blockWriteBytes: 9 });
  const none = message({ blkio_stats: { io_service_bytes_recursive: null } });
  expect(blocksOf(none)).toEqual({ blockReadBytes: 0, blockWriteBytes: 0 });
});
