import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { cacheConformance } from '../conformance.ts';
import { createMemoryCache } from './memory-cache.ts';

cacheConformance('memory', async () => {
  const cache = createMemoryCache({ maxBytes: 10_000_000, clock: systemClock });
  return { cache, maxTextBytes: 1_000_000, dispose: () => cache.close() };
});

describe('createMemoryCache', () => {
  it('keeps a text for its time', async () => {
    const clock = new ManualClock();
    const cache = createMemoryCache({ maxBytes: 100_000, clock });
    await cache.set('a', 'text', 1000);
    clock.advance(999);
    expect(await cache.get('a')).toBe('text');
    clock.advance(1);
    expect(await cache.get('a')).toBeUndefined();
    await cache.set('b', 'text', 1000);
    await cache.clear();
    expect(await cache.get('b')).toBeUndefined();
  });

  it('stays within its bytes and forgets what was used longest ago', async () => {
    const cache = createMemoryCache({ maxBytes: 20_000, clock: new ManualClock() });
    for (let i = 0; i < 100; i++) {
      await cache.set(`key${i}`, 'x'.repeat(400), 60_000);
      await cache.get('key0');
    }
    const kept = [];
    for (let i = 0; i < 100; i++) if ((await cache.get(`key${i}`)) !== undefined) kept.push(i);
    expect(kept.length).toBeLessThan(20);
    expect(kept).toContain(0);
    expect(kept).toContain(99);
  });

  it('does not keep a text that would push out everything else', async () => {
    const cache = createMemoryCache({ maxBytes: 20_000, clock: new ManualClock() });
    await cache.set('small', 'x', 60_000);
    await cache.set('large', 'x'.repeat(5000), 60_000);
    expect(await cache.get('large')).toBeUndefined();
    expect(await cache.get('small')).toBe('x');
  });
});
