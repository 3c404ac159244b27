import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { openMachineMeter } from './machine-meter.ts';

it('tells at once what this machine uses', async () => {
  const meter = await openMachineMeter(tmpdir());
  const usage = meter.read();
  await meter.close();
  expect(usage.cores).toBeGreaterThan(0);
  expect(usage.cpuPercent).toBeGreaterThanOrEqual(0);
  expect(usage.cpuPercent).toBeLessThanOrEqual(100);
  for (const [used, total] of [
    [usage.memoryUsedBytes, usage.memoryTotalBytes],
    [usage.diskUsedBytes, usage.diskTotalBytes],
  ] as const) {
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThanOrEqual(total);
  }
  expect(usage.networkRxBytes).toBeGreaterThanOrEqual(0);
  expect(Math.abs(Date.now() - usage.at)).toBeLessThan(60_000);
});

it('measures how busy the processors are, and does not keep who asks waiting', async () => {
  const meter = await openMachineMeter(tmpdir());
  const first = meter.read();
  await expect.poll(() => meter.read().at, { timeout: 20_000 }).toBeGreaterThan(first.at);
  const second = meter.read();
  await meter.close();
  const share = (second.cpuBusyTicks - first.cpuBusyTicks) / (second.cpuTicks - first.cpuTicks);
  expect(second.cpuPercent).toBeCloseTo(share * 100, 5);
});
