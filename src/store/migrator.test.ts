import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Migration } from './migrations/migration.ts';
import { type MigrationHistory, migrate, migrations } from './migrator.ts';
import { Connection, kyselyOver, loadDriver } from './sqlite/driver.ts';

describe('migrate', () => {
  let connection: Connection;
  beforeEach(async () => {
    connection = new Connection(await loadDriver(), ':memory:');
  });
  afterEach(() => connection.close());

  const run = (known: readonly Migration[]) => migrate(kyselyOver<MigrationHistory>(connection), known);
  const applied = () =>
    connection
      .prepare('SELECT "id" FROM "migrations" ORDER BY "id"')
      .all()
      .map((row) => row.id);
  const second: Migration = {
    id: migrations.length + 1,
    name: 'later',
    up: (schema) => schema.createTable('later').addColumn('id', 'text').execute(),
  };

  it('applies each step once', async () => {
    await run(migrations);
    await run(migrations);
    await run([...migrations, second]);
    expect(applied()).toEqual([...migrations.map(({ id }) => id), second.id]);
  });

  it('refuses a database that has a step it does not know', async () => {
    await run([...migrations, second]);
    await expect(run(migrations)).rejects.toThrow(/newer version of Longshore.*step \d+ \(later\)/);
  });

  it('leaves nothing of a step that fails', async () => {
    const failing: Migration = {
      ...second,
      async up(schema, database) {
        await second.up(schema, database);
        throw new Error('broken step');
      },
    };
    await run(migrations);
    await expect(run([...migrations, failing])).rejects.toThrow('broken step');
    expect(applied()).toEqual(migrations.map(({ id }) => id));
    await run([...migrations, second]);
  });
});
