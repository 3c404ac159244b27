import type { Kysely } from 'kysely';
import { initial } from './migrations/0001-initial.ts';
import { credentials } from './migrations/0002-credentials.ts';
import { stateCounters } from './migrations/0003-state-counters.ts';
import { functions } from './migrations/0004-functions.ts';
import { sessionSizes } from './migrations/0005-session-sizes.ts';
import { registries } from './migrations/0006-registries.ts';
import type { Migration } from './migrations/migration.ts';

export interface MigrationHistory {
  migrations: { id: number; name: string; appliedAt: number };
}

export const migrations: readonly Migration[] = [
  initial,
  credentials,
  stateCounters,
  functions,
  sessionSizes,
  registries,
];

/**
 * Brings the database to the newest of `known`, each step in its own transaction. Throws without touching anything
 * when the database has had a step that this code does not know.
 */
export async function migrate(
  database: Kysely<MigrationHistory>,
  known: readonly Migration[] = migrations,
): Promise<void> {
  await database.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('appliedAt', 'bigint', (column) => column.notNull())
    .execute();
  const applied = await database.selectFrom('migrations').select(['id', 'name']).orderBy('id').execute();
  const unknown = applied.find((row) => !known.some(({ id, name }) => id === row.id && name === row.name));
  if (unknown !== undefined) {
    throw new Error(
      `The database was written by a newer version of Longshore: it has schema step ${unknown.id} ` +
        `(${unknown.name}), and this version knows steps up to ${known.at(-1)?.id ?? 0}. ` +
        'Start the newer version, or use another data directory.',
    );
  }
  const done = new Set(applied.map((row) => row.id));
  for (const step of known.filter(({ id }) => !done.has(id))) await apply(database, step);
}

async function apply(database: Kysely<MigrationHistory>, step: Migration): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await step.up(transaction.schema, transaction);
    await transaction
      .insertInto('migrations')
      .values({ id: step.id, name: step.name, appliedAt: Date.now() })
      .execute();
  });
}
