import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Query, TableName } from '../../core/ports/store.ts';
import { migrate, type MigrationHistory } from '../migrator.ts';
import { tableNames, tables } from '../tables.ts';
import { Connection, kyselyOver, loadDriver } from './driver.ts';
import { findIds } from './query.ts';

type Asked = [TableName, Omit<Query, 'limit'>];

const cluster = { clusterArn: 'c', desiredStatus: 'RUNNING' };
const scope = { scope: 's', status: 'ACTIVE' };

/** What the use cases ask page by page: an index gives the order, and nothing is sorted or left out on the way. */
const paged: Asked[] = [
  ['clusters', { where: scope }],
  ['taskFamilies', { where: scope, orderBy: 'family' }],
  ['taskFamilies', { where: { scope: 's' }, orderBy: 'family', prefix: { field: 'family', value: 'web' } }],
  ['taskFamilies', { where: scope, orderBy: 'family', prefix: { field: 'family', value: 'web' } }],
  ['taskDefinitions', { where: scope, orderBy: 'sortKey' }],
  ['taskDefinitions', { where: scope, orderBy: 'sortKey', descending: true }],
  ['taskDefinitions', { where: { ...scope, family: 'web' }, orderBy: 'sortKey' }],
  [
    'taskDefinitions',
    { where: { ...scope, family: 'web' }, orderBy: 'sortKey', descending: true, after: 'x' },
  ],
  ['tasks', { where: cluster, after: 'x' }],
  ['tasks', { where: { ...cluster, family: 'web' }, after: 'x' }],
  ['tasks', { where: { ...cluster, group: 'g' } }],
  ['tasks', { where: { ...cluster, launchType: 'EC2' } }],
  ['tasks', { where: { ...cluster, startedBy: 'me' } }],
  ['tasks', { where: { containerInstanceArn: 'i', desiredStatus: 'RUNNING' } }],
  ['tasks', { where: { containerInstanceArn: 'i', group: 'g', desiredStatus: 'RUNNING' } }],
  ['tasks', { where: { ...cluster, serviceName: 'web' } }],
  ['tasks', { where: { taskDefinitionArn: 'td' } }],
  ['tasks', { where: { phase: 'live' }, after: 'x' }],
  ['containerInstances', { where: { clusterArn: 'c', status: 'ACTIVE' } }],
  ['containerInstances', { where: { hostId: 'h' } }],
  ['hostPorts', { where: { hostId: 'h' } }],
  ['hostPorts', { where: { taskArn: 't' } }],
  ['registries', { where: { account: 'a' }, orderBy: 'address' }],
];

/** What the expiry loop asks: an index bounds the rows, the few that match are sorted. */
const expiring: Asked[] = [
  ['clusters', { where: { status: 'INACTIVE' }, below: { field: 'inactiveAt', value: 1 } }],
  ['containerInstances', { where: { status: 'INACTIVE' }, below: { field: 'inactiveAt', value: 1 } }],
  [
    'taskDefinitions',
    { where: { status: 'DELETE_IN_PROGRESS' }, below: { field: 'deleteRequestedAt', value: 1 } },
  ],
  ['tasks', { where: { phase: 'ended' }, below: { field: 'stoppedAt', value: 1 } }],
  ['clientTokens', { below: { field: 'createdAt', value: 1 } }],
];

describe('query plans', () => {
  let connection: Connection;
  beforeAll(async () => {
    connection = new Connection(await loadDriver(), ':memory:');
    await migrate(kyselyOver<MigrationHistory>(connection));
  });
  afterAll(() => connection.close());

  const plan = ([table, query]: Asked) => {
    const { text, parameters } = findIds(table, { ...query, limit: 10 });
    const steps = connection.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...parameters);
    return steps.map((step) => String(step.detail));
  };

  it.each(paged)('%s %j walks one covering index', (table, query) => {
    const steps = plan([table, query]);
    expect(steps).toHaveLength(1);
    const conditions = Object.keys(query.where ?? {}).map((field) => `${field}=?`);
    expect(steps[0]).toMatch(/^SEARCH .* USING COVERING INDEX/);
    for (const condition of conditions) expect(steps[0]).toContain(condition);
  });

  it.each(expiring)('%s %j is bounded by its time', (table, query) => {
    expect(plan([table, query])[0]).toMatch(
      new RegExp(`^SEARCH .* USING (COVERING )?INDEX .*${query.below!.field}<\\?`),
    );
  });

  it('finds the tasks of an instance within a cluster by the instance', () => {
    const where = { ...cluster, containerInstanceArn: 'i' };
    expect(plan(['tasks', { where }])).toEqual([
      expect.stringMatching(/COVERING INDEX .*containerInstanceArn=\? AND desiredStatus=\?/),
    ]);
  });

  it('has a column for every field that may be searched by, and no other', () => {
    for (const name of tableNames) {
      const columns = connection
        .prepare(`PRAGMA table_info("${name}")`)
        .all()
        .map((column) => column.name);
      expect([...columns].sort()).toEqual(['id', 'doc', ...Object.keys(tables[name].fields)].sort());
    }
  });
});
