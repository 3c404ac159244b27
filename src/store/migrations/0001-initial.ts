import type { SchemaModule } from 'kysely';
import type { Migration } from './migration.ts';
import { createRecords, type Columns } from './records-table.ts';

export const initial: Migration = {
  id: 1,
  name: 'initial',
  async up(schema) {
    await createClusters(schema);
    await createTaskDefinitions(schema);
    await createTasks(schema);
    await createHosts(schema);
    await createRecords(schema, 'clientTokens', { createdAt: 'bigint' }, [{ on: ['createdAt', 'id'] }]);
    await createOutbox(schema);
    await createCounters(schema);
  },
};

async function createClusters(schema: SchemaModule): Promise<void> {
  const columns: Columns = { scope: 'text', status: 'text', inactiveAt: 'bigint' };
  await createRecords(schema, 'clusters', columns, [
    { on: ['scope', 'status', 'id'] },
    { on: ['inactiveAt', 'id'], filled: { field: 'inactiveAt', type: 'number' } },
  ]);
}

async function createTaskDefinitions(schema: SchemaModule): Promise<void> {
  const families: Columns = { scope: 'text', status: 'text', family: 'text' };
  await createRecords(schema, 'taskFamilies', families, [
    { on: ['scope', 'family', 'id'] },
    { on: ['scope', 'status', 'family', 'id'] },
  ]);
  const definitions: Columns = {
    scope: 'text',
    family: 'text',
    status: 'text',
    sortKey: 'text',
    deleteRequestedAt: 'bigint',
  };
  await createRecords(schema, 'taskDefinitions', definitions, [
    { on: ['scope', 'sortKey', 'id'] },
    { on: ['scope', 'status', 'sortKey', 'id'] },
    { on: ['scope', 'family', 'status', 'sortKey', 'id'] },
    { on: ['deleteRequestedAt', 'id'], filled: { field: 'deleteRequestedAt', type: 'number' } },
  ]);
}

/** ListTasks always names a cluster and a desired status: each of its filters has an index that ends in both, by id. */
async function createTasks(schema: SchemaModule): Promise<void> {
  const names =
    'scope shortId clusterArn taskDefinitionArn family group startedBy containerInstanceArn serviceName launchType ' +
    'desiredStatus lastStatus phase';
  const columns: Columns = Object.fromEntries(names.split(' ').map((name) => [name, 'text']));
  columns.stoppedAt = 'bigint';
  const list = (field: string) => ['clusterArn', field, 'desiredStatus', 'id'];
  const onInstance = { field: 'containerInstanceArn', type: 'text' } as const;
  await createRecords(schema, 'tasks', columns, [
    { on: ['clusterArn', 'desiredStatus', 'id'] },
    { on: list('family') },
    { on: list('group') },
    { on: list('launchType') },
    { on: list('startedBy'), filled: { field: 'startedBy', type: 'text' } },
    // An instance has one cluster: its tasks are found without naming that, and the cluster is only compared.
    { on: ['containerInstanceArn', 'desiredStatus', 'id', 'clusterArn'], filled: onInstance },
    { on: ['containerInstanceArn', 'group', 'desiredStatus', 'id'], filled: onInstance },
    { on: list('serviceName'), filled: { field: 'serviceName', type: 'text' } },
    { on: ['shortId', 'id'] },
    { on: ['taskDefinitionArn', 'id'] },
    { on: ['phase', 'id'] },
    { on: ['phase', 'stoppedAt', 'id'] },
  ]);
}

async function createHosts(schema: SchemaModule): Promise<void> {
  const instances: Columns = {
    scope: 'text',
    clusterArn: 'text',
    status: 'text',
    hostId: 'text',
    inactiveAt: 'bigint',
  };
  await createRecords(schema, 'containerInstances', instances, [
    { on: ['clusterArn', 'status', 'id'] },
    { on: ['hostId', 'id'] },
    { on: ['inactiveAt', 'id'], filled: { field: 'inactiveAt', type: 'number' } },
  ]);
  await createRecords(schema, 'hosts', {}, []);
  const ports: Columns = { hostId: 'text', taskArn: 'text' };
  await createRecords(schema, 'hostPorts', ports, [{ on: ['hostId', 'id'] }, { on: ['taskArn', 'id'] }]);
}

async function createOutbox(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('events')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey().notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('events_at').on('events').columns(['at', 'sequence']).execute();
  // Single values: the last event sequence given out, the time of the last write check.
  await schema
    .createTable('meta')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .execute();
}

async function createCounters(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('counters')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('counters_key', ['name', 'key'])
    .execute();
}
