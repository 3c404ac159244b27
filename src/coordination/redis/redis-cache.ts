/**
 * A cache in Redis, which several processes may share and which outlives them. Every key has a prefix and an end. What
 * is kept carries the generation that it was kept in: forgetting everything is beginning another generation.
 */
import { randomUUID } from 'node:crypto';
import type { Cache } from '../../core/ports/cache.ts';
import { RedisConnection, type RedisConnectionOptions } from './redis-connection.ts';

export interface RedisCacheOptions extends RedisConnectionOptions {
  /** Whose it is: those of other names are not seen. */
  namespace: string;
  /** Of one text, in UTF-8. */
  maxTextBytes: number;
}

/** Longer than any text is kept. When it ends, what was kept before it is not found again. */
const generationMs = 30 * 86_400_000;
const checkMs = 60_000;

/** Waits a moment for Redis, and goes on without it: it is used as soon as it is there. */
export async function openRedisCache(options: RedisCacheOptions): Promise<Cache> {
  const connection = new RedisConnection(options);
  await connection.settled();
  return new RedisCache(options, connection);
}

class RedisCache implements Cache {
  readonly #connection: RedisConnection;
  readonly #maxTextBytes: number;
  readonly #prefix: string;
  readonly #generationKey: string;
  /** As it was seen last; another process may have begun a new one. */
  #generation: string | undefined;
  /** Redis could not be told to forget, and must be before anything else. */
  #owesClear = false;

  constructor({ namespace, maxTextBytes }: RedisCacheOptions, connection: RedisConnection) {
    this.#connection = connection;
    this.#maxTextBytes = maxTextBytes;
    this.#prefix = `longshore:${namespace}:`;
    this.#generationKey = `${this.#prefix}generation`;
  }

  async get(key: string): Promise<string | undefined> {
    if (this.#owesClear) await this.#begin();
    const keys = [this.#generationKey, this.#keyOf(key)];
    const [generation, kept] = await this.#connection.ask((redis) => redis.mget(keys));
    this.#generation = generation ?? undefined;
    if (typeof generation !== 'string' || typeof kept !== 'string') return undefined;
    return kept.startsWith(`${generation}:`) ? kept.slice(generation.length + 1) : undefined;
  }

  async set(key: string, text: string, ttlMs: number): Promise<void> {
    if (this.#owesClear) await this.#begin();
    const own = this.#keyOf(key);
    if (Buffer.byteLength(text) > this.#maxTextBytes) {
      await this.#connection.ask((redis) => redis.del(own));
      return;
    }
    const generation = this.#generation ?? (await this.#join());
    await this.#connection.ask((redis) => redis.set(own, `${generation}:${text}`, 'PX', Math.ceil(ttlMs)));
  }

  async clear(): Promise<void> {
    this.#owesClear = true;
    // Where Redis is away it is told later, before it is asked for anything.
    await this.#begin().catch(() => undefined);
  }

  /** Writes, since a Redis that is full or a replica still answers. */
  async check(): Promise<void> {
    await this.#connection.ask((redis) => redis.set(`${this.#prefix}check`, '', 'PX', checkMs));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** A new generation. */
  async #begin(): Promise<void> {
    const made = randomUUID();
    await this.#connection.ask((redis) => redis.set(this.#generationKey, made, 'PX', generationMs));
    this.#generation = made;
    this.#owesClear = false;
  }

  /** The generation that others are in, or the first one. */
  async #join(): Promise<string> {
    const made = randomUUID();
    const key = this.#generationKey;
    await this.#connection.ask((redis) => redis.set(key, made, 'PX', generationMs, 'NX'));
    const current = await this.#connection.ask((redis) => redis.get(key));
    this.#generation = current ?? undefined;
    return current ?? made;
  }

  #keyOf(key: string): string {
    return `${this.#prefix}text:${key}`;
  }
}
