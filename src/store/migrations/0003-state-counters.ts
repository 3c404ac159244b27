import { sql, type QueryExecutorProvider, type SchemaModule } from 'kysely';
import type { Migration } from './migration.ts';

/** Counts by state over everything, for metrics: a store that has records already begins with their number. */
export const stateCounters: Migration = {
  id: 3,
  name: 'state-counters',
  async up(_schema: SchemaModule, database: QueryExecutorProvider) {
    await countBy(database, 'tasks', 'lastStatus');
    await countBy(database, 'clusters', 'status');
    await countBy(database, 'containerInstances', 'status');
  },
};

/** The name and key that the store's counters have: `tasks:lastStatus`, `["RUNNING"]`. States need no escaping. */
async function countBy(database: QueryExecutorProvider, table: string, field: string): Promise<void> {
  const column = sql.ref(field);
  await sql`
    INSERT INTO "counters" ("name", "key", "value")
    SELECT ${sql.lit(`${table}:${field}`)}, '["' || ${column} || '"]', COUNT(*)
    FROM ${sql.table(table)} GROUP BY ${column}
  `.execute(database);
}
