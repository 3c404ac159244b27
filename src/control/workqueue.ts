/**
 * A keyed workqueue: waking a key runs its handler soon, never twice at a time for one key, and once more when it was
 * woken while it ran. A handler that throws is run again after a growing, jittered delay, without holding up others.
 */
import type { Clock, Timer } from '../core/ports/clock.ts';

export interface WorkqueueOptions {
  clock: Clock;
  handle: (key: string) => Promise<void>;
  /** How many handlers may run at a time. */
  concurrency: number;
  onError: (key: string, error: unknown, retryInMs: number) => void;
}

interface Entry {
  state: 'waiting' | 'running' | 'running-again' | 'delayed';
  failures: number;
  /** Since when it waits: epoch ms. */
  since: number;
  timer?: Timer;
}

/** Counts are since the queue was made. */
export interface WorkqueueStatistics {
  /** Keys that wait or run. */
  depth: number;
  /** How long the key at the head of the queue has waited. */
  oldestWaitMs: number;
  /** How long keys have waited together. */
  waitedMs: number;
  runs: number;
  failures: number;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 30_000;

export class Workqueue {
  private readonly options: WorkqueueOptions;
  private readonly entries = new Map<string, Entry>();
  private readonly waiting: string[] = [];
  private running = 0;
  private readonly counts = { waitedMs: 0, runs: 0, failures: 0 };
  private closed = false;
  private idleListeners: (() => void)[] = [];

  constructor(options: WorkqueueOptions) {
    this.options = options;
  }

  /** Keys that wait or run. */
  get depth(): number {
    return this.waiting.length + this.running;
  }

  statistics(): WorkqueueStatistics {
    const head = this.waiting[0];
    const since = head === undefined ? undefined : this.entries.get(head)?.since;
    const oldestWaitMs = since === undefined ? 0 : Math.max(0, this.options.clock.now() - since);
    return { ...this.counts, depth: this.depth, oldestWaitMs };
  }

  wake(key: string): void {
    if (this.closed) return;
    const entry = this.entries.get(key);
    if (!entry) this.enqueue(key, 0);
    else if (entry.state === 'running') entry.state = 'running-again';
    else if (entry.state === 'delayed') {
      entry.timer?.cancel();
      this.enqueue(key, entry.failures);
    }
  }

  /** Takes nothing more and resolves when nothing runs. */
  async close(): Promise<void> {
    this.closed = true;
    for (const entry of this.entries.values()) entry.timer?.cancel();
    this.waiting.length = 0;
    if (this.running > 0) await new Promise<void>((resolve) => this.idleListeners.push(resolve));
  }

  private enqueue(key: string, failures: number): void {
    this.entries.set(key, { state: 'waiting', failures, since: this.options.clock.now() });
    this.waiting.push(key);
    this.startNext();
  }

  private startNext(): void {
    while (!this.closed && this.running < this.options.concurrency && this.waiting.length > 0) {
      const key = this.waiting.shift()!;
      const entry = this.entries.get(key)!;
      entry.state = 'running';
      this.counts.runs++;
      this.counts.waitedMs += Math.max(0, this.options.clock.now() - entry.since);
      this.running++;
      void this.run(key);
    }
  }

  private async run(key: string): Promise<void> {
    const entry = this.entries.get(key)!;
    let failure: unknown;
    try {
      await this.options.handle(key);
      entry.failures = 0;
    } catch (error) {
      failure = error ?? new Error('unknown error');
      entry.failures++;
      this.counts.failures++;
    }
    this.running--;
    if (!this.closed) this.settle(key, entry, failure);
    this.startNext();
    if (this.running === 0) for (const listener of this.idleListeners.splice(0)) listener();
  }

  private settle(key: string, entry: Entry, failure: unknown): void {
    if (failure !== undefined) this.retryLater(key, entry, failure);
    else if (entry.state === 'running-again') this.enqueue(key, 0);
    else this.entries.delete(key);
  }

  private retryLater(key: string, entry: Entry, failure: unknown): void {
    const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (entry.failures - 1));
    const delay = Math.round(ceiling * (0.5 + Math.random() / 2));
    this.options.onError(key, failure, delay);
    entry.state = 'delayed';
    entry.timer = this.options.clock.after(delay, () => this.enqueue(key, entry.failures));
  }
}
