/**
 * Who may use a sandbox now, so that no caller keeps the others from theirs: a caller gets another one only while
 * more are free than it has in use. Alone it gets half of all, and the next one half of what is left. Who has the
 * fewest in use is served first, and each caller's own in the order they came.
 */
import type { Clock, Timer } from '../ports/clock.ts';
import { SandboxError } from '../ports/sandbox.ts';

export interface SharesOptions {
  clock: Clock;
  /** In use at once, of all callers together. */
  most: number;
}

interface Waiting {
  begin: () => void;
  refuse: (error: SandboxError) => void;
  timer: Timer;
}

/** Waiting at once. */
const maxWaiting = { ofOwner: 500, ofAll: 4000 };

export class Shares {
  readonly #options: SharesOptions;
  readonly #inUse = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting[]>();
  #free: number;
  #waiters = 0;

  constructor(options: SharesOptions) {
    this.#options = options;
    this.#free = options.most;
  }

  /**
   * At once, or once it resolves. `deadline`: epoch ms until which it waits. To be given back by `leave`. Throws, or
   * rejects, with SANDBOXES_EXHAUSTED.
   */
  enter(owner: string, deadline: number): void | Promise<void> {
    const own = this.#waiting.get(owner) ?? [];
    if (own.length === 0 && this.#mayEnter(owner)) return this.#take(owner);
    const { clock } = this.#options;
    const left = deadline - clock.now();
    if (left <= 0 || own.length >= maxWaiting.ofOwner || this.#waiters >= maxWaiting.ofAll) throw exhausted();
    this.#waiting.set(owner, own);
    this.#waiters++;
    return new Promise<void>((begin, refuse) => {
      const waiting: Waiting = {
        begin,
        refuse,
        timer: clock.after(left, () => this.#giveUp(owner, waiting)),
      };
      own.push(waiting);
    });
  }

  leave(owner: string): void {
    const left = (this.#inUse.get(owner) ?? 0) - 1;
    if (left > 0) this.#inUse.set(owner, left);
    else this.#inUse.delete(owner);
    this.#free++;
    for (let next = this.#next(); next !== undefined; next = this.#next()) this.#begin(next);
  }

  /** Those that wait are refused. */
  close(error: SandboxError): void {
    for (const waiting of [...this.#waiting.values()].flat()) {
      waiting.timer.cancel();
      waiting.refuse(error);
    }
    this.#waiting.clear();
    this.#waiters = 0;
  }

  #mayEnter(owner: string): boolean {
    return (this.#inUse.get(owner) ?? 0) < this.#free;
  }

  #take(owner: string): void {
    this.#free--;
    this.#inUse.set(owner, (this.#inUse.get(owner) ?? 0) + 1);
  }

  /** Of those that wait, who has the fewest in use, and may have another. */
  #next(): string | undefined {
    let found: string | undefined;
    let fewest = this.#free;
    for (const owner of this.#waiting.keys()) {
      const inUse = this.#inUse.get(owner) ?? 0;
      if (inUse >= fewest) continue;
      found = owner;
      fewest = inUse;
    }
    return found;
  }

  #begin(owner: string): void {
    const first = this.#waiting.get(owner)![0]!;
    this.#remove(owner, first);
    this.#take(owner);
    first.begin();
  }

  #giveUp(owner: string, waiting: Waiting): void {
    this.#remove(owner, waiting);
    waiting.refuse(exhausted());
  }

  #remove(owner: string, waiting: Waiting): void {
    waiting.timer.cancel();
    this.#waiters--;
    const own = this.#waiting.get(owner)!;
    own.splice(own.indexOf(waiting), 1);
    if (own.length === 0) this.#waiting.delete(owner);
  }
}

const exhausted = () =>
  new SandboxError(
    'SANDBOXES_EXHAUSTED',
    'As many sandboxes as this caller may have are in use. Try again in a moment, or use fewer at once.',
  );
