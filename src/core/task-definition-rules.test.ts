import { describe, expect, it } from 'vitest';
import type { ContainerDefinition, RegisterTaskDefinitionInput } from './ecs-model.ts';
import { AppError } from './errors.ts';
import { checkCompatibility, checkRegistration, startOrder } from './task-definition-rules.ts';

const app: ContainerDefinition = { name: 'app', image: 'example/app:1', memory: 128 };
const of = (containers: ContainerDefinition[], members: Partial<RegisterTaskDefinitionInput> = {}) => ({
  family: 'web',
  containerDefinitions: containers,
  ...members,
});
const one = (container: ContainerDefinition, members: Partial<RegisterTaskDefinitionInput> = {}) =>
  of([{ ...app, ...container }], members);
const two = (a: ContainerDefinition, b: ContainerDefinition) =>
  of([
    { ...app, ...a },
    { ...app, name: 'b', ...b },
  ]);
const ports = (...hostPorts: number[]) => ({
  portMappings: hostPorts.map((hostPort) => ({ containerPort: 80, hostPort })),
});
const mountOf = (sourceVolume: string, containerPath = '/data') => ({
  mountPoints: [{ sourceVolume, containerPath }],
});
const needs = (containerName: string, condition: 'START' | 'HEALTHY' | 'SUCCESS' | 'COMPLETE' = 'START') => ({
  dependsOn: [{ containerName, condition }],
});
const long = 'n'.repeat(3072);

it.each<[string, RegisterTaskDefinitionInput]>([
  ['a plain container', one({})],
  ['memory of the task only', one({ memory: undefined }, { memory: '512' })],
  ['a reservation only', one({ memory: undefined, memoryReservation: 64 })],
  [
    'one port for TCP and UDP',
    one({
      portMappings: [
        { containerPort: 53, hostPort: 53 },
        { containerPort: 53, hostPort: 53, protocol: 'udp' },
      ],
    }),
  ],
  ['two ports chosen by the engine', one(ports(0, 0))],
  ['a link', two({ links: ['b:database'] }, {})],
  ['a name of 255 characters', one({ name: 'n'.repeat(255) })],
  [
    'HEALTHY on a container with a check',
    two(needs('b', 'HEALTHY'), { healthCheck: { command: ['CMD', 'true'] } }),
  ],
  ['SUCCESS on one that is not essential', two(needs('b', 'SUCCESS'), { essential: false })],
])('takes %s', (_, input) => expect(() => checkRegistration(input)).not.toThrow());

