import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../../test/fixtures/processes.ts';
import { startRedis, type RedisServer } from '../../../test/fixtures/redis.ts';
import type { Cache } from '../../core/ports/cache.ts';
import { cacheConformance } from '../conformance.ts';
import { openRedisCache, type RedisCacheOptions } from './redis-cache.ts';
import type { RedisLog } from './redis-connection.ts';

const maxTextBytes = 100_000;
const minute = 60_000;
const quiet: RedisLog = { info: () => undefined, warn: () => undefined };

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

async function opened(options: Partial<RedisCacheOptions> = {}): Promise<Cache> {
  const cache = await openRedisCache({
    ...{ url: redis.url, namespace: randomUUID(), maxTextBytes, log: quiet },
    ...options,
  });
  onTestFinished(() => cache.close());
  return cache;
}

/** One that a test may kill. */
async function ownRedis(...args: Parameters<typeof startRedis>): Promise<RedisServer> {
  const own = await startRedis(...args);
  onTestFinished(() => own.stop());
  return own;
}

/** What is in Redis itself. */
async function looking<T>(look: (client: Redis) => Promise<T>, url = redis.url): Promise<T> {
  const client = new Redis(url);
  try {
    return await look(client);
  } finally {
    client.disconnect();
  }
}

cacheConformance('Redis', async () => {
  const namespace = randomUUID();
  const cache = await openRedisCache({ url: redis.url, namespace, maxTextBytes, log: quiet });
  return { cache, maxTextBytes, dispose: () => cache.close() };
});

describe('what is in Redis', () => {
  it('has the prefix of its server and an end, every key of it', async () => {
    const namespace = randomUUID();
    const cache = await opened({ namespace });
    await cache.set('a', 'text', minute);
    await cache.check();
    const found = await looking(async (client) => {
      const keys = (await client.keys('*')).filter((key) => key.includes(namespace));
      return Promise.all(keys.sort().map(async (key) => [key, await client.pttl(key)] as const));
    });
    const prefix = `longshore:${namespace}:`;
    expect(found.map(([key]) => key)).toEqual([`${prefix}check`, `${prefix}generation`, `${prefix}text:a`]);
    for (const [, endsIn] of found) expect(endsIn).toBeGreaterThan(0);
    expect(found[2]![1]).toBeLessThanOrEqual(minute);
  });

  it('is seen by the next process, by none of another name, and forgotten by all', async () => {
    const namespace = randomUUID();
    const [first, second, other] = [await opened({ namespace }), await opened({ namespace }), await opened()];
    await first.set('a', 'text', minute);
    expect(await second.get('a')).toBe('text');
    expect(await other.get('a')).toBeUndefined();
    await other.clear();
    expect(await first.get('a')).toBe('text');
    await second.clear();
    expect(await first.get('a')).toBeUndefined();
    await first.set('a', 'newer', minute);
    expect(await second.get('a')).toBe('newer');
  });

  it('may be lost in part: without its generation nothing of before is found, and new texts are', async () => {
    const namespace = randomUUID();
    const cache = await opened({ namespace });
    await cache.set('a', 'text', minute);
    await looking((client) => client.del(`longshore:${namespace}:generation`));
    expect(await cache.get('a')).toBeUndefined();
    await cache.set('b', 'text', minute);
    expect(await cache.get('b')).toBe('text');
    expect(await cache.get('a')).toBeUndefined();
  });
});

