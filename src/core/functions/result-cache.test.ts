import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { createMemoryCache } from '../../coordination/memory/memory-cache.ts';
import type { Cache } from '../ports/cache.ts';
import { cacheKey, readCacheControl, ResultCache, usualCaching } from './result-cache.ts';

function opened(cache?: Cache) {
  const clock = new ManualClock();
  const results = new ResultCache({
    cache: cache ?? createMemoryCache({ maxBytes: 1_000_000, clock }),
    clock,
  });
  let runs = 0;
  const run = async () => `"run ${++runs}"`;
  const ask = (control = usualCaching, key = 'k', work: () => Promise<string> = run) =>
    results.through(key, control, clock.now() + 1000, work);
  return { clock, results, ask, runs: () => runs };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

/** A run that ends when the test says so. */
function held() {
  let resolve!: (result: string) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<string>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}

describe('ResultCache', () => {
  it('keeps a result for an hour', async () => {
    const { ask, clock } = opened();
    expect(await ask()).toEqual({ result: '"run 1"', cached: false });
    clock.advance(3_599_999);
    expect(await ask()).toEqual({ result: '"run 1"', cached: true });
    clock.advance(1);
    expect(await ask()).toEqual({ result: '"run 2"', cached: false });
  });

  it('runs again for no-cache, and keeps the new result', async () => {
    const { ask } = opened();
    await ask();
    expect(await ask(readCacheControl('no-cache'))).toEqual({ result: '"run 2"', cached: false });
    expect(await ask()).toEqual({ result: '"run 2"', cached: true });
  });

  it('takes a result no older than max-age, and keeps its own for so long', async () => {
    const { ask, clock } = opened();
    await ask();
    clock.advance(10_000);
    expect((await ask(readCacheControl('max-age=11'))).cached).toBe(true);
    expect((await ask(readCacheControl('max-age=10'))).cached).toBe(false);
    clock.advance(10_000);
    expect((await ask()).cached).toBe(false);
    expect((await ask(readCacheControl('max-age=0'), 'other')).cached).toBe(false);
    expect((await ask(undefined, 'other')).cached).toBe(false);
  });

  it('runs once for those who ask at once', async () => {
    const { ask, runs } = opened();
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(runs()).toBe(1);
    expect(answers.map(({ cached }) => cached)).toEqual([false, true, true]);
  });

  it('keeps no result over that of a run that began later', async () => {
    const { ask } = opened();
    const slow = held();
    const first = ask(usualCaching, 'k', () => slow.promise);
    await turns();
    await ask(readCacheControl('no-cache'));
    slow.resolve('"old"');
    expect(await first).toEqual({ result: '"old"', cached: false });
    await turns();
    expect(await ask()).toEqual({ result: '"run 1"', cached: true });
    expect(await ask(readCacheControl('no-cache'))).toEqual({ result: '"run 2"', cached: false });
    expect(await ask()).toEqual({ result: '"run 2"', cached: true });
  });

  it('keeps the result of an earlier run where the later one failed', async () => {
    const { ask } = opened();
    const slow = held();
    const first = ask(usualCaching, 'k', () => slow.promise);
    await turns();
    const later = ask(readCacheControl('no-cache'), 'k', () => Promise.reject(new Error('failed')));
    await expect(later).rejects.toThrow('failed');
    slow.resolve('"old"');
    await first;
    expect(await ask()).toEqual({ result: '"old"', cached: true });
  });

  it('keeps no failure; one of those who waited for it runs, for all of them', async () => {
    const { ask, runs, results } = opened();
    const first = held();
    const failing = ask(usualCaching, 'k', () => first.promise);
    await turns();
    const waiting = [ask(), ask(), ask()];
    await turns();
    first.reject(new Error('failed'));
    await expect(failing).rejects.toThrow('failed');
    const result = '"run 1"';
    expect(await Promise.all(waiting)).toEqual([
      { result, cached: false },
      { result, cached: true },
      { result, cached: true },
    ]);
    expect(runs()).toBe(1);
    expect(results.counts().asked).toEqual({ hit: 0, shared: 2, miss: 2, bypass: 0 });
  });

  it('does not let one wait longer than it may', async () => {
    const { ask, clock } = opened();
    void ask(usualCaching, 'k', () => new Promise(() => undefined));
    await turns();
    const waiting = ask();
    await turns();
    clock.advance(1000);
    expect(await waiting).toEqual({ result: '"run 1"', cached: false });
  });

  it('goes on without its cache', async () => {
    const down = async () => Promise.reject(new Error('down'));
    const { ask, results } = opened({ get: down, set: down, clear: down, check: down, close: down });
    expect(await ask()).toEqual({ result: '"run 1"', cached: false });
    expect(await ask()).toEqual({ result: '"run 2"', cached: false });
    await turns();
    expect(results.counts()).toEqual({ asked: { hit: 0, shared: 0, miss: 2, bypass: 0 }, errors: 4 });
  });

  it('counts what came of each that asked', async () => {
    const { ask, results } = opened();
    await Promise.all([ask(), ask()]);
    await ask();
    await ask(readCacheControl('no-cache'));
    await ask(readCacheControl('max-age=0'));
    expect(results.counts()).toEqual({ asked: { hit: 1, shared: 1, miss: 1, bypass: 2 }, errors: 0 });
  });
});

describe('cacheKey', () => {
  it('differs wherever the parts do', () => {
    const keys = [
      ['a', 'b'],
      ['ab', ''],
      ['a', 'b', ''],
      ['', 'ab'],
      ['1:a', 'b'],
      ['b', 'a'],
    ].map(cacheKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(cacheKey(['a', 'b'])).toBe(keys[0]);
  });
});

describe('readCacheControl', () => {
  it('reads both directives and refuses others', () => {
    expect(readCacheControl(undefined)).toEqual({ read: true, maxAgeMs: 3_600_000 });
    expect(readCacheControl('No-Cache, max-age=60')).toEqual({ read: false, maxAgeMs: 60_000 });
    for (const bad of ['max-age', 'max-age=-1', 'max-age=1.5', 'no-store', '']) {
      expect(() => readCacheControl(bad), bad).toThrow('X-Cache-Control');
    }
  });
});
