import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test/fixtures/processes.ts';
import type { Cache } from '../core/ports/cache.ts';

export interface CacheUnderTest {
  cache: Cache;
  /** A text of more bytes is not kept. Not above a million. */
  maxTextBytes: number;
  dispose(): Promise<void>;
}

const minute = 60_000;

/** What every cache adapter has to do; run it from a test of each. `open`: one of its own, empty, that works. */
export function cacheConformance(name: string, open: () => Promise<CacheUnderTest>): void {
  describe(`cache conformance: ${name}`, () => {
    let under: CacheUnderTest;
    let cache: Cache;
    beforeEach(async () => {
      under = await open();
      cache = under.cache;
    });
    afterEach(() => under.dispose());

    it('knows nothing that it was not given', async () => {
      expect(await cache.get('a')).toBeUndefined();
      await cache.set('a', 'text', minute);
      expect(await cache.get('b')).toBeUndefined();
      expect(await cache.get('')).toBeUndefined();
    });

    it.each(['', 'text', ':', '1:{"a":"b"}', '日本語 🎉', '\u0000\r\n$-1\r\n', 'x'.repeat(50_000)])(
      'gives back what it was given: %.20j',
      async (text) => {
        await cache.set('a', text, minute);
        expect(await cache.get('a')).toBe(text);
      },
    );

    it('keeps keys apart, whatever is in them', async () => {
      const keys = ['a', 'A', 'a ', 'a\r\nb', '*', 'generation', 'check', 'ключ'];
      for (const key of keys) await cache.set(key, `of ${key}`, minute);
      for (const key of keys) expect(await cache.get(key)).toBe(`of ${key}`);
    });

    it('takes the newer text in place of the older', async () => {
      await cache.set('a', 'older', minute);
      await cache.set('a', 'newer', minute);
      expect(await cache.get('a')).toBe('newer');
    });

    it('forgets a text when its time is over', async () => {
      await cache.set('a', 'text', 50);
      await cache.set('b', 'text', minute);
      await until('its end', async () => (await cache.get('a')) === undefined);
      expect(await cache.get('b')).toBe('text');
    });

    it('keeps no text that is too large, nor the one before it', async () => {
      await cache.set('a', 'small', minute);
      await cache.set('b', 'small', minute);
      await cache.set('a', 'x'.repeat(under.maxTextBytes + 1), minute);
      expect(await cache.get('a')).toBeUndefined();
      expect(await cache.get('b')).toBe('small');
    });

    it('forgets everything at once, and goes on', async () => {
      for (const key of ['a', 'b', 'c']) await cache.set(key, 'before', minute);
      await cache.clear();
      for (const key of ['a', 'b', 'c']) expect(await cache.get(key)).toBeUndefined();
      await cache.set('a', 'after', minute);
      expect(await cache.get('a')).toBe('after');
      await cache.clear();
      await cache.clear();
      expect(await cache.get('a')).toBeUndefined();
    });

    it('answers many at once, each with its own', async () => {
      const numbers = Array.from({ length: 200 }, (_, number) => String(number));
      await Promise.all(numbers.map((number) => cache.set(number, `text ${number}`, minute)));
      const texts = await Promise.all(numbers.map((number) => cache.get(number)));
      expect(texts).toEqual(numbers.map((number) => `text ${number}`));
    });

    it('can be checked, and closed', async () => {
      await expect(cache.check()).resolves.toBeUndefined();
      await expect(cache.close()).resolves.toBeUndefined();
    });
  });
}
