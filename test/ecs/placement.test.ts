import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
  RegisterContainerInstanceCommand,
  RunTaskCommand,
  StartTaskCommand,
  UpdateContainerInstancesStateCommand,
  type PlacementConstraint,
  type PlacementStrategy,
  type RunTaskCommandInput,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Ecs, exception } from '../fixtures/ecs.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let server: TestServer;
let ecs: Ecs;
let cluster: string;
/** The machine itself, which is an instance of every cluster. */
let local: string;
let count = 0;
const send: Ecs['client']['send'] = ((command: never) => ecs.client.send(command)) as never;

beforeAll(async () => {
  server = await startServer({ flags: ['--host-network'] });
});
afterAll(() => server?.stop());
beforeEach(async () => {
  cluster = `placement-${count++}`;
  ecs = new Ecs(server.url, cluster);
  await send(new CreateClusterCommand({ clusterName: cluster }));
  [local] = (await send(new ListContainerInstancesCommand({ cluster }))).containerInstanceArns as [string];
});

interface Machine {
  cpu?: number;
  memory?: number;
  attributes?: Record<string, string>;
}

async function machine({ cpu = 1024, memory = 1024, attributes = {} }: Machine = {}): Promise<string> {
  const { containerInstance } = await send(
    new RegisterContainerInstanceCommand({
      cluster,
      instanceIdentityDocument: '{}',
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: cpu },
        { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
        { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22'] },
      ],
      attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
    }),
  );
  return containerInstance!.containerInstanceArn!;
}

const setState = (containerInstances: string[], status: 'ACTIVE' | 'DRAINING') =>
  send(new UpdateContainerInstancesStateCommand({ cluster, containerInstances, status }));
const describe = async (...containerInstances: string[]) =>
  (await send(new DescribeContainerInstancesCommand({ cluster, containerInstances }))).containerInstances!;

/** Runs tasks and answers with where each went, and what failed. */
async function place(taskDefinition: string, input: Partial<RunTaskCommandInput> = {}) {
  const { tasks, failures } = await send(new RunTaskCommand({ cluster, taskDefinition, ...input }));
  return { at: tasks!.map((task) => task.containerInstanceArn!), failures: failures!, tasks: tasks! };
}

const memberOf = (expression: string): PlacementConstraint[] => [{ type: 'memberOf', expression }];
const spread = (field: string): PlacementStrategy[] => [{ type: 'spread', field }];

/** Without the local machine, whose simulated size is beyond every test. */
async function machines(...all: Machine[]): Promise<string[]> {
  await setState([local], 'DRAINING');
  const arns: string[] = [];
  for (const one of all) arns.push(await machine(one));
  return arns;
}

it('shows what an instance has, what is left of it and what runs there', async () => {
  const [one] = await machines({ attributes: { stack: 'prod' } });
  const [before] = await describe(one!);
  expect(before).toMatchObject({ status: 'ACTIVE', agentConnected: true, runningTasksCount: 0, tags: [] });
  expect(before!.attributes).toContainEqual({ name: 'stack', value: 'prod' });
  const arn = await ecs.register('shown', [
    { cpu: 100, portMappings: [{ containerPort: 80, hostPort: 8080 }] },
  ]);
  const { tasks } = await place(arn);
  await ecs.reaches(tasks[0]!.taskArn!, 'RUNNING');
  const left = async () => {
    const [found] = await describe(one!);
    const value = (name: string) => found!.remainingResources!.find((resource) => resource.name === name)!;
    return [found!.runningTasksCount, value('CPU').integerValue, value('MEMORY').integerValue];
  };
  expect(await left()).toEqual([1, 924, 960]);
  await ecs.stop(tasks[0]!.taskArn!);
  await ecs.reaches(tasks[0]!.taskArn!, 'STOPPED');
  expect(await left()).toEqual([0, 1024, 1024]);
});

