import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  StartTaskCommand,
  paginateListTasks,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ecs, exception } from '../fixtures/ecs.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let server: TestServer;
let ecs: Ecs;
const send: Ecs['client']['send'] = ((command: never) => ecs.client.send(command)) as never;
const awsvpc = { networkMode: 'awsvpc' as const, cpu: '256', memory: '512' };
const network = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } };

beforeAll(async () => {
  server = await startServer();
  ecs = new Ecs(server.url);
  await send(new CreateClusterCommand({}));
});
afterAll(() => server?.stop());

describe('a task', () => {
  it('is accepted in PROVISIONING, runs, and stops when asked to', async () => {
    const [accepted] = await ecs.run(await ecs.register('life', [{}, { name: 'side', essential: false }]));
    expect(accepted).toMatchObject({
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      launchType: 'EC2',
      group: 'family:life',
      version: 1,
      healthStatus: 'UNKNOWN',
      attachments: [],
      tags: [],
      overrides: {
        containerOverrides: [{ name: 'c0' }, { name: 'side' }],
        inferenceAcceleratorOverrides: [],
      },
      containers: [{ name: 'c0', lastStatus: 'PENDING', cpu: '0', memory: '64' }, { name: 'side' }],
    });
    expect(accepted).not.toHaveProperty('stoppedReason');
    expect(accepted!.taskArn).toMatch(/^arn:aws:ecs:us-east-1:000000000000:task\/default\/[0-9a-f]{32}$/);
    const running = await ecs.reaches(accepted!.taskArn!, 'RUNNING');
    expect(running).toMatchObject({ connectivity: 'CONNECTED', startedAt: expect.any(Date) as Date });
    expect(running.version).toBeGreaterThan(1);
    const stopping = await ecs.stop(accepted!.taskArn!.split('/').at(-1)!, 'enough');
    expect(stopping).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
    });
    const stopped = await ecs.reaches(accepted!.taskArn!, 'STOPPED');
    expect(stopped).toMatchObject({ stoppedReason: 'enough', stoppedAt: expect.any(Date) as Date });
    expect(stopped.containers).toMatchObject([{ exitCode: 143 }, { exitCode: 143 }]);
    expect(stopped.version).toBeGreaterThan(running.version!);
    expect((await ecs.stop(accepted!.taskArn!, 'again')).stoppedReason).toBe('enough');
  });

  it('that ends by itself tells its exit code', async () => {
    const [task] = await ecs.run(await ecs.register('exits', [{ simulate: 'exit=3 after=50ms' }, {}]));
    expect(await ecs.reaches(task!.taskArn!, 'STOPPED')).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 3 }, { exitCode: 143 }],
    });
  });

  it('that cannot be pulled tells why', async () => {
    const [task] = await ecs.run(await ecs.register('unpullable', [{ simulate: 'fail=pull' }]));
    const stopped = await ecs.reaches(task!.taskArn!, 'STOPPED');
    expect(stopped.stopCode).toBe('TaskFailedToStart');
    expect(stopped.stoppedReason).toMatch(/^CannotPullContainerError: /);
    expect(stopped.containers![0]!.reason).toBe(stopped.stoppedReason);
    expect(stopped.containers![0]).not.toHaveProperty('exitCode');
    expect(stopped).not.toHaveProperty('startedAt');
  });

  it('in awsvpc mode has an interface of its own', async () => {
    const arn = await ecs.register('own-network', [{ portMappings: [{ containerPort: 80 }] }], awsvpc);
    const [task] = await ecs.run(arn, { launchType: 'FARGATE', ...network });
    expect(task).toMatchObject({
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      platformFamily: 'Linux',
      cpu: '256',
      memory: '512',
      ephemeralStorage: { sizeInGiB: 20 },
      attachments: [
        {
          type: 'ElasticNetworkInterface',
          status: 'PRECREATED',
          details: [{ name: 'subnetId', value: 'subnet-1' }],
        },
      ],
    });
    expect(task).not.toHaveProperty('containerInstanceArn');
    const running = await ecs.reaches(task!.taskArn!, 'RUNNING');
    const [attachment] = running.attachments!;
    const detail = (name: string) => attachment!.details!.find((found) => found.name === name)?.value;
    expect(attachment!.status).toBe('ATTACHED');
    expect(detail('networkInterfaceId')).toMatch(/^eni-[0-9a-f]{17}$/);
    expect(running.containers![0]!.networkInterfaces).toEqual([
      { attachmentId: attachment!.id, privateIpv4Address: detail('privateIPv4Address') },
    ]);
    await ecs.stop(task!.taskArn!);
    expect((await ecs.reaches(task!.taskArn!, 'STOPPED')).attachments).toMatchObject([{ status: 'DELETED' }]);
  });

  it('in bridge mode shows where its ports are', async () => {
    const [task] = await ecs.run(await ecs.register('ports', [{ portMappings: [{ containerPort: 80 }] }]));
    const running = await ecs.reaches(task!.taskArn!, 'RUNNING');
    expect(running.containers![0]!.networkBindings).toMatchObject([
      { containerPort: 80, protocol: 'tcp', bindIP: '127.0.0.1', hostPort: expect.any(Number) as number },
    ]);
  });

  it('takes overrides and shows them', async () => {
    const arn = await ecs.register('overridden', [{ command: ['serve'] }, {}]);
    const containerOverrides = [
      { name: 'c1', command: ['once'], environment: [{ name: 'A', value: '1' }], memory: 32 },
    ];
    const [task] = await ecs.run(arn, {
      overrides: { containerOverrides, cpu: '512' },
      startedBy: 'tester',
      group: 'mine',
    });
    expect(task).toMatchObject({ startedBy: 'tester', group: 'mine', cpu: '512' });
    expect(task!.overrides!.containerOverrides).toEqual([{ name: 'c0' }, containerOverrides[0]]);
  });

  it('keeps its tags, its definition’s where they are asked for, and shows them only when asked', async () => {
    const arn = await ecs.register('tagged', [{}], {
      tags: [
        { key: 'from', value: 'definition' },
        { key: 'a', value: '0' },
      ],
    });
    const tags = [{ key: 'a', value: '1' }];
    const [plain] = await ecs.run(arn, { tags });
    expect(plain!.tags).toEqual(tags);
    const [full] = await ecs.run(arn, { tags, propagateTags: 'TASK_DEFINITION' });
    const describe = async (include?: 'TAGS'[]) =>
      (await send(new DescribeTasksCommand({ tasks: [full!.taskArn!], include }))).tasks![0]!.tags;
    expect(await describe()).toEqual([]);
    expect(await describe(['TAGS'])).toEqual([{ key: 'from', value: 'definition' }, ...tags]);
  });
});

