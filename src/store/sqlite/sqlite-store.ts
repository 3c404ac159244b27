import { join } from 'node:path';
import type { Reader, Store, StoreStatistics, Transaction } from '../../core/ports/store.ts';
import type { EventRecord } from '../../core/records.ts';
import { type MigrationHistory, migrate } from '../migrator.ts';
import { tableNames } from '../tables.ts';
import { createPrivately, type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { Connection, type Driver, kyselyOver, loadDriver } from './driver.ts';
import { GroupCommit } from './group-commit.ts';
import { RecordCache } from './record-cache.ts';
import { Session } from './session.ts';
import { storageFailure } from './storage-failure.ts';
import { readerOver, setMeta, transactionOver } from './transaction.ts';

export interface SqliteStoreOptions {
  /** Holds the database and its lock; made (0700) where there is none. */
  directory: string;
  /** The most mutations that share one commit. Default 500. */
  maxBatch?: number;
  /** The longest that mutations are gathered for one commit, in milliseconds. Default 20. */
  maxBatchMs?: number;
  /** How many parsed records stay in memory. Default 20,000. */
  cachedRecords?: number;
  /** What an events listener threw. Default: a process warning. */
  onListenerError?: (error: unknown) => void;
}

const DATABASE = 'longshore.db';
const TRIM_CHUNK = 1000;
/** What `clear` leaves. None of them is counted. */
const kept: readonly (typeof tableNames)[number][] = ['credentials', 'users', 'revokedTokens'];

/**
 * Opens the store in `directory`, bringing an older one up to date. Throws when another process has it, when it was
 * written by a newer version, and `Unavailable` when the disk or the file is at fault.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const driver = await loadDriver();
  const lock = lockDirectory(driver, options.directory);
  const open: Connection[] = [];
  try {
    const path = join(options.directory, DATABASE);
    createPrivately(path);
    const writer = connect(driver, path, open, { readOnly: false });
    // FULL: a commit returns after its log is on the disk (https://www.sqlite.org/pragma.html#pragma_synchronous).
    writer.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    // The log is moved into the database every 16 MiB: a page that changed many times is then written once.
    writer.exec('PRAGMA wal_autocheckpoint = 4096');
    await migrate(kyselyOver<MigrationHistory>(writer));
    const reader = connect(driver, path, open, { readOnly: true });
    return new SqliteStore(options, lock, writer, reader);
  } catch (error) {
    for (const connection of open) connection.close();
    lock.release();
    throw storageFailure(error) ?? error;
  }
}

function connect(driver: Driver, path: string, open: Connection[], mode: { readOnly: boolean }): Connection {
  const connection = new Connection(driver, path, mode);
  open.push(connection);
  // Nothing else opens the file but an administrator's tools, which hold it briefly. Temporary data stay in memory:
  // a kill between the making and the unlinking of a temporary file would leave it behind.
  connection.exec('PRAGMA busy_timeout = 2000; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY');
  return connection;
}

class SqliteStore implements Store {
  readonly read: Reader;
  readonly #lock: DirectoryLock;
  readonly #writer: Connection;
  readonly #reader: Session;
  readonly #commits: GroupCommit;
  readonly #listeners = new Set<(events: readonly EventRecord[]) => void>();
  readonly #onListenerError: (error: unknown) => void;
  #lastSequence: number;
  #closing: Promise<void> | undefined;

  constructor(options: SqliteStoreOptions, lock: DirectoryLock, writer: Connection, reader: Connection) {
    const cache = new RecordCache(options.cachedRecords ?? 20_000);
    this.#lock = lock;
    this.#writer = writer;
    this.#reader = new Session(reader, cache);
    this.read = readerOver<Reader>(this.#reader);
    this.#onListenerError = options.onListenerError ?? ((error) => process.emitWarning(error as Error));
    const last = reader.prepare(`SELECT "value" FROM "meta" WHERE "name" = 'lastSequence'`).get();
    this.#lastSequence = Number(last?.value ?? 0);
    this.#commits = new GroupCommit({
      connection: writer,
      cache,
      maxBatch: options.maxBatch ?? 500,
      maxBatchMs: options.maxBatchMs ?? 20,
      committed: (events) => this.#announce(events),
    });
  }

  transact<T>(mutation: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#commits.run((session, emitted) =>
      mutation(transactionOver(session, () => ++this.#lastSequence, emitted)),
    );
  }

  async events(after: number, limit: number): Promise<EventRecord[]> {
    return this.#reader.run(() => {
      const sql = 'SELECT * FROM "events" WHERE "sequence" > ? ORDER BY "sequence" LIMIT ?';
      const rows = this.#reader.connection.prepare(sql).all(after, limit);
      return rows.map(
        (row) => ({ ...row, detail: JSON.parse(row.detail as string) as unknown }) as EventRecord,
      );
    });
  }

  async eventRange(): Promise<{ first: number; last: number }> {
    return this.#reader.run(() => {
      const sql = `SELECT (SELECT min("sequence") FROM "events") AS "first",
        (SELECT "value" FROM "meta" WHERE "name" = 'lastSequence') AS "last"`;
      const row = this.#reader.connection.prepare(sql).get();
      const last = Number(row?.last ?? 0);
      return { first: Number(row?.first ?? last + 1), last };
    });
  }

  onEvents(listener: (events: readonly EventRecord[]) => void): () => void {
    // A wrapper of its own, so that one function may listen twice.
    const entry = (events: readonly EventRecord[]) => listener(events);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** In pieces, so that a long history never holds up the other writers. */
  async trimEvents(before: number): Promise<void> {
    const sql =
      'DELETE FROM "events" WHERE "sequence" IN (SELECT "sequence" FROM "events" WHERE "at" < ? ORDER BY "at" LIMIT ?)';
    let removed: number;
    do {
      removed = await this.#commits.run(async (session) =>
        session.run(() => Number(session.connection.prepare(sql).run(before, TRIM_CHUNK).changes)),
      );
    } while (removed === TRIM_CHUNK);
  }

  async clear(): Promise<void> {
    await this.#commits.run(async (session) =>
      session.run(() => {
        session.changes!.all = true;
        const cleared = tableNames.filter((name) => !kept.includes(name));
        for (const name of [...cleared, 'counters', 'events'])
          session.connection.exec(`DELETE FROM "${name}"`);
      }),
    );
  }

  /** A real write: a disk can be readable and full. */
  async check(): Promise<void> {
    await this.#commits.run(async (session) => session.run(() => setMeta(session, 'checkedAt', Date.now())));
  }

  statistics(): StoreStatistics {
    return this.#reader.run(() => {
      // Both ends come from the primary key's index.
      const sql =
        'SELECT (SELECT MIN("sequence") FROM "events") AS "first", (SELECT MAX("sequence") FROM "events") AS "last"';
      const row = this.#reader.connection.prepare(sql).get();
      const lastEvent = Number(row?.last ?? 0);
      const events = lastEvent === 0 ? 0 : lastEvent - Number(row?.first ?? 0) + 1;
      return { ...this.#commits.counts, lastEvent, events };
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#commits.close();
    this.#listeners.clear();
    this.#reader.connection.close();
    try {
      // Moves the log into the database, so that a copy of the one file is whole.
      this.#writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // With a full or failing disk the log stays, and the next start reads it.
      if (storageFailure(error) === undefined) throw error;
    } finally {
      this.#writer.close();
      this.#lock.release();
    }
  }

  #announce(events: readonly EventRecord[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(events);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}