it.each([
  ['RESOURCE:CPU', { cpu: 2048 }],
  ['RESOURCE:MEMORY', { memory: 2048 }],
  ['RESOURCE:PORTS', { portMappings: [{ containerPort: 22, hostPort: 22 }] }],
])('fails with %s on each instance', async (reason, container) => {
  const arns = await machines({}, {});
  const { at, failures } = await place(await ecs.register('too-much', [container]));
  expect(at).toEqual([]);
  expect(failures.map(({ arn }) => arn).sort()).toEqual([...arns].sort());
  expect(new Set(failures.map((failure) => failure.reason))).toEqual(new Set([reason]));
});

it('places as many as fit and fails the rest, and takes a port once a machine', async () => {
  const [a, b] = await machines({}, {});
  const port = await ecs.register('one-port', [{ portMappings: [{ containerPort: 80, hostPort: 80 }] }]);
  const { at, failures } = await place(port, { count: 3 });
  expect([...at].sort()).toEqual([a, b].sort());
  expect(failures).toHaveLength(2);
  expect(failures[0]!.reason).toBe('RESOURCE:PORTS');
});

it('takes the ports of a task in host mode too, and gives them back', async () => {
  await machines({});
  const port = await ecs.register('on-host', [{ portMappings: [{ containerPort: 8080 }] }], {
    networkMode: 'host',
  });
  const { tasks, failures } = await place(port, { count: 2 });
  expect([tasks.length, failures.map(({ reason }) => reason)]).toEqual([1, ['RESOURCE:PORTS']]);
  await ecs.reaches(tasks[0]!.taskArn!, 'RUNNING');
  await ecs.stop(tasks[0]!.taskArn!);
  await ecs.reaches(tasks[0]!.taskArn!, 'STOPPED');
  expect((await place(port)).failures).toEqual([]);
});

it('places nothing on an instance that is DRAINING, while its tasks go on', async () => {
  const [a, b] = await machines({}, {});
  const arn = await ecs.register('drained');
  const { tasks } = await place(arn, { count: 2, placementStrategy: spread('instanceId') });
  await Promise.all(tasks.map((task) => ecs.reaches(task.taskArn!, 'RUNNING')));
  expect((await setState([a!], 'DRAINING')).containerInstances).toMatchObject([{ status: 'DRAINING' }]);
  expect(new Set((await place(arn, { count: 3 })).at)).toEqual(new Set([b]));
  expect((await describe(a!))[0]).toMatchObject({ status: 'DRAINING', runningTasksCount: 1 });
  await setState([b!], 'DRAINING');
  await expect(place(arn)).rejects.toMatchObject(
    exception('InvalidParameterException', 'No Container Instances were found in your cluster.'),
  );
  await expect(setState([a!], 'INACTIVE' as never)).rejects.toMatchObject(
    exception('InvalidParameterException', 'Container instance status should be one of [ACTIVE, DRAINING]'),
  );
});

it('keeps tasks of a group apart with distinctInstance', async () => {
  await machines({}, {}, {});
  const arn = await ecs.register('distinct');
  const distinct = { placementConstraints: [{ type: 'distinctInstance' as const }] };
  const { at, failures } = await place(arn, { count: 4, ...distinct });
  expect(new Set(at).size).toBe(3);
  expect(failures.map(({ reason }) => reason)).toEqual(
    Array.from({ length: 3 }, () => 'DistinctInstance placement constraint unsatisfied.'),
  );
  expect((await place(arn, { group: 'another', ...distinct })).at).toHaveLength(1);
});

it('goes where memberOf says, by attribute and by the tasks of another group', async () => {
  const [dev, prod] = await machines({ attributes: { stack: 'dev' } }, { attributes: { stack: 'prod' } });
  const arn = await ecs.register('member');
  const prodOnly = { placementConstraints: memberOf('attribute:stack == prod') };
  expect((await place(arn, { count: 3, ...prodOnly })).at).toEqual([prod, prod, prod]);
  expect(
    (await place(arn, { group: 'databases', placementConstraints: memberOf('attribute:stack == dev') })).at,
  ).toEqual([dev]);
  expect((await place(arn, { placementConstraints: memberOf('task:group == databases') })).at).toEqual([dev]);
  expect((await place(arn, { placementConstraints: memberOf('not(task:group == databases)') })).at).toEqual([
    prod,
  ]);
  const none = await place(arn, { placementConstraints: memberOf('attribute:stack == none') });
  expect(none.failures).toContainEqual({ arn: dev, reason: 'MemberOf placement constraint unsatisfied.' });
  await expect(place(arn, { placementConstraints: memberOf('((') })).rejects.toMatchObject(
    exception('InvalidParameterException', 'Invalid expression'),
  );
  const bound = await ecs.register('bound', [{}], {
    placementConstraints: memberOf('attribute:stack == dev') as never,
  });
  expect((await place(bound, { count: 2 })).at).toEqual([dev, dev]);
});

