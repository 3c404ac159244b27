import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ListClustersCommand,
  PutClusterCapacityProvidersCommand,
  UpdateClusterCommand,
  UpdateClusterSettingsCommand,
  paginateListClusters,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Ecs, ecsClient, exception } from '../fixtures/ecs.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let server: TestServer;
let ecs: Ecs;
const send: Ecs['client']['send'] = ((command: never) => ecs.client.send(command)) as never;
const create = async (clusterName?: string) =>
  (await send(new CreateClusterCommand({ clusterName }))).cluster!;
const describe = async (...clusters: string[]) => send(new DescribeClustersCommand({ clusters }));

beforeAll(async () => {
  server = await startServer();
  ecs = new Ecs(server.url);
});
afterAll(() => server?.stop());

it('has none at first', async () => {
  expect((await send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  expect(await describe()).toMatchObject({
    clusters: [],
    failures: [{ arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default', reason: 'MISSING' }],
  });
});

it('creates `default` where no name is given, and answers with the same cluster again', async () => {
  const cluster = await create();
  expect(cluster).toMatchObject({
    clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
    clusterName: 'default',
    status: 'ACTIVE',
    registeredContainerInstancesCount: 1,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    activeServicesCount: 0,
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    statistics: [],
    tags: [],
  });
  expect(await create('default')).toEqual(cluster);
});

it('shows settings, configuration, statistics and tags only when asked for', async () => {
  await send(
    new CreateClusterCommand({
      clusterName: 'full',
      tags: [{ key: 'team', value: 'web' }],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    }),
  );
  const [plain] = (await describe('full')).clusters!;
  expect(plain).toMatchObject({ settings: [], statistics: [], tags: [] });
  expect(plain).not.toHaveProperty('configuration');
  const { clusters } = await send(
    new DescribeClustersCommand({
      clusters: ['full'],
      include: ['SETTINGS', 'CONFIGURATIONS', 'STATISTICS', 'TAGS', 'ATTACHMENTS'],
    }),
  );
  expect(clusters![0]).toMatchObject({
    settings: [{ name: 'containerInsights', value: 'enabled' }],
    configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    tags: [{ key: 'team', value: 'web' }],
    attachments: [],
  });
  expect(clusters![0]!.statistics).toContainEqual({ name: 'runningEC2TasksCount', value: '0' });
});

it('changes settings, configuration and capacity providers', async () => {
  await create('changing');
  const settings = [{ name: 'containerInsights' as const, value: 'enhanced' }];
  const { cluster } = await send(new UpdateClusterSettingsCommand({ cluster: 'changing', settings }));
  expect(cluster).toMatchObject({ settings });
  const configuration = { executeCommandConfiguration: { logging: 'NONE' as const } };
  const updated = await send(new UpdateClusterCommand({ cluster: 'changing', configuration }));
  expect(updated.cluster).toMatchObject({ settings, configuration });
  const strategy = [{ capacityProvider: 'FARGATE', weight: 1, base: 1 }];
  const put = await send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'changing',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: strategy,
    }),
  );
  expect(put.cluster).toMatchObject({
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: strategy,
  });
  await expect(
    send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'changing',
        capacityProviders: ['unknown'],
        defaultCapacityProviderStrategy: [],
      }),
    ),
  ).rejects.toMatchObject(exception('InvalidParameterException', "'unknown' was not found"));
});

it.each(['', 'a/b', 'ü', 'n'.repeat(256), 'n'.repeat(3072)])('refuses the name %j', async (name) => {
  await expect(create(name)).rejects.toMatchObject(
    exception('InvalidParameterException', 'Invalid cluster name'),
  );
});

it('deletes a cluster, keeps it describable as INACTIVE and gives its name free', async () => {
  const { clusterArn } = await create('short');
  const { cluster } = await send(new DeleteClusterCommand({ cluster: 'short' }));
  expect(cluster).toMatchObject({ clusterArn, status: 'INACTIVE' });
  expect((await describe('short')).clusters).toMatchObject([{ status: 'INACTIVE' }]);
  expect((await send(new ListClustersCommand({}))).clusterArns).not.toContain(clusterArn);
  await expect(send(new DeleteClusterCommand({ cluster: 'short' }))).rejects.toMatchObject(
    exception('ClusterNotFoundException', 'Cluster not found.'),
  );
  expect(await create('short')).toMatchObject({ status: 'ACTIVE' });
});

it('does not delete one that runs a task, and does once it has stopped', async () => {
  await create('busy');
  const busy = new Ecs(server.url, 'busy');
  const [task] = await busy.run(await busy.register('busy'));
  const remove = () => send(new DeleteClusterCommand({ cluster: 'busy' }));
  await expect(remove()).rejects.toMatchObject(
    exception('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.'),
  );
  await busy.stop(task!.taskArn!);
  await busy.reaches(task!.taskArn!, 'STOPPED');
  expect((await remove()).cluster).toMatchObject({ status: 'INACTIVE' });
  await expect(busy.run('busy')).rejects.toMatchObject(exception('ClientException', 'inactive'));
});

it('lists in pages, and refuses a token made for something else', async () => {
  for (let i = 0; i < 7; i++) await create(`page-${i}`);
  const seen: string[] = [];
  for await (const page of paginateListClusters({ client: ecs.client, pageSize: 3 }, {})) {
    expect(page.clusterArns!.length).toBeLessThanOrEqual(3);
    seen.push(...page.clusterArns!);
  }
  const all = (await send(new ListClustersCommand({}))).clusterArns!;
  expect(seen).toEqual(all);
  expect(new Set(seen).size).toBe(seen.length);
  const { nextToken } = await send(new ListClustersCommand({ maxResults: 1 }));
  await expect(
    ecsClient(server.url, 'eu-west-1').send(new ListClustersCommand({ nextToken })),
  ).rejects.toMatchObject(exception('InvalidParameterException', 'Invalid token'));
  await expect(send(new ListClustersCommand({ maxResults: 101 }))).rejects.toMatchObject(
    exception('InvalidParameterException'),
  );
});

it('keeps the regions of signed requests apart', async () => {
  await create('regional');
  const other = ecsClient(server.url, 'eu-west-1');
  expect((await other.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  const { failures } = await other.send(new DescribeClustersCommand({ clusters: ['regional'] }));
  expect(failures).toEqual([
    { arn: 'arn:aws:ecs:eu-west-1:000000000000:cluster/regional', reason: 'MISSING' },
  ]);
});
