import { describe, expect, it } from 'vitest';
import type { ContainerDefinition, TaskDefinition, TaskOverride } from './ecs-model.ts';
import { demandOf, taskSpec } from './task-spec.ts';

function spec(
  containers: ContainerDefinition[],
  overrides: TaskOverride = {},
  members: Partial<TaskDefinition> = {},
  launchType = 'EC2',
) {
  return taskSpec({
    taskArn: 'arn:aws:ecs:us-east-1:000000000000:task/default/abc',
    taskId: 'abc',
    clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
    region: 'us-east-1',
    launchType,
    overrides,
    definition: {
      family: 'web',
      revision: 3,
      containerDefinitions: containers.map((container, index) => ({
        name: `c${index}`,
        image: 'i',
        ...container,
      })),
      ...members,
    },
  });
}
const first = (container: ContainerDefinition, overrides?: TaskOverride, members?: Partial<TaskDefinition>) =>
  spec([container], overrides, members).containers[0]!;
const override = (members: object): TaskOverride => ({ containerOverrides: [{ name: 'c0', ...members }] });

describe('overrides', () => {
  it('replace the command, add to the environment and change the sizes', () => {
    const container = first(
      {
        command: ['serve'],
        cpu: 10,
        memory: 128,
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      override({
        command: ['once', 'now'],
        environment: [{ name: 'B', value: '3' }, { name: 'C' }],
        cpu: 20,
        memory: 256,
      }),
    );
    expect(container).toMatchObject({ command: ['once', 'now'], cpuUnits: 20, memoryMiB: 256 });
    expect(container.environment).toMatchObject({ A: '1', B: '3', C: '' });
  });

  it('of the task win over the definition', () => {
    const task = spec([{}], { cpu: '1 vCPU', memory: '2 GB' }, { cpu: '256', memory: '512' });
    expect(task).toMatchObject({ cpuUnits: 1024, memoryMiB: 2048 });
    expect(task.containers[0]!.memoryMiB).toBe(2048);
  });

  it.each([
    [{ containerOverrides: [{ name: 'x' }] }, 'named x is not a container'],
    [override({ memory: 0 }), "Invalid 'memory' override"],
    [override({ memoryReservation: -5 }), "Invalid 'memoryReservation' override"],
    [override({ cpu: -1 }), "Invalid 'cpu' override"],
    [override({ environmentFiles: [{ type: 's3', value: 'x' }] }), 'environmentFiles'],
    [override({ resourceRequirements: [{ type: 'GPU', value: '1' }] }), 'resourceRequirements'],
    [{ memory: '0' }, "Invalid 'memory' setting"],
  ])('are refused: %j', (overrides, message) => expect(() => spec([{}], overrides)).toThrow(message));
});

it('gives what ECS gives: environment, labels, defaults', () => {
  const task = spec([{ dockerLabels: { mine: 'yes', 'com.amazonaws.ecs.container-name': 'forged' } }]);
  expect(task.labels).toMatchObject({
    'com.amazonaws.ecs.task-definition-family': 'web',
    'com.amazonaws.ecs.task-definition-version': '3',
  });
  expect(task.containers[0]).toMatchObject({
    essential: true,
    stopTimeoutSeconds: 30,
    environment: { AWS_EXECUTION_ENV: 'AWS_ECS_EC2' },
    labels: { mine: 'yes', 'com.amazonaws.ecs.container-name': 'c0' },
  });
  expect(spec([{}], {}, {}, 'FARGATE').containers[0]!.environment).toEqual({
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  });
});

it('publishes ports in bridge mode only', () => {
  const mapping = {
    portMappings: [
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 53, protocol: 'udp' as const },
    ],
  };
  expect(spec([mapping]).ports).toEqual([
    { container: 'c0', containerPort: 80, hostPort: 8080, protocol: 'tcp' },
    { container: 'c0', containerPort: 53, hostPort: 0, protocol: 'udp' },
  ]);
  expect(spec([mapping], {}, { networkMode: 'awsvpc' }).ports.map(({ hostPort }) => hostPort)).toEqual([
    undefined,
    undefined,
  ]);
});

