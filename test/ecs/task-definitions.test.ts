import {
  CreateClusterCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  paginateListTaskDefinitions,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Ecs, exception } from '../fixtures/ecs.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let server: TestServer;
let ecs: Ecs;
const send: Ecs['client']['send'] = ((command: never) => ecs.client.send(command)) as never;
const describe = async (taskDefinition: string) =>
  (await send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition!;
const deregister = async (taskDefinition: string) =>
  (await send(new DeregisterTaskDefinitionCommand({ taskDefinition }))).taskDefinition!;
const remove = (...taskDefinitions: string[]) => send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
const arn = (name: string) => `arn:aws:ecs:us-east-1:000000000000:task-definition/${name}`;

beforeAll(async () => {
  server = await startServer();
  ecs = new Ecs(server.url);
});
afterAll(() => server?.stop());

it('fills in what AWS fills in', async () => {
  const { taskDefinition, tags } = await send(
    new RegisterTaskDefinitionCommand({
      family: 'full',
      containerDefinitions: [{ name: 'app', image: 'a', memory: 64, portMappings: [{ containerPort: 80 }] }],
      tags: [{ key: 'k', value: 'v' }],
    }),
  );
  expect(tags).toEqual([{ key: 'k', value: 'v' }]);
  expect(taskDefinition).toMatchObject({
    taskDefinitionArn: arn('full:1'),
    family: 'full',
    revision: 1,
    status: 'ACTIVE',
    volumes: [],
    placementConstraints: [],
    compatibilities: ['EXTERNAL', 'EC2'],
    registeredAt: expect.any(Date) as Date,
    containerDefinitions: [
      {
        name: 'app',
        cpu: 0,
        essential: true,
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
      },
    ],
  });
  const described = await send(new DescribeTaskDefinitionCommand({ taskDefinition: 'full' }));
  expect(described.taskDefinition).toEqual(taskDefinition);
  expect(described.tags).toBeUndefined();
  const tagged = await send(
    new DescribeTaskDefinitionCommand({ taskDefinition: 'full:1', include: ['TAGS'] }),
  );
  expect(tagged.tags).toEqual([{ key: 'k', value: 'v' }]);
});

it('counts revisions up, takes the latest ACTIVE one, and gives none out again', async () => {
  expect(await ecs.register('counted')).toBe(arn('counted:1'));
  expect(await ecs.register('counted')).toBe(arn('counted:2'));
  expect((await describe('counted')).revision).toBe(2);
  expect(await deregister('counted:2')).toMatchObject({
    status: 'INACTIVE',
    deregisteredAt: expect.any(Date) as Date,
  });
  expect((await describe('counted')).revision).toBe(1);
  expect((await describe('counted:2')).status).toBe('INACTIVE');
  const { taskDefinitions, failures } = await remove('counted:2', arn('counted:1'), 'counted:9');
  expect(taskDefinitions).toMatchObject([
    { taskDefinitionArn: arn('counted:2'), status: 'DELETE_IN_PROGRESS' },
  ]);
  expect(failures).toMatchObject([{ arn: arn('counted:1') }, { arn: arn('counted:9') }]);
  expect((await remove('counted:2')).taskDefinitions).toEqual(taskDefinitions);
  expect(await ecs.register('counted')).toBe(arn('counted:3'));
});

it('starts nothing from a definition that is INACTIVE or about to be deleted', async () => {
  const { taskDefinitionArn } = await describe(await ecs.register('retired'));
  await deregister(taskDefinitionArn!);
  await expect(ecs.run('retired:1')).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
  await send(new CreateClusterCommand({}));
  const inactive = exception('InvalidParameterException', 'TaskDefinition is inactive');
  await expect(ecs.run('retired:1')).rejects.toMatchObject(inactive);
  await remove('retired:1');
  await expect(ecs.run('retired:1')).rejects.toMatchObject(inactive);
  await expect(ecs.run('retired')).rejects.toMatchObject(
    exception('ClientException', 'TaskDefinition not found.'),
  );
});

it.each([
  ['nobody', 'ClientException', 'Unable to describe task definition.'],
  ['full:99', 'ClientException', 'Unable to describe task definition.'],
  ['full:foo', 'ClientException', 'Invalid revision number. Number: foo'],
  ['full:0', 'ClientException', 'Invalid revision number'],
  ['full:1:2', 'ClientException', 'Invalid task definition'],
  [
    'arn:aws:ecs:us-east-1:000000000000:cluster/x',
    'InvalidParameterException',
    'Invalid task definition ARN',
  ],
])('cannot describe %s', async (name, type, message) => {
  await expect(describe(name)).rejects.toMatchObject(exception(type, message));
});

it('needs a revision to deregister and to delete', async () => {
  const missing = exception('ClientException', 'Revision is missing.');
  await expect(deregister('full')).rejects.toMatchObject(missing);
  await expect(remove('full')).rejects.toMatchObject(missing);
  await expect(remove()).rejects.toMatchObject(exception('InvalidParameterException'));
  await expect(remove(...Array.from({ length: 11 }, (_, i) => `full:${i + 1}`))).rejects.toMatchObject(
    exception('InvalidParameterException', '10'),
  );
});

const fargate = { requiresCompatibilities: ['FARGATE' as const], networkMode: 'awsvpc' as const };

it.each([
  ['256', '512'],
  ['.25 vCPU', '0.5 GB'],
  ['1024', '8192'],
  ['8192', '61440'],
  ['16 vCPU', '120 GB'],
])('takes the Fargate size %s / %s', async (cpu, memory) => {
  const described = await describe(await ecs.register('sizes', [{}], { ...fargate, cpu, memory }));
  expect(described.compatibilities).toEqual(['EC2', 'FARGATE']);
});

it.each<[Partial<RegisterTaskDefinitionCommandInput>, string]>([
  [{ ...fargate, cpu: '256', memory: '4096' }, 'No Fargate configuration exists for given values'],
  [{ ...fargate, cpu: '8192', memory: '17408' }, 'No Fargate configuration exists for given values'],
  [{ ...fargate, memory: '512' }, "'cpu' be defined at the task level"],
  [{ ...fargate, networkMode: 'bridge', cpu: '256', memory: '512' }, 'Fargate only supports network mode'],
  [{ ...fargate, pidMode: 'host', cpu: '256', memory: '512' }, "do not support pidMode 'host'"],
])('refuses for Fargate %j', async (members, message) => {
  await expect(ecs.register('sizes', [{}], members)).rejects.toMatchObject(
    exception('ClientException', message),
  );
});

const port80 = { portMappings: [{ containerPort: 80, hostPort: 8080 }] };

it.each<[string, Partial<ContainerDefinition>[], Partial<RegisterTaskDefinitionCommandInput>]>([
  ['no containers', [], {}],
  ['zero memory', [{ memory: 0 }], {}],
  ['a name of 3 KB', [{ name: 'n'.repeat(3072) }], {}],
  ['an image of 3 KB', [{ image: 'n'.repeat(3072) }], {}],
  ['a family of 3 KB', [{}], { family: 'f'.repeat(3072) }],
  ['one name twice', [{ name: 'a' }, { name: 'a' }], {}],
  [
    'a circle',
    [
      { dependsOn: [{ containerName: 'c1', condition: 'START' }] },
      { dependsOn: [{ containerName: 'c0', condition: 'START' }] },
    ],
    {},
  ],
  ['two containers on one port', [port80, port80], {}],
  ['another host port in awsvpc', [port80], { networkMode: 'awsvpc' }],
  ['nothing essential', [{ essential: false }], {}],
])('refuses %s and goes on', async (_, containers, members) => {
  await expect(ecs.register('bad', containers, members)).rejects.toMatchObject({ name: 'ClientException' });
  expect((await send(new ListTaskDefinitionsCommand({ familyPrefix: 'bad' }))).taskDefinitionArns).toEqual(
    [],
  );
});

it('lists revisions by number, both ways, by status and in pages', async () => {
  for (let i = 0; i < 11; i++) await ecs.register('listed');
  await deregister('listed:4');
  const list = async (input: object) =>
    (
      await send(new ListTaskDefinitionsCommand({ familyPrefix: 'listed', ...input }))
    ).taskDefinitionArns!.map((found) => Number(found.split(':').at(-1)));
  expect(await list({})).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10, 11]);
  expect(await list({ sort: 'DESC', maxResults: 3 })).toEqual([11, 10, 9]);
  expect(await list({ status: 'INACTIVE' })).toEqual([4]);
  expect((await send(new ListTaskDefinitionsCommand({ familyPrefix: 'list' }))).taskDefinitionArns).toEqual(
    [],
  );
  const seen: string[] = [];
  const config = { client: ecs.client, pageSize: 4 };
  for await (const page of paginateListTaskDefinitions(config, { familyPrefix: 'listed', sort: 'DESC' })) {
    seen.push(...page.taskDefinitionArns!);
  }
  expect(seen.map((found) => Number(found.split(':').at(-1)))).toEqual([11, 10, 9, 8, 7, 6, 5, 3, 2, 1]);
});

it('lists families by prefix and by whether one of their revisions is ACTIVE', async () => {
  await ecs.register('fam-a');
  await ecs.register('fam-b');
  await deregister('fam-b:1');
  const list = async (status?: 'ACTIVE' | 'INACTIVE' | 'ALL') =>
    (await send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'fam-', status }))).families;
  expect(await list()).toEqual(['fam-a', 'fam-b']);
  expect(await list('ACTIVE')).toEqual(['fam-a']);
  expect(await list('INACTIVE')).toEqual(['fam-b']);
});
