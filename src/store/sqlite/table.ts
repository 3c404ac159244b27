import { AppError } from '../../core/errors.ts';
import type { Query, ReadTable, Records, Scalar, TableName, WriteTable } from '../../core/ports/store.ts';
import { tables } from '../tables.ts';
import type { SqlValue } from './driver.ts';
import { counterName, counterOf, findIds } from './query.ts';
import { recordKey } from './record-cache.ts';
import type { Session } from './session.ts';

/** In the cache in place of a record that there is not. */
const absent = {};

type Columns = Record<string, SqlValue>;

export class SqliteReadTable<T extends TableName> implements ReadTable<Records[T]> {
  protected readonly table: T;
  protected readonly session: Session;

  constructor(table: T, session: Session) {
    this.table = table;
    this.session = session;
  }

  async get(id: string): Promise<Records[T] | undefined> {
    return this.session.run(() => this.load(id));
  }

  known(id: string): Records[T] | null {
    return this.session.run(() => this.load(id)) ?? null;
  }

  revision(): number {
    return this.session.cache.revision(this.table);
  }

  async getMany(ids: readonly string[]): Promise<(Records[T] | undefined)[]> {
    return this.session.run(() => ids.map((id) => this.load(id)));
  }

  /** Finds ids in an index alone, then takes the records from the cache where it has them: no needless parsing. */
  async find(query: Query): Promise<Records[T][]> {
    return this.session.run(() => {
      const { text, parameters } = findIds(this.table, query);
      const rows = this.session.connection.prepare(text).all(...parameters);
      return rows.map(({ id }) => this.load(id as string)!);
    });
  }

  async count(where: Record<string, Scalar>): Promise<number> {
    return this.session.run(() => {
      const { name, key } = counterOf(this.table, where);
      const sql = 'SELECT "value" FROM "counters" WHERE "name" = ? AND "key" = ?';
      return Number(this.session.connection.prepare(sql).get(name, key)?.value ?? 0);
    });
  }

  protected load(id: string): Records[T] | undefined {
    const { cache, changes, connection } = this.session;
    const key = recordKey(this.table, id);
    const cacheable = changes === undefined || !changes.has(key);
    const known = cacheable ? cache.get(key) : undefined;
    if (known === absent) return undefined;
    if (known !== undefined) return known as Records[T];
    const row = connection.prepare(`SELECT "doc" FROM "${this.table}" WHERE "id" = ?`).get(id);
    if (row === undefined) {
      if (cacheable && tables[this.table].remembersAbsence) cache.set(key, absent);
      return undefined;
    }
    // Frozen, because readers share it and the counters are worked out from it: changing one in place throws.
    const record = Object.freeze(JSON.parse(row.doc as string)) as Records[T];
    if (cacheable) cache.set(key, record);
    return record;
  }
}

export class SqliteWriteTable<T extends TableName>
  extends SqliteReadTable<T>
  implements WriteTable<Records[T]>
{
  async insert(record: Records[T]): Promise<void> {
    this.session.run(() => {
      if (this.load(record.id) !== undefined) {
        throw new AppError('AlreadyExists', `${this.table} already has '${record.id}'.`);
      }
      this.#add(record);
    });
  }

  async put(record: Records[T]): Promise<void> {
    this.session.run(() => {
      const old = this.load(record.id);
      if (old === undefined) this.#add(record);
      else this.#replace(old, record);
    });
  }

  async delete(id: string): Promise<void> {
    this.session.run(() => {
      const old = this.load(id);
      if (old === undefined) return;
      this.#touch(id);
      this.session.connection.prepare(`DELETE FROM "${this.table}" WHERE "id" = ?`).run(id);
      this.#recount(columnsOf(this.table, old), undefined);
    });
  }

  #add(record: Records[T]): void {
    this.#touch(record.id);
    const columns = columnsOf(this.table, record);
    const names = ['id', ...Object.keys(columns), 'doc'];
    const sql =
      `INSERT INTO "${this.table}" (${names.map((name) => `"${name}"`).join(', ')}) ` +
      `VALUES (${names.map(() => '?').join(', ')})`;
    const values = [record.id, ...Object.values(columns), JSON.stringify(record)];
    this.session.connection.prepare(sql).run(...values);
    this.#recount(undefined, columns);
  }

  /** Names only the columns that changed: SQLite then leaves every other index alone. */
  #replace(old: Records[T], record: Records[T]): void {
    this.#touch(record.id);
    const before = columnsOf(this.table, old);
    const after = columnsOf(this.table, record);
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    const assignments = [...changed, 'doc'].map((name) => `"${name}" = ?`).join(', ');
    const values = [...changed.map((name) => after[name]!), JSON.stringify(record), record.id];
    this.session.connection
      .prepare(`UPDATE "${this.table}" SET ${assignments} WHERE "id" = ?`)
      .run(...values);
    this.#recount(before, after);
  }

  #touch(id: string): void {
    this.session.changes!.add(this.table, id);
  }

  #recount(before: Columns | undefined, after: Columns | undefined): void {
    for (const fields of tables[this.table].counters ?? []) {
      const name = counterName(this.table, fields);
      const from = before && JSON.stringify(fields.map((field) => before[field]));
      const to = after && JSON.stringify(fields.map((field) => after[field]));
      if (from === to) continue;
      if (from !== undefined) this.#addToCounter(name, from, -1);
      if (to !== undefined) this.#addToCounter(name, to, 1);
    }
  }

  #addToCounter(name: string, key: string, by: number): void {
    const { connection } = this.session;
    const row = connection
      .prepare(
        'INSERT INTO "counters" ("name", "key", "value") VALUES (?, ?, ?) ' +
          'ON CONFLICT ("name", "key") DO UPDATE SET "value" = "counters"."value" + excluded."value" RETURNING "value"',
      )
      .get(name, key, by);
    if (row?.value !== 0) return;
    connection.prepare('DELETE FROM "counters" WHERE "name" = ? AND "key" = ?').run(name, key);
  }
}

function columnsOf(table: TableName, record: object): Columns {
  const values = record as Record<string, SqlValue | undefined>;
  return Object.fromEntries(Object.keys(tables[table].fields).map((field) => [field, values[field] ?? null]));
}
