interface Waiting<T> {
  resolve: (item: T) => void;
  reject: (error: unknown) => void;
}

export interface WarmPoolOptions<T> {
  /** How many wait ready. */
  size: number;
  /** Makes `count` of them, or none. */
  make: (count: number) => Promise<T[]>;
  /** Called when making one for stock failed; the next attempt follows a claim. */
  onRefillError: (error: unknown) => void;
}

const perBatch = 8;
const batchesAtOnce = 2;
/** Refilling waits this long after a claim, so that it does not compete with the start it was for. */
const quietMs = 200;

/**
 * Keeps things ready that take time to make. A claim takes one at once, or waits for the first that is made. Stock
 * is refilled in the background, right away only once half of it is gone.
 */
export class WarmPool<T> {
  readonly #options: WarmPoolOptions<T>;
  readonly #ready: T[] = [];
  readonly #waiting: Waiting<T>[] = [];
  readonly #batches = new Set<Promise<void>>();
  #making = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: WarmPoolOptions<T>) {
    this.#options = options;
  }

  /** Fills the stock. */
  fill(): void {
    this.#restock();
  }

  claim(): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the pool is closed'));
    const item = this.#ready.shift();
    if (item === undefined) {
      return new Promise((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
        this.#make(false);
      });
    }
    this.#restock();
    return Promise.resolve(item);
  }

  /** Resolves, once nothing is being made, with what was ready. Claims that wait are refused. */
  async close(): Promise<T[]> {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the pool is closed'));
    await Promise.all(this.#batches);
    return this.#ready.splice(0);
  }

  #restock(): void {
    if (this.#ready.length * 2 < this.#options.size) return this.#make(true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#make(true), quietMs);
    this.#timer.unref();
  }

  #make(forStock: boolean): void {
    while (!this.#closed && this.#batches.size < batchesAtOnce) {
      const urgent = this.#waiting.length - this.#making;
      const missing = urgent + this.#options.size - this.#ready.length;
      const wanted = urgent > 0 || !forStock ? urgent : missing;
      if (wanted <= 0) return;
      const count = Math.min(wanted, perBatch);
      this.#making += count;
      const batch = this.#makeBatch(count).then((ok) => {
        this.#batches.delete(batch);
        this.#making -= count;
        if (ok && this.#waiting.length === 0) this.#restock();
        else this.#make(false);
      });
      this.#batches.add(batch);
    }
  }

  /** Hands over what was made, or the error to as many claims. False when it failed. */
  async #makeBatch(count: number): Promise<boolean> {
    try {
      for (const item of await this.#options.make(count)) {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#ready.push(item);
        else waiting.resolve(item);
      }
      return true;
    } catch (error) {
      const failed = this.#waiting.splice(0, count);
      if (failed.length === 0) this.#options.onRefillError(error);
      for (const { reject } of failed) reject(error);
      return false;
    }
  }
}
