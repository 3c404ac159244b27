import type { AppError } from '../../core/errors.ts';
import type { Connection } from './driver.ts';
import type { Changes, RecordCache } from './record-cache.ts';
import { storageFailure } from './storage-failure.ts';

/** One user of a connection: all reads of what is committed, or one transaction. */
export class Session {
  readonly connection: Connection;
  readonly cache: RecordCache;
  /** Present in a transaction. */
  readonly changes: Changes | undefined;
  #failure: AppError | undefined;
  #ended = false;

  constructor(connection: Connection, cache: RecordCache, changes?: Changes) {
    this.connection = connection;
    this.cache = cache;
    this.changes = changes;
  }

  /**
   * Runs `work`, turning a failure of the storage into `Unavailable`. SQLite may have given up the whole transaction
   * by then, so that a transaction does nothing more after one, even where its author swallows the error.
   */
  run<T>(work: () => T): T {
    if (this.#ended) throw new Error('This transaction is over; await everything done in it.');
    if (this.#failure !== undefined && this.changes !== undefined) throw this.#failure;
    try {
      return work();
    } catch (error) {
      const failure = storageFailure(error);
      if (failure === undefined) throw error;
      this.#failure = failure;
      throw failure;
    }
  }

  /** Refuses further use. Throws where the storage failed on the way. */
  end(): void {
    this.#ended = true;
    if (this.#failure !== undefined) throw this.#failure;
  }
}
