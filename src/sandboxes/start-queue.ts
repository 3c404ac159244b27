/**
 * Starting a sandbox takes a core for a while: only so many at a time, those somebody waits for first. Those ahead leave
 * one turn free for them, so that starts of one runtime that hang hold up no other. Whether a start is needed is asked
 * when its turn comes, so that one nobody waits for any more costs nothing.
 */
export type Need = 'urgent' | 'ahead' | 'none';

interface Queued {
  need: () => Need;
  begin: (need: Need) => void;
}

export class StartQueue {
  readonly #parallel: number;
  readonly #queued: Queued[] = [];
  #running = 0;
  /** Of those that run. */
  #ahead = 0;
  #closed = false;

  constructor(parallel: number) {
    this.#parallel = parallel;
  }

  /** Undefined: when its turn came it was not needed, or the queue was closed meanwhile. */
  async run<T>(need: () => Need, start: (urgent: boolean) => Promise<T>): Promise<T | undefined> {
    const decided = await this.#turn(need);
    if (decided === 'none') return undefined;
    try {
      return await start(decided === 'urgent');
    } finally {
      this.#running -= 1;
      if (decided === 'ahead') this.#ahead -= 1;
      this.#next();
    }
  }

  /** Somebody waits now for one that was to be started ahead. */
  needsChanged(): void {
    this.#next();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Those that wait are not begun any more. */
  close(): void {
    this.#closed = true;
    for (const { begin } of this.#queued.splice(0)) begin('none');
  }

  #turn(need: () => Need): Promise<Need> {
    return new Promise((begin) => {
      if (this.#closed) return begin('none');
      this.#queued.push({ need, begin });
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < this.#parallel && this.#queued.length > 0) {
      const urgent = this.#queued.findIndex(({ need }) => need() === 'urgent');
      if (urgent < 0 && this.#ahead >= Math.max(1, this.#parallel - 1)) return;
      const [next] = this.#queued.splice(Math.max(0, urgent), 1) as [Queued];
      const need = next.need();
      if (need !== 'none') this.#running += 1;
      if (need === 'ahead') this.#ahead += 1;
      next.begin(need);
    }
  }
}
