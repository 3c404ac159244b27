/** Counts by key in windows of time, in memory that is bounded however many keys there are. */
import { RateLimiterMemory, type IRateLimiterOptions, type RateLimiterRes } from 'rate-limiter-flexible';

/** What is needed of rate-limiter-flexible, so that its limiter on Redis can take this one's place. */
export interface RateCounter {
  consume(key: string): Promise<RateLimiterRes>;
  penalty(key: string): Promise<RateLimiterRes>;
  reward(key: string): Promise<RateLimiterRes>;
  get(key: string): Promise<RateLimiterRes | null>;
  block(key: string, seconds: number): Promise<RateLimiterRes>;
  delete(key: string): Promise<boolean>;
  /** False: nothing is counted under that key. Where it can be told without waiting. */
  knows?(key: string): boolean;
}

/** `name` keeps counters apart that share one store. */
export type MakeRateCounter = (name: string, windowSeconds: number) => RateCounter;

/** Enough for every client of one machine; some 20 MB where an attacker has that many addresses. */
const mostKeys = 50_000;

export const countInMemory: MakeRateCounter = (name, windowSeconds) =>
  // It only counts: what is too many differs from caller to caller and is decided by who reads the count.
  new BoundedMemory({ keyPrefix: name, points: Number.MAX_SAFE_INTEGER, duration: windowSeconds });

/** Forgets the key whose window is the oldest when there are too many. */
export class BoundedMemory extends RateLimiterMemory {
  readonly #keys = new Set<string>();
  readonly #most: number;

  constructor(options: IRateLimiterOptions, most = mostKeys) {
    super(options);
    this.#most = most;
  }

  get size(): number {
    return this.#keys.size;
  }

  knows(key: string): boolean {
    return this.#keys.has(key);
  }

  override async consume(key: string, points?: number): Promise<RateLimiterRes> {
    return this.#bounded(key, await super.consume(key, points));
  }

  override async penalty(key: string, points?: number): Promise<RateLimiterRes> {
    return this.#bounded(key, await super.penalty(key, points));
  }

  #bounded(key: string, result: RateLimiterRes): RateLimiterRes {
    if (!result.isFirstInDuration) return result;
    // A set keeps the order of insertion, and windows are of one length: the first is the next to end.
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size > this.#most) {
      const [oldest] = this.#keys;
      this.#keys.delete(oldest!);
      void this.delete(oldest!);
    }
    return result;
  }
}