it.each<[string, RegisterTaskDefinitionInput, string]>([
  ['no family', { containerDefinitions: [app] } as never, 'Family contains invalid characters'],
  ['a family of 3 KB', { ...one({}), family: long }, 'Family contains invalid characters'],
  ['no containers', of([]), 'Container list cannot be empty.'],
  [
    '11 containers',
    of(Array.from({ length: 11 }, (_, index) => ({ ...app, name: `c${index}` }))),
    'at most 10 containers',
  ],
  ['no name', one({ name: undefined }), 'Container.name should not be null or empty.'],
  ['a name of 3 KB', one({ name: long }), 'Invalid container name'],
  ['a name with a slash', one({ name: '../etc' }), 'Invalid container name'],
  ['one name twice', of([app, app]), "'app' is used more than once"],
  ['no image', one({ image: '' }), 'Container.image should not be null or empty.'],
  ['an image with a space', one({ image: 'a b' }), 'Invalid image'],
  ['an image of 3 KB', one({ image: long }), 'Invalid image'],
  [
    'no memory at all',
    one({ memory: undefined }),
    "At least one of 'memory' or 'memoryReservation' must be specified.",
  ],
  ['zero memory', one({ memory: 0 }), "Invalid 'memory' setting for container 'app'"],
  ['negative memory', one({ memory: -1 }), "Invalid 'memory' setting"],
  ['zero reservation', one({ memoryReservation: 0 }), "Invalid 'memoryReservation' setting"],
  [
    'more reserved than allowed',
    one({ memoryReservation: 256 }),
    "'memory' must be greater than 'memoryReservation'",
  ],
  ['negative cpu', one({ cpu: -1 }), "Invalid 'cpu' setting"],
  ['more cpu than the task has', one({ cpu: 512 }, { cpu: '256' }), 'more than the task'],
  ['more memory than the task has', one({ memory: 1024 }, { memory: '512' }), 'more than the task'],
  ['port 0', one({ portMappings: [{ containerPort: 0 }] }), "Invalid 'containerPort' setting"],
  ['port 65536', one(ports(65536)), "Invalid 'hostPort' setting"],
  ['no container port', one({ portMappings: [{ hostPort: 80 }] }), "Invalid 'containerPort' setting"],
  ['one host port twice', one(ports(8080, 8080)), 'both use host port 8080'],
  ['two containers on one port', two(ports(8080), ports(8080)), "'app' and 'b' both use host port 8080"],
  ['other host than container port in awsvpc', one(ports(8080), { networkMode: 'awsvpc' }), 'must match'],
  ['ports without a network', one(ports(0), { networkMode: 'none' }), 'networkMode=none'],
  ['an unknown volume', one(mountOf('v')), "Unknown volume 'v'"],
  ['a relative container path', one(mountOf('v', 'data'), { volumes: [{ name: 'v' }] }), 'must be absolute'],
  ['one volume twice', one({}, { volumes: [{ name: 'v' }, { name: 'v' }] }), 'more than once'],
  [
    'a relative host path',
    one({}, { volumes: [{ name: 'v', host: { sourcePath: 'etc' } }] }),
    'must be absolute',
  ],
  ['volumes from nobody', one({ volumesFrom: [{ sourceContainer: 'x' }] }), 'unknown container'],
  ['a negative stop timeout', one({ stopTimeout: -1 }), "Invalid 'stopTimeout'"],
  ['nothing essential', one({ essential: false }), 'at least one essential container'],
  ['a dependency on nobody', one(needs('x')), 'depends on unknown container'],
  ['a dependency on itself', one(needs('app')), 'in a circle: app -> app'],
  ['a circle of two', two(needs('b'), needs('app')), 'in a circle'],
  ['a circle over a link', two(needs('b'), { links: ['app'] }), 'in a circle'],
  ['SUCCESS of an essential one', two(needs('b', 'SUCCESS'), {}), 'essential container'],
  ['HEALTHY without a check', two(needs('b', 'HEALTHY'), {}), 'needs a healthCheck'],
  ['a link to nobody', one({ links: ['x:y'] }), "Invalid link 'x:y'"],
  [
    'a link in awsvpc',
    of(
      [
        { ...app, links: ['b'] },
        { ...app, name: 'b' },
      ],
      { networkMode: 'awsvpc' },
    ),
    'not supported when networkMode=awsvpc',
  ],
  [
    'distinctInstance',
    one({}, { placementConstraints: [{ type: 'distinctInstance' as never }] }),
    "constraint.type 'distinctInstance' is not supported.",
  ],
  [
    'an unreadable constraint',
    one({}, { placementConstraints: [{ type: 'memberOf', expression: '((' }] }),
    'Invalid expression',
  ],
])('refuses %s', (_, input, message) => {
  let thrown: unknown;
  try {
    checkRegistration(input);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(AppError);
  expect((thrown as AppError).message).toContain(message);
  expect(['Client', 'InvalidParameter']).toContain((thrown as AppError).code);
  // What a client sent is never repeated at length.
  expect((thrown as AppError).message.length).toBeLessThan(400);
});

it('asks Fargate only where the definition says so', () => {
  const bridge = { networkMode: 'bridge' as const, containerDefinitions: [app] };
  expect(() => checkCompatibility({ ...bridge, requiresCompatibilities: ['EC2'] })).not.toThrow();
  expect(() => checkCompatibility({ ...bridge, requiresCompatibilities: ['FARGATE'] })).toThrow('awsvpc');
});

describe('the order of starts', () => {
  it('follows dependencies and otherwise the definition', () => {
    const containers: ContainerDefinition[] = [
      { name: 'web', ...needs('db') },
      { name: 'log' },
      { name: 'db', volumesFrom: [{ sourceContainer: 'data' }] },
      { name: 'data' },
    ];
    expect(startOrder(containers).map(({ name }) => name)).toEqual(['data', 'db', 'web', 'log']);
  });
});
