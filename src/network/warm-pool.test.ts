import { expect, test, vi } from 'vitest';
import { WarmPool } from './warm-pool.ts';

function numbered(): { make: (count: number) => Promise<number[]>; batches: number[]; atOnce: () => number } {
  let next = 0;
  let running = 0;
  let most = 0;
  const batches: number[] = [];
  return {
    batches,
    atOnce: () => most,
    async make(count) {
      batches.push(count);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return Array.from({ length: count }, () => next++);
    },
  };
}

test('a burst larger than the stock gets everything, a bounded number at a time', async () => {
  const source = numbered();
  const pool = new WarmPool({ size: 4, make: source.make, onRefillError: () => undefined });
  pool.fill();
  const claimed = await Promise.all(Array.from({ length: 50 }, () => pool.claim()));
  expect(new Set(claimed).size).toBe(50);
  expect(Math.max(...source.batches)).toBeLessThanOrEqual(8);
  expect(source.atOnce()).toBeLessThanOrEqual(2);
  await vi.waitFor(() => expect(source.batches.reduce((sum, count) => sum + count)).toBe(54));
  expect((await pool.close()).length).toBe(4);
});

test('claims that fail learn why, those behind them are still served', async () => {
  const source = numbered();
  let failures = 1;
  const pool = new WarmPool<number>({
    size: 0,
    make: (count) => (failures-- > 0 ? Promise.reject(new Error('no room')) : source.make(count)),
    onRefillError: () => undefined,
  });
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => pool.claim()));
  const failed = results.filter(({ status }) => status === 'rejected');
  expect(failed).toHaveLength(1);
  await pool.close();
});

test('closing hands back what is ready or just being made, and refuses claims', async () => {
  const source = numbered();
  const pool = new WarmPool({ size: 3, make: source.make, onRefillError: () => undefined });
  pool.fill();
  expect(await pool.close()).toEqual([0, 1, 2]);
  await expect(pool.claim()).rejects.toThrow('closed');
});

test('failing to refill is reported and is tried again after the next claim', async () => {
  let fail = true;
  const errors: unknown[] = [];
  const pool = new WarmPool<string>({
    size: 1,
    make: (count) =>
      fail ? Promise.reject(new Error('not now')) : Promise.resolve(Array<string>(count).fill('x')),
    onRefillError: (error) => errors.push(error),
  });
  pool.fill();
  await vi.waitFor(() => expect(errors).toHaveLength(1));
  fail = false;
  expect(await pool.claim()).toBe('x');
  await pool.close();
});
