/**
 * Executions that nobody waits for, a few at a time. Owners take turns, and each has its own in the order in which they
 * came. They are in memory: what waits when the server ends is lost, and nothing is ever run twice.
 */
import { FunctionError } from './function-error.ts';

/** Of what waits and runs together. */
export interface EventBounds {
  most: number;
  mostBytes: number;
}

export interface EventQueueOptions {
  atOnce: number;
  ofAll: EventBounds;
  ofOwner: EventBounds;
  /** What an execution threw. Must not throw. */
  onError: (error: unknown) => void;
}

interface Waiting {
  bytes: number;
  run: () => Promise<unknown>;
}

interface Held {
  count: number;
  bytes: number;
}

interface Owned extends Held {
  running: number;
  waiting: Waiting[];
}

export class EventQueue {
  readonly #options: EventQueueOptions;
  /** Of who has any. Whose turn comes last stands last. */
  readonly #owners = new Map<string, Owned>();
  readonly #all: Held = { count: 0, bytes: 0 };
  #running = 0;
  #closed = false;

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  /** `bytes`: what it keeps. Throws `FunctionError` RATE_LIMITED where too much waits. */
  add(owner: string, bytes: number, run: () => Promise<unknown>): void {
    const { ofAll, ofOwner } = this.#options;
    const own = this.#owners.get(owner) ?? { count: 0, bytes: 0, running: 0, waiting: [] };
    if (this.#closed || isOver(this.#all, bytes, ofAll) || isOver(own, bytes, ofOwner)) {
      throw new FunctionError('RATE_LIMITED', 'Too many events wait to be executed. Try again in a moment.');
    }
    this.#owners.set(owner, own);
    for (const held of [own, this.#all]) {
      held.count++;
      held.bytes += bytes;
    }
    own.waiting.push({ bytes, run });
    this.#runNext();
  }

  /** What waits is forgotten; what runs goes on. */
  clear(): void {
    for (const [owner, own] of this.#owners) {
      for (const { bytes } of own.waiting.splice(0)) this.#giveBack(owner, own, bytes);
    }
  }

  /** As `clear`; nothing more is taken. */
  close(): void {
    this.#closed = true;
    this.clear();
  }

  #runNext(): void {
    while (this.#running < this.#options.atOnce) {
      const owner = this.#nextOwner();
      if (owner === undefined) return;
      this.#begin(owner);
    }
  }

  /** Nobody has more than half of all at once while others wait. */
  #nextOwner(): string | undefined {
    const waiting = [...this.#owners].filter(([, own]) => own.waiting.length > 0);
    const half = Math.ceil(this.#options.atOnce / 2);
    return waiting.find(([, { running }]) => waiting.length === 1 || running < half)?.[0];
  }

  #begin(owner: string): void {
    const own = this.#owners.get(owner)!;
    const { bytes, run } = own.waiting.shift()!;
    this.#moveBack(owner, own);
    own.running++;
    this.#running++;
    void Promise.resolve()
      .then(run)
      .catch(this.#options.onError)
      .finally(() => {
        own.running--;
        this.#running--;
        this.#giveBack(owner, own, bytes);
        this.#runNext();
      });
  }

  #giveBack(owner: string, own: Owned, bytes: number): void {
    for (const held of [own, this.#all]) {
      held.count--;
      held.bytes -= bytes;
    }
    this.#moveBack(owner, own);
  }

  #moveBack(owner: string, own: Owned): void {
    this.#owners.delete(owner);
    if (own.count > 0) this.#owners.set(owner, own);
  }
}

function isOver(held: Held, bytes: number, { most, mostBytes }: EventBounds): boolean {
  return held.count >= most || held.bytes + bytes > mostBytes;
}
