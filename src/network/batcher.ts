interface Waiting<T> {
  item: T;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Runs items in batches, one batch at a time: while one runs, the next collects. Many concurrent changes to the
 * kernel so cost one process, and a lone one waits for nobody.
 */
export class Batcher<T> {
  readonly #run: (items: T[]) => Promise<void>;
  #waiting: Waiting<T>[] = [];
  #running = false;

  /** `run` applies all of its items or none. */
  constructor(run: (items: T[]) => Promise<void>) {
    this.#run = run;
  }

  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#runBatch(batch);
    }
    this.#running = false;
  }

  async #runBatch(batch: Waiting<T>[]): Promise<void> {
    try {
      await this.#run(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // One bad item fails the whole batch; alone, each one learns its own fate.
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const waiting of batch) await this.#runBatch([waiting]);
    }
  }
}
