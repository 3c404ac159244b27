import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { Workqueue } from './workqueue.ts';

let clock: ManualClock;
let runs: string[];
let errors: { key: string; retryInMs: number }[];
/** Ends the run of a key that is under way. */
let ends: Map<string, (error?: Error) => void>;

beforeEach(() => {
  clock = new ManualClock();
  runs = [];
  errors = [];
  ends = new Map();
});

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function queueOf(concurrency = 10): Workqueue {
  return new Workqueue({
    clock,
    concurrency,
    handle: (key) => {
      runs.push(key);
      expect(ends.has(key), `${key} runs twice at a time`).toBe(false);
      return new Promise((resolve, reject) => {
        ends.set(key, (error) => {
          ends.delete(key);
          if (error) reject(error);
          else resolve();
        });
      });
    },
    onError: (key, _, retryInMs) => errors.push({ key, retryInMs }),
  });
}

async function finish(key: string, error?: Error): Promise<void> {
  ends.get(key)!(error);
  await settled();
}

it('wakes a key once for many wakes, and once more for those while it runs', async () => {
  const queue = queueOf(1);
  queue.wake('busy');
  for (let i = 0; i < 5; i++) queue.wake('a');
  expect(queue.depth).toBe(2);
  await finish('busy');
  expect(runs).toEqual(['busy', 'a']);
  for (let i = 0; i < 5; i++) queue.wake('a');
  await finish('a');
  expect(runs).toEqual(['busy', 'a', 'a']);
  await finish('a');
  expect(runs).toHaveLength(3);
  expect(queue.depth).toBe(0);
});

it('runs keys beside each other, as many as allowed, in the order they came', async () => {
  const queue = queueOf(2);
  for (const key of ['a', 'b', 'c', 'd']) queue.wake(key);
  expect(runs).toEqual(['a', 'b']);
  await finish('b');
  expect(runs).toEqual(['a', 'b', 'c']);
  await finish('a');
  expect(runs).toEqual(['a', 'b', 'c', 'd']);
});

it('tries a failing key again after a growing, bounded delay, and holds up nobody meanwhile', async () => {
  const queue = queueOf(1);
  queue.wake('poison');
  for (let attempt = 1; attempt <= 12; attempt++) {
    await finish('poison', new Error('always'));
    const ceiling = Math.min(30_000, 100 * 2 ** (attempt - 1));
    const { retryInMs } = errors.at(-1)!;
    expect(retryInMs).toBeGreaterThanOrEqual(ceiling / 2);
    expect(retryInMs).toBeLessThanOrEqual(ceiling);
    queue.wake(`other${attempt}`);
    await finish(`other${attempt}`);
    clock.advance(retryInMs - 1);
    expect(ends.has('poison')).toBe(false);
    clock.advance(1);
    expect(ends.has('poison')).toBe(true);
  }
  await finish('poison');
  queue.wake('poison');
  await finish('poison', new Error('anew'));
  expect(errors.at(-1)!.retryInMs).toBeLessThanOrEqual(100);
});

it('looks at once when a key that waits for its retry is woken', async () => {
  const queue = queueOf();
  queue.wake('a');
  await finish('a', new Error('once'));
  queue.wake('a');
  expect(runs).toEqual(['a', 'a']);
  await finish('a');
  clock.advance(60_000);
  expect(runs).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

it('closes when what runs has ended, and starts nothing more', async () => {
  const queue = queueOf(1);
  queue.wake('a');
  queue.wake('b');
  let closed = false;
  const closing = queue.close().then(() => (closed = true));
  queue.wake('c');
  await settled();
  expect(closed).toBe(false);
  await finish('a', new Error('late'));
  await closing;
  expect(runs).toEqual(['a']);
  expect(clock.pending).toBe(0);
  await queueOf().close();
});

it('forgets no wake and runs no key twice at a time, whatever the order of things', async () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const act = fc.oneof(
    fc.record({ type: fc.constant('wake' as const), key }),
    fc.record({ type: fc.constant('end' as const), key, fails: fc.boolean() }),
    fc.record({ type: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      async (acts, limit) => {
        clock = new ManualClock();
        runs = [];
        ends = new Map<string, (error?: Error) => void>();
        const queue = queueOf(limit);
        /** How often each key had begun to run before it was last woken. */
        const begunBefore = new Map<string, number>();
        const begun = (name: string) => runs.filter((run) => run === name).length;
        for (const each of acts) {
          if (each.type === 'wake') {
            begunBefore.set(each.key, begun(each.key));
            queue.wake(each.key);
          } else if (each.type === 'end' && ends.has(each.key)) {
            await finish(each.key, each.fails ? new Error('drawn') : undefined);
          } else if (each.type === 'advance') clock.advance(each.ms);
          expect(ends.size).toBeLessThanOrEqual(limit);
        }
        while (ends.size > 0 || clock.pending > 0) {
          for (const running of [...ends.keys()]) await finish(running);
          clock.advance(40_000);
        }
        for (const [name, before] of begunBefore) expect(begun(name), name).toBeGreaterThan(before);
        expect(queue.depth).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});

it('tells how long keys have waited, and how often they ran and failed', async () => {
  const queue = queueOf(1);
  queue.wake('busy');
  queue.wake('a');
  expect(queue.statistics()).toEqual({ depth: 2, oldestWaitMs: 0, waitedMs: 0, runs: 1, failures: 0 });
  clock.advance(40);
  queue.wake('b');
  clock.advance(2);
  expect(queue.statistics()).toMatchObject({ depth: 3, oldestWaitMs: 42 });
  await finish('busy');
  expect(queue.statistics()).toMatchObject({ oldestWaitMs: 2, waitedMs: 42, runs: 2 });
  await finish('a', new Error('once'));
  await finish('b');
  expect(queue.statistics()).toEqual({ depth: 0, oldestWaitMs: 0, waitedMs: 44, runs: 3, failures: 1 });
});
