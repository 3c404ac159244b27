/**
 * Results that are answered again without running anything. Without its cache everything runs, and nothing fails; what
 * is wrong with a cache it tells itself. What is asked for at once runs once in each process.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Cache } from '../ports/cache.ts';
import type { Clock, Timer } from '../ports/clock.ts';

export interface ResultCacheOptions {
  cache: Cache;
  clock: Clock;
}

/** Since the start of this server. */
export interface CacheCounts {
  /** `hit`: was kept. `shared`: of an execution under way. `miss`: had to run. `bypass`: the caller wanted it to run. */
  asked: Readonly<Record<'hit' | 'shared' | 'miss' | 'bypass', number>>;
  /** Times that the cache could not be used. */
  errors: number;
}

/** What the caller asked for with `X-Cache-Control`. */
export interface CacheControl {
  /** False: a result that is there already does not do. */
  read: boolean;
  /** How old a result may be, and how long this one is kept. */
  maxAgeMs: number;
}

const hourMs = 3_600_000;
const maxAgeSeconds = 7 * 86_400;
export const usualCaching: CacheControl = { read: true, maxAgeMs: hourMs };

/** `no-cache` and `max-age=<seconds>`, also both. Throws `InvalidParameter`. */
export function readCacheControl(header: string | undefined): CacheControl {
  if (header === undefined) return usualCaching;
  const control = { ...usualCaching };
  for (const directive of header.toLowerCase().split(',')) {
    const [, seconds] = /^\s*max-age=(\d{1,10})\s*$/.exec(directive) ?? [];
    if (seconds !== undefined) control.maxAgeMs = Math.min(Number(seconds), maxAgeSeconds) * 1000;
    else if (directive.trim() === 'no-cache') control.read = false;
    else {
      throw new AppError(
        'InvalidParameter',
        `X-Cache-Control: '${header.slice(0, 100)}' must be no-cache or max-age=<seconds>.`,
        { field: 'X-Cache-Control' },
      );
    }
  }
  return control;
}

/** One key for all of them together; what differs in any part has another. */
export function cacheKey(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return `result:${hash.digest('base64url')}`;
}

/** Runs of one key; forgotten when the last that is under way has ended. */
interface Runs {
  underWay: number;
  begun: number;
  /** Of the run whose result is kept: how many had begun with it. */
  kept: number;
}

export class ResultCache {
  readonly #options: ResultCacheOptions;
  /** What others with the same key wait for. */
  readonly #running = new Map<string, Promise<string>>();
  readonly #runs = new Map<string, Runs>();
  readonly #asked = { hit: 0, shared: 0, miss: 0, bypass: 0 };
  #errors = 0;

  constructor(options: ResultCacheOptions) {
    this.#options = options;
  }

  /**
   * The result as JSON: the one that is kept, or that of an execution with this key under way, else what `run`
   * answers. What fails is not kept; of those who waited for it, the first runs and the others wait for that.
   */
  async through(
    key: string,
    control: CacheControl,
    deadline: number,
    run: () => Promise<string>,
  ): Promise<{ result: string; cached: boolean }> {
    const mayWait = control.read && control.maxAgeMs > 0;
    if (mayWait) {
      const kept = await this.#kept(key, control.maxAgeMs);
      if (kept !== undefined) {
        this.#asked.hit++;
        return { result: kept, cached: true };
      }
      let running = this.#running.get(key);
      while (running !== undefined && this.#options.clock.now() < deadline) {
        const shared = await this.#waitFor(running, deadline);
        if (shared !== undefined) {
          this.#asked.shared++;
          return { result: shared, cached: true };
        }
        running = this.#running.get(key);
      }
      this.#asked.miss++;
    } else this.#asked.bypass++;
    const running = this.#runAndKeep(key, control, run);
    // Nobody is to wait for one whose time is over, in place of the one that it waited for.
    if (!mayWait || !this.#running.has(key)) this.#running.set(key, running);
    try {
      return { result: await running, cached: false };
    } finally {
      if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }

  counts(): CacheCounts {
    return { asked: { ...this.#asked }, errors: this.#errors };
  }

  async clear(): Promise<void> {
    await this.#options.cache.clear();
  }

  async #kept(key: string, maxAgeMs: number): Promise<string | undefined> {
    const { cache, clock } = this.#options;
    try {
      const text = await cache.get(key);
      if (text === undefined) return undefined;
      const colon = text.indexOf(':');
      const madeAt = Number(text.slice(0, colon));
      return clock.now() - madeAt < maxAgeMs ? text.slice(colon + 1) : undefined;
    } catch {
      this.#errors++;
      return undefined;
    }
  }

  /** Keeps no result over that of a run that began later. */
  async #runAndKeep(key: string, control: CacheControl, run: () => Promise<string>): Promise<string> {
    const { cache, clock } = this.#options;
    const runs = this.#runs.get(key) ?? { underWay: 0, begun: 0, kept: 0 };
    this.#runs.set(key, runs);
    runs.underWay++;
    const begun = ++runs.begun;
    try {
      const result = await run();
      if (control.maxAgeMs > 0 && begun > runs.kept) {
        runs.kept = begun;
        cache.set(key, `${clock.now()}:${result}`, control.maxAgeMs).catch(() => this.#errors++);
      }
      return result;
    } finally {
      if (--runs.underWay === 0) this.#runs.delete(key);
    }
  }

  /** Undefined where it failed, or takes longer than the caller has. */
  async #waitFor(running: Promise<string>, deadline: number): Promise<string | undefined> {
    const { clock } = this.#options;
    let timer: Timer | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = clock.after(Math.max(0, deadline - clock.now()), () => resolve(undefined));
    });
    const result = await Promise.race([running.catch(() => undefined), late]);
    timer?.cancel();
    return result;
  }
}