describe('a Redis that is away', () => {
  it('is refused at once, is not waited for at the start, and is used when it is there', async () => {
    const own = await ownRedis();
    await own.kill();
    const cache = await opened({ url: own.url });
    await expect(cache.get('a')).rejects.toThrow('Redis cannot be used now (ECONNREFUSED)');
    await expect(cache.check()).rejects.toThrow('ECONNREFUSED');
    await own.restart();
    await until('Redis', () =>
      cache.check().then(
        () => true,
        () => false,
      ),
    );
    await cache.set('a', 'text', minute);
    expect(await cache.get('a')).toBe('text');
  });

  it('answers no text of before a clear that it could not be told', async () => {
    const own = await ownRedis();
    const cache = await opened({ url: own.url });
    await cache.set('a', 'text', minute);
    own.freeze();
    await cache.clear();
    await expect(cache.get('a')).rejects.toThrow('Redis cannot be used now');
    own.thaw();
    const answer = await until('an answer', () =>
      cache.get('a').then(
        (text) => ({ text }),
        () => false as const,
      ),
    );
    expect(answer).toEqual({ text: undefined });
  });

  it('is asked once in vain and then left alone while it does not answer', async () => {
    const own = await ownRedis();
    const cache = await opened({ url: own.url });
    own.freeze();
    await expect(cache.get('a')).rejects.toThrow('(LATE)');
    const asked = await Promise.allSettled(Array.from({ length: 1000 }, () => cache.get('a')));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set(['rejected']));
    own.thaw();
    const statistics = await looking((client) => client.info('commandstats'), own.url);
    expect(statistics).toMatch(/cmdstat_mget:calls=1,/);
  });

  it('is let go of, though it does not answer', async () => {
    const own = await ownRedis();
    const cache = await opened({ url: own.url });
    own.freeze();
    await cache.close();
    await expect(cache.get('a')).rejects.toThrow('Redis cannot be used now');
  });
});

describe('what the log gets', () => {
  const secret = 'hunter2:@/%';

  function recorded() {
    const lines: string[] = [];
    const write = (details: object, message: string) => lines.push(JSON.stringify({ ...details, message }));
    return { lines, log: { info: write, warn: write } };
  }
  const withPassword = (url: string, password: string) =>
    url.replace('://', `://default:${encodeURIComponent(password)}@`);

  it('is one line when Redis goes and one when it is back, however many ask', async () => {
    const own = await ownRedis();
    const { lines, log } = recorded();
    const cache = await opened({ url: own.url, log });
    expect(lines).toEqual([]);
    await own.kill();
    const fails = () =>
      cache.get('a').then(
        () => false,
        () => true,
      );
    await until('its end', fails);
    for (let asked = 0; asked < 100; asked++) await fails();
    await own.restart();
    await until('Redis', async () => !(await fails()));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('"Redis cannot be used; what it would keep is not kept until it can"');
    expect(lines[1]).toContain('"Redis can be used again"');
  });

  it('names a password neither right nor wrong, and neither do errors', async () => {
    const own = await ownRedis({ password: secret });
    const { lines, log } = recorded();
    const right = await opened({ url: withPassword(own.url, secret), log });
    await right.set('a', 'text', minute);
    expect(lines).toEqual([]);
    const wrong = await opened({ url: withPassword(own.url, `${secret}x`), log });
    const error = await wrong.get('a').catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ message: 'Redis cannot be used now (WRONGPASS)' });
    expect(lines.join()).toContain('WRONGPASS');
    expect(lines.join() + JSON.stringify(error) + String((error as Error).stack)).not.toContain('hunter2');
  });
});

it('needs no more rights than its guide says', async () => {
  const rights = ['~longshore:*', '-@all', '+info', '+select', '+get', '+mget', '+set', '+del'];
  const own = await ownRedis({ flags: ['--user', 'keeper', 'on', '>hunter2', ...rights] });
  const cache = await opened({ url: `${own.url.replace('://', '://keeper:hunter2@')}/1` });
  await cache.check();
  await cache.set('a', 'text', minute);
  expect(await cache.get('a')).toBe('text');
  await cache.set('a', 'x'.repeat(maxTextBytes + 1), minute);
  await cache.clear();
  expect(await cache.get('a')).toBeUndefined();
});

it('says that a Redis is full, and keeps nothing in it', async () => {
  const own = await ownRedis({ flags: ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'] });
  const cache = await opened({ url: own.url });
  await expect(cache.check()).rejects.toThrow('(OOM)');
  await expect(cache.set('a', 'text', minute)).rejects.toThrow('(OOM)');
  expect(await cache.get('a')).toBeUndefined();
});
