import { Kysely, SqliteDialect } from 'kysely';
import { LRUCache } from 'lru-cache';

export type SqlValue = string | number | null;
export type Row = Record<string, SqlValue>;

/** The part of Node's `node:sqlite` API used here; `@photostructure/sqlite` has the same. */
export interface Statement {
  run(...parameters: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  get(...parameters: SqlValue[]): Row | undefined;
  all(...parameters: SqlValue[]): Row[];
  iterate(...parameters: SqlValue[]): IterableIterator<Row>;
  columns(): unknown[];
}

interface DatabaseSync {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  close(): void;
}

export interface Driver {
  DatabaseSync: new (path: string, options?: { readOnly?: boolean }) => DatabaseSync;
}

/** Enough for every shape of query; lists of other lengths push the least used out. */
const STATEMENTS = 400;

/** Node's own SQLite where this Node has one, else the package. */
export async function loadDriver(): Promise<Driver> {
  const builtin = process.getBuiltinModule('node:sqlite') as Driver | undefined;
  return builtin ?? (await import('@photostructure/sqlite'));
}

/** One connection with its prepared statements. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new LRUCache<string, Statement>({ max: STATEMENTS });

  constructor(driver: Driver, path: string, options: { readOnly?: boolean } = {}) {
    this.#database = new driver.DatabaseSync(path, options);
  }

  prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /**
   * Ends the connection. The package, unlike Node's own SQLite, frees the files behind it only once the garbage
   * collector has taken its statements; nothing is locked or unwritten in the meantime.
   */
  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

/** Kysely over this connection. Destroying it leaves the connection open: the caller closes that. */
export function kyselyOver<Schema>(connection: Connection): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: new SqliteDialect({
      database: {
        close: () => undefined,
        prepare(sql) {
          const statement = connection.prepare(sql);
          return {
            reader: statement.columns().length > 0,
            all: (parameters) => statement.all(...(parameters as SqlValue[])),
            run: (parameters) => statement.run(...(parameters as SqlValue[])),
            iterate: (parameters) => statement.iterate(...(parameters as SqlValue[])),
          };
        },
      },
    }),
  });
}