describe('RunTask', () => {
  it('with a token answers with the same tasks, and refuses the token for anything else', async () => {
    const arn = await ecs.register('token');
    const first = await ecs.run(arn, { clientToken: 'once', count: 2 });
    const second = await ecs.run(arn, { clientToken: 'once', count: 2 });
    expect(second.map(({ taskArn }) => taskArn)).toEqual(first.map(({ taskArn }) => taskArn));
    await expect(ecs.run(arn, { clientToken: 'once', count: 3 })).rejects.toMatchObject({
      name: 'ConflictException',
      resourceIds: first.map(({ taskArn }) => taskArn),
    });
  });

  it.each<[string, object, string, string]>([
    ['0 tasks', { count: 0 }, 'InvalidParameterException', ''],
    ['11 tasks', { count: 11 }, 'InvalidParameterException', ''],
    ['an unknown definition', { taskDefinition: 'nobody' }, 'ClientException', 'TaskDefinition not found.'],
    ['an unknown cluster', { cluster: 'nowhere' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['a long startedBy', { startedBy: 's'.repeat(129) }, 'InvalidParameterException', ''],
    [
      'a launch type that is none',
      { launchType: 'MOON' },
      'InvalidParameterException',
      'launch type should be one of [',
    ],
    [
      'a network where there is none to choose',
      network,
      'InvalidParameterException',
      'not valid for the given networkMode',
    ],
    [
      'Fargate in bridge mode',
      { launchType: 'FARGATE' },
      'InvalidParameterException',
      'does not support launch_type FARGATE',
    ],
    [
      'a platform version on EC2',
      { platformVersion: '1.4.0' },
      'InvalidParameterException',
      'platform version must be null',
    ],
    [
      'launch type and strategy',
      { launchType: 'EC2', capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'InvalidParameterException',
      'Specify either Launch Type or Capacity Provider Strategy, but not both.',
    ],
    [
      'an override for nobody',
      { overrides: { containerOverrides: [{ name: 'nobody' }] } },
      'InvalidParameterException',
      'Override for container named nobody is not a container in the TaskDefinition.',
    ],
    [
      'zero memory',
      { overrides: { containerOverrides: [{ name: 'c0', memory: 0 }] } },
      'InvalidParameterException',
      'memory',
    ],
    ['one tag twice', { tags: [{ key: 'a' }, { key: 'a' }] }, 'InvalidParameterException', 'Duplicate'],
  ])('refuses %s', async (_, input, name, message) => {
    const taskDefinition = await ecs.register('refused');
    await expect(send(new RunTaskCommand({ taskDefinition, ...input }))).rejects.toMatchObject(
      exception(name, message),
    );
  });

  it('in awsvpc mode needs subnets', async () => {
    const arn = await ecs.register('subnets', [{}], awsvpc);
    const refusal = (message: string) => exception('InvalidParameterException', message);
    await expect(ecs.run(arn, { launchType: 'FARGATE' })).rejects.toMatchObject(
      refusal("Network Configuration must be provided when networkMode 'awsvpc' is specified."),
    );
    const networkConfiguration = { awsvpcConfiguration: { subnets: [] } };
    await expect(ecs.run(arn, { launchType: 'FARGATE', networkConfiguration })).rejects.toMatchObject(
      refusal('subnets can not be empty.'),
    );
    await expect(
      ecs.run(arn, { launchType: 'FARGATE', platformVersion: '9.9.9', ...network }),
    ).rejects.toMatchObject(exception('PlatformUnknownException'));
    await expect(
      ecs.run(arn, { launchType: 'FARGATE', overrides: { cpu: '256', memory: '4096' }, ...network }),
    ).rejects.toMatchObject(refusal('No Fargate configuration exists'));
  });

  it('shares tasks over capacity providers by base and weight', async () => {
    await send(
      new CreateClusterCommand({
        clusterName: 'providers',
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [
          { capacityProvider: 'FARGATE', base: 1, weight: 1 },
          { capacityProvider: 'FARGATE_SPOT', weight: 3 },
        ],
      }),
    );
    const other = new Ecs(server.url, 'providers');
    const tasks = await other.run(await ecs.register('shared', [{}], awsvpc), { count: 9, ...network });
    const of = (name: string) => tasks.filter((task) => task.capacityProviderName === name).length;
    expect([of('FARGATE'), of('FARGATE_SPOT')]).toEqual([3, 6]);
    expect(tasks.every(({ launchType }) => launchType === 'FARGATE')).toBe(true);
  });

  it('refuses what no engine here can do yet, naming it', async () => {
    const arn = await ecs.register('secrets', [{ secrets: [{ name: 'A', valueFrom: 'b' }] }]);
    await expect(ecs.run(arn)).rejects.toMatchObject(exception('UnsupportedFeatureException', 'secrets'));
    const mounts = await ecs.register(
      'mounts',
      [{ mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] }],
      { volumes: [{ name: 'v', host: { sourcePath: '/etc' } }] },
    );
    await expect(ecs.run(mounts)).rejects.toMatchObject(
      exception('InvalidParameterException', '--host-path /etc'),
    );
  });
});

describe('DescribeTasks, ListTasks and StopTask', () => {
  it('tell what they do not find: as a failure, or as an exception', async () => {
    const { tasks, failures } = await send(new DescribeTasksCommand({ tasks: ['gone'] }));
    expect(tasks).toEqual([]);
    expect(failures).toEqual([
      { arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/gone', reason: 'MISSING' },
    ]);
    await expect(send(new DescribeTasksCommand({ tasks: [] }))).rejects.toMatchObject(
      exception('InvalidParameterException', 'Tasks cannot be empty.'),
    );
    await expect(
      send(new DescribeTasksCommand({ tasks: Array.from({ length: 101 }, String) })),
    ).rejects.toMatchObject(exception('InvalidParameterException'));
    await expect(send(new DescribeTasksCommand({ cluster: 'nowhere', tasks: ['a'] }))).rejects.toMatchObject(
      exception('ClusterNotFoundException'),
    );
    await expect(ecs.stop('gone')).rejects.toMatchObject(
      exception('InvalidParameterException', 'The referenced task was not found.'),
    );
  });

  it('filter and page', async () => {
    await send(new CreateClusterCommand({ clusterName: 'listing' }));
    const here = new Ecs(server.url, 'listing');
    const a = await here.run(await ecs.register('list-a'), { count: 7, startedBy: 'me' });
    const b = await here.run(await ecs.register('list-b', [{}], awsvpc), {
      launchType: 'FARGATE',
      count: 2,
      ...network,
    });
    const arns = (tasks: { taskArn?: string }[]) => tasks.map(({ taskArn }) => taskArn).sort();
    const list = async (input: object) =>
      (await send(new ListTasksCommand({ cluster: 'listing', ...input }))).taskArns!.sort();
    expect(await list({})).toEqual(arns([...a, ...b]));
    expect(await list({ family: 'list-a' })).toEqual(arns(a));
    expect(await list({ startedBy: 'me' })).toEqual(arns(a));
    expect(await list({ launchType: 'FARGATE' })).toEqual(arns(b));
    expect(await list({ containerInstance: a[0]!.containerInstanceArn })).toEqual(arns(a));
    expect(await list({ serviceName: 'none' })).toEqual([]);
    expect(await list({ desiredStatus: 'STOPPED' })).toEqual([]);
    await here.stop(a[0]!.taskArn!);
    expect(await list({ desiredStatus: 'STOPPED' })).toEqual(arns([a[0]!]));
    const seen: string[] = [];
    for await (const page of paginateListTasks({ client: ecs.client, pageSize: 3 }, { cluster: 'listing' })) {
      seen.push(...page.taskArns!);
    }
    expect(seen.sort()).toEqual(arns([...a.slice(1), ...b]));
    const { nextToken } = await send(new ListTasksCommand({ cluster: 'listing', maxResults: 1 }));
    await expect(
      send(new ListTasksCommand({ cluster: 'listing', family: 'list-a', nextToken })),
    ).rejects.toMatchObject(exception('InvalidParameterException', 'Invalid token'));
  });

  it('let the SDK’s waiters through', async () => {
    const [task] = await ecs.run(await ecs.register('waited'));
    const tasks = [task!.taskArn!];
    const waiting = { client: ecs.client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 };
    expect((await waitUntilTasksRunning(waiting, { tasks })).state).toBe('SUCCESS');
    await ecs.stop(tasks[0]!);
    expect((await waitUntilTasksStopped(waiting, { tasks })).state).toBe('SUCCESS');
  });
});

it('StartTask names its instances, and answers for each', async () => {
  const [task] = await ecs.run(await ecs.register('placed'));
  const start = (containerInstances: string[]) =>
    send(new StartTaskCommand({ taskDefinition: 'placed', containerInstances }));
  const { tasks, failures } = await start([task!.containerInstanceArn!, 'unknown']);
  expect(tasks).toMatchObject([
    { containerInstanceArn: task!.containerInstanceArn, lastStatus: 'PROVISIONING' },
  ]);
  expect(failures).toMatchObject([{ reason: 'MISSING' }]);
  await ecs.reaches(tasks![0]!.taskArn!, 'RUNNING');
  await expect(start([])).rejects.toMatchObject(
    exception('InvalidParameterException', 'Container Instances cannot be empty.'),
  );
});
