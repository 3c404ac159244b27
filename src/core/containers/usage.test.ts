import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import type { MachineUsage } from '../ports/machine-usage.ts';
import { watchMachine } from './usage.ts';

const clock = new ManualClock();
let reads = 0;
const core = { clock, meter: { read: () => ({ at: ++reads }) as MachineUsage } };
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('asks only for what is taken, so that a slow reader makes nothing pile up, and ends with the signal', async () => {
  const ended = new AbortController();
  const values = watchMachine(core, { intervalMs: 1000, signal: ended.signal });
  expect((await values.next()).value).toEqual({ at: 1 });
  clock.advance(60_000);
  await settled();
  expect(reads).toBe(1);
  // Late: at once, and what was missed is not made up for.
  expect((await values.next()).value).toEqual({ at: 2 });
  const next = values.next();
  await settled();
  expect(reads).toBe(2);
  clock.advance(1000);
  expect((await next).value).toEqual({ at: 3 });
  const last = values.next();
  ended.abort();
  expect((await last).done).toBe(true);
  expect(clock.pending).toBe(0);
});