it('takes mounts from its own volumes and those of another container', () => {
  const task = spec(
    [
      { mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] },
      { volumesFrom: [{ sourceContainer: 'c0', readOnly: true }] },
    ],
    {},
    { volumes: [{ name: 'v', host: { sourcePath: '/srv' } }] },
  );
  const mount = { volume: 'v', containerPath: '/v', hostPath: '/srv' };
  expect(task.containers.map(({ mounts }) => mounts)).toEqual([
    [{ ...mount, readOnly: false }],
    [{ ...mount, readOnly: true }],
  ]);
});

it('takes each mount once, however often it is inherited', () => {
  const again = (index: number) => Array.from({ length: 100 }, () => ({ sourceContainer: `c${index}` }));
  const chain = Array.from({ length: 9 }, (_, index) => ({ volumesFrom: again(index) }));
  const own = { mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] };
  const task = spec([own, ...chain], {}, { volumes: [{ name: 'v' }] });
  expect(task.containers.map(({ mounts }) => mounts.length)).toEqual(Array(10).fill(1));
});

it('prefers its own mount to an inherited one at the same path', () => {
  const task = spec(
    [
      { mountPoints: [{ sourceVolume: 'a', containerPath: '/v' }] },
      {
        mountPoints: [{ sourceVolume: 'b', containerPath: '/v' }],
        volumesFrom: [{ sourceContainer: 'c0' }],
      },
    ],
    {},
    { volumes: [{ name: 'a' }, { name: 'b' }] },
  );
  expect(task.containers[1]!.mounts.map(({ volume }) => volume)).toEqual(['b']);
});

it('finds a linked container at localhost, by name and alias', () => {
  const container = first({ links: ['db:database'], extraHosts: [{ hostname: 'h', ipAddress: '10.0.0.1' }] });
  expect(container.extraHosts).toEqual([
    { hostname: 'h', ipAddress: '10.0.0.1' },
    { hostname: 'db', ipAddress: '127.0.0.1' },
    { hostname: 'database', ipAddress: '127.0.0.1' },
  ]);
});

it.each([
  [{}, { maxBytes: 10 * 1024 * 1024, maxFiles: 5 }],
  [
    { 'max-size': '1m', 'max-file': '3' },
    { maxBytes: 1024 * 1024, maxFiles: 3 },
  ],
  [{ 'max-size': '500kb' }, { maxBytes: 500 * 1024, maxFiles: 5 }],
  [
    { 'max-size': '0', 'max-file': '1' },
    { maxBytes: 10 * 1024 * 1024, maxFiles: 1 },
  ],
  [
    { 'max-size': 'huge', 'max-file': '-2' },
    { maxBytes: 10 * 1024 * 1024, maxFiles: 5 },
  ],
])('reads log options %j', (options, log) => {
  expect(first({ logConfiguration: { logDriver: 'json-file', options } }).log).toEqual(log);
});

it('asks an instance for what the task has, else for the sum of its containers', () => {
  const containers = [
    { cpu: 100, memory: 200 },
    { cpu: 50, memory: 300, memoryReservation: 64 },
  ];
  expect(demandOf(spec(containers))).toMatchObject({ cpu: 150, memoryMiB: 264 });
  expect(demandOf(spec(containers, {}, { cpu: '256', memory: '512' }))).toMatchObject({
    cpu: 256,
    memoryMiB: 512,
  });
});

it.each([
  ['bridge', [{ hostPort: 8080, protocol: 'tcp' }]],
  [
    'host',
    [
      { hostPort: 80, protocol: 'tcp' },
      { hostPort: 53, protocol: 'udp' },
    ],
  ],
  ['awsvpc', []],
] as const)('takes of an instance in %s mode the ports %j', (networkMode, ports) => {
  const portMappings = [
    { containerPort: 80, hostPort: 8080 },
    { containerPort: 53, hostPort: 0, protocol: 'udp' as const },
  ];
  expect(demandOf(spec([{ portMappings }], {}, { networkMode })).ports).toEqual(ports);
});
