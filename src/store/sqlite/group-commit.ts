import { AppError } from '../../core/errors.ts';
import type { EventRecord } from '../../core/records.ts';
import type { Connection } from './driver.ts';
import { Changes, type RecordCache } from './record-cache.ts';
import { Session } from './session.ts';
import { storageFailure } from './storage-failure.ts';

/** Work inside a transaction; what it emits through `emitted` is announced once it is durable. */
export type Job<T> = (session: Session, emitted: (event: EventRecord) => void) => Promise<T>;

interface Waiting {
  job: Job<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

export interface GroupCommitOptions {
  connection: Connection;
  cache: RecordCache;
  /** The most jobs that wait for one commit. */
  maxBatch: number;
  /** How long a commit gathers: nothing else runs meanwhile. */
  maxBatchMs: number;
  /** Called after a commit with what it announced, in order. */
  committed: (events: readonly EventRecord[]) => void;
}

/**
 * The one writer. Jobs that arrive while the event loop turns once share a transaction, each in a savepoint of its
 * own, and one flush to disk. They run one after the other; all are answered after the commit, also those that
 * failed by themselves, because what they saw may have been written by one before them.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #queue: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #closed = false;
  /** Since the start. */
  readonly counts = { transactions: 0, commits: 0, failedCommits: 0 };

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  run<T>(job: Job<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new AppError('Unavailable', 'The store is closed.'));
    this.counts.transactions++;
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ job, resolve: resolve as (value: unknown) => void, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Refuses new jobs and resolves when the queued ones are committed. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await new Promise(setImmediate);
      await this.#commit();
    }
    this.#draining = undefined;
  }

  async #commit(): Promise<void> {
    const { connection, cache, maxBatch, maxBatchMs } = this.#options;
    let waiting = this.#queue.shift();
    const batch = waiting ? [waiting] : [];
    const until = performance.now() + maxBatchMs;
    const changes = new Changes();
    const events: EventRecord[] = [];
    const answers: (() => void)[] = [];
    try {
      connection.exec('BEGIN IMMEDIATE');
      while (waiting) {
        answers.push(await this.#runOne(waiting, changes, events));
        waiting = batch.length < maxBatch && performance.now() < until ? this.#queue.shift() : undefined;
        if (waiting) batch.push(waiting);
      }
      connection.exec('COMMIT');
      this.counts.commits++;
    } catch (error) {
      this.counts.failedCommits++;
      this.#rollBack();
      const failure = storageFailure(error) ?? error;
      for (const { reject } of batch) reject(failure);
      return;
    }
    cache.forget(changes);
    for (const answer of answers) answer();
    if (events.length > 0) this.#options.committed(events);
  }

  /** Runs one job and returns how to answer it. Throws only where the whole transaction is lost. */
  async #runOne(waiting: Waiting, changes: Changes, events: EventRecord[]): Promise<() => void> {
    const { connection, cache } = this.#options;
    const session = new Session(connection, cache, changes);
    const emitted: EventRecord[] = [];
    connection.prepare('SAVEPOINT job').run();
    try {
      const value = await waiting.job(session, (event) => emitted.push(event));
      session.end();
      connection.prepare('RELEASE job').run();
      events.push(...emitted);
      return () => waiting.resolve(value);
    } catch (error) {
      session.end();
      if (storageFailure(error) !== undefined) throw error;
      connection.prepare('ROLLBACK TO job').run();
      connection.prepare('RELEASE job').run();
      return () => waiting.reject(error);
    }
  }

  #rollBack(): void {
    try {
      this.#options.connection.exec('ROLLBACK');
    } catch {
      // SQLite already did, as it may after a full disk or an input/output error.
    }
  }
}
