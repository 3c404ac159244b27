/** A cache in this process: the texts used last, within a number of bytes. */
import { LRUCache } from 'lru-cache';
import type { Cache } from '../../core/ports/cache.ts';
import type { Clock } from '../../core/ports/clock.ts';

export interface MemoryCacheOptions {
  /** Of keys and texts together, as UTF-16. A text that is larger than a tenth of it is not kept. */
  maxBytes: number;
  clock: Pick<Clock, 'now'>;
}

interface Entry {
  text: string;
  expiresAt: number;
}

/** What an entry costs beside its characters. */
const OVERHEAD_BYTES = 200;

export function createMemoryCache({ maxBytes, clock }: MemoryCacheOptions): Cache {
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    maxEntrySize: Math.ceil(maxBytes / 10),
    sizeCalculation: ({ text }, key) => 2 * (text.length + key.length) + OVERHEAD_BYTES,
  });
  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (clock.now() < entry.expiresAt) return entry.text;
      entries.delete(key);
      return undefined;
    },
    async set(key, text, ttlMs) {
      entries.set(key, { text, expiresAt: clock.now() + ttlMs });
    },
    async clear() {
      entries.clear();
    },
    async check() {},
    async close() {
      entries.clear();
    },
  };
}
