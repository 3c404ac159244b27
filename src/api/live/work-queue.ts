/** Steps done one after the other, with a count of what waits, so that its owner can stop taking more. */
export interface WorkBounds {
  steps: number;
  bytes: number;
}

export class WorkQueue {
  readonly #bounds: WorkBounds;
  readonly #changed: () => void;
  #last: Promise<void> = Promise.resolve();
  #steps = 0;
  #bytes = 0;
  #isFull = false;

  /** `changed` is called when it has become full, or may take more. */
  constructor(bounds: WorkBounds, changed: () => void) {
    this.#bounds = bounds;
    this.#changed = changed;
  }

  /** From above a bound until half of both is done. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** `step` must not reject. `bytes` is what it holds until it is done. */
  add(step: () => void | Promise<void>, bytes: number): void {
    this.#count(1, bytes);
    this.#last = this.#last.then(step).finally(() => this.#count(-1, -bytes));
  }

  #count(steps: number, bytes: number): void {
    this.#steps += steps;
    this.#bytes += bytes;
    const share = this.#isFull ? 0.5 : 1;
    const isFull = this.#steps > this.#bounds.steps * share || this.#bytes > this.#bounds.bytes * share;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#changed();
  }
}
