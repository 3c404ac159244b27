import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type MigrationHistory, migrate, migrations } from '../migrator.ts';
import { clusterRecord, taskRecord } from '../sample-records.ts';
import { Connection, kyselyOver, loadDriver } from '../sqlite/driver.ts';
import { openSqliteStore } from '../sqlite/sqlite-store.ts';

const instance = { id: 'i1', scope: 's', clusterArn: 'c1', hostId: 'h', status: 'DRAINING' };

/** A database as the version before left it. */
async function writeOldDatabase(path: string): Promise<void> {
  const connection = new Connection(await loadDriver(), path);
  try {
    await migrate(kyselyOver<MigrationHistory>(connection), migrations.slice(0, 2));
    const insert = (table: string, columns: readonly string[], record: Record<string, unknown>) =>
      connection
        .prepare(
          `INSERT INTO "${table}" (${[...columns, 'doc'].map((name) => `"${name}"`).join()}) ` +
            `VALUES (${[...columns, 'doc'].map(() => '?').join()})`,
        )
        .run(...columns.map((name) => record[name] as string), JSON.stringify(record));
    for (const id of ['c1', 'c2']) insert('clusters', ['id', 'scope', 'status'], { ...clusterRecord(id) });
    insert('containerInstances', Object.keys(instance), instance);
    for (const [id, lastStatus] of [
      ['t1', 'RUNNING'],
      ['t2', 'RUNNING'],
      ['t3', 'STOPPED'],
    ] as const) {
      insert('tasks', ['id', 'clusterArn', 'lastStatus'], { ...taskRecord(id, { lastStatus }) });
    }
  } finally {
    connection.close();
  }
}

it('counts what a database of the version before holds, and goes on from there', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'longshore-store-'));
  try {
    await writeOldDatabase(join(directory, 'longshore.db'));
    const store = await openSqliteStore({ directory });
    const running = () => store.read.tasks.count({ lastStatus: 'RUNNING' });
    try {
      expect(await running()).toBe(2);
      expect(await store.read.tasks.count({ lastStatus: 'STOPPED' })).toBe(1);
      expect(await store.read.tasks.count({ lastStatus: 'PENDING' })).toBe(0);
      expect(await store.read.clusters.count({ status: 'ACTIVE' })).toBe(2);
      expect(await store.read.containerInstances.count({ status: 'DRAINING' })).toBe(1);
      await store.transact((tx) => tx.tasks.put(taskRecord('t1', { lastStatus: 'STOPPED' })));
      expect(await running()).toBe(1);
      await store.transact((tx) => tx.tasks.delete('t2'));
      expect(await running()).toBe(0);
      expect(await store.read.tasks.count({ lastStatus: 'STOPPED' })).toBe(2);
    } finally {
      await store.close();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
