/** Starting a sandbox takes a core for a while: only so many at a time, those somebody waits for first. */
export class StartQueue {
  readonly #parallel: number;
  #running = 0;
  readonly #urgent: (() => void)[] = [];
  readonly #ahead: (() => void)[] = [];

  constructor(parallel: number) {
    this.#parallel = parallel;
  }

  async run<T>(urgent: boolean, start: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#parallel) {
      await new Promise<void>((resolve) => (urgent ? this.#urgent : this.#ahead).push(resolve));
    } else this.#running += 1;
    try {
      return await start();
    } finally {
      const next = this.#urgent.shift() ?? this.#ahead.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