it('spreads, packs and follows strategies in order', async () => {
  const zone = (name: string) => ({ attributes: { 'ecs.availability-zone': name } });
  const [a1, a2, b1] = await machines(zone('a'), zone('a'), zone('b'));
  const arn = await ecs.register('strategies');
  const { at } = await place(arn, {
    count: 4,
    placementStrategy: [...spread('attribute:ecs.availability-zone'), ...spread('instanceId')],
  });
  expect(at.filter((where) => where === b1)).toHaveLength(2);
  expect(at).toContain(a1);
  expect(at).toContain(a2);
  const packed = await place(arn, {
    count: 3,
    group: 'packed',
    placementStrategy: [{ type: 'binpack', field: 'memory' }],
  });
  expect(packed.at).toEqual([b1, b1, b1]);
});

it('lists instances by status and by query', async () => {
  const [a] = await machines({ attributes: { stack: 'prod' } }, {});
  const list = async (input: object) =>
    (await send(new ListContainerInstancesCommand({ cluster, ...input }))).containerInstanceArns!;
  expect(await list({})).toHaveLength(3);
  expect(await list({ status: 'DRAINING' })).toEqual([local]);
  expect(await list({ filter: 'attribute:stack == prod' })).toEqual([a]);
  expect(await list({ filter: 'attribute:stack !exists', status: 'ACTIVE' })).toHaveLength(1);
  await expect(list({ filter: 'attribute:stack = prod' })).rejects.toMatchObject(
    exception('InvalidParameterException', 'Invalid expression'),
  );
});

it('deregisters an instance only when nothing runs there, or by force', async () => {
  const [one] = await machines({});
  const { tasks } = await place(await ecs.register('held'));
  await ecs.reaches(tasks[0]!.taskArn!, 'RUNNING');
  const deregister = (containerInstance: string, force?: boolean) =>
    send(new DeregisterContainerInstanceCommand({ cluster, containerInstance, force }));
  await expect(deregister(one!)).rejects.toMatchObject(
    exception('InvalidParameterException', 'Found running tasks on the instance.'),
  );
  await expect(send(new DeleteClusterCommand({ cluster }))).rejects.toMatchObject(
    exception('ClusterContainsTasksException'),
  );
  expect((await deregister(one!, true)).containerInstance).toMatchObject({
    status: 'INACTIVE',
    agentConnected: false,
  });
  expect(await describe(one!)).toMatchObject([{ status: 'INACTIVE' }]);
  await expect(deregister(one!)).rejects.toMatchObject(exception('ClientException'));
  await expect(deregister(local)).rejects.toMatchObject(
    exception('InvalidParameterException', 'the machine'),
  );
  const { failures } = await send(
    new StartTaskCommand({ cluster, taskDefinition: 'held', containerInstances: [one!] }),
  );
  expect(failures).toEqual([{ arn: one, reason: 'INACTIVE' }]);
});

it('does not delete a cluster with instances of its own', async () => {
  const [one] = await machines({});
  const remove = () => send(new DeleteClusterCommand({ cluster }));
  await expect(remove()).rejects.toMatchObject(exception('ClusterContainsContainerInstancesException'));
  await send(new DeregisterContainerInstanceCommand({ cluster, containerInstance: one }));
  expect((await remove()).cluster!.status).toBe('INACTIVE');
});

it('does not let the local machine be registered over', async () => {
  const over = send(new RegisterContainerInstanceCommand({ cluster, containerInstanceArn: local }));
  await expect(over).rejects.toMatchObject(exception('InvalidParameterException', 'registers by itself'));
  expect((await describe(local))[0]!.ec2InstanceId).toBeDefined();
});
