import { describe, expect, test } from 'vitest';
import { EcsError } from './errors.ts';
import { loadSpec } from './spec.ts';
import type { OperationName } from './operation.ts';

const spec = loadSpec();

function validated(operation: OperationName, body: unknown): unknown {
  return spec.operation(operation)?.validate(body);
}

function refusal(operation: OperationName, body: unknown): [type: string, message: string, status: number] {
  try {
    validated(operation, body);
  } catch (error) {
    if (error instanceof EcsError) return [error.type, error.message, error.status];
    throw error;
  }
  throw new Error('the body was accepted');
}

const task = (container: object) => ({
  family: 'f',
  containerDefinitions: [{ name: 'c', image: 'i', ...container }],
});

test('keeps what the model knows and leaves out nulls and strangers', () => {
  const body = { cluster: 'c', tasks: ['t'], include: null, stranger: { deep: [1] } };
  expect(validated('DescribeTasks', body)).toEqual({ cluster: 'c', tasks: ['t'] });
  expect(validated('ListClusters', {})).toEqual({});
});

describe('a wrong JSON type is a SerializationException', () => {
  test.each<[OperationName, unknown, string]>([
    ['ListClusters', [], 'START_ARRAY can not be converted to a structure'],
    ['ListClusters', null, 'NULL_VALUE can not be converted to a structure'],
    ['ListClusters', 'text', 'STRING_VALUE can not be converted to a structure'],
    ['ListClusters', { maxResults: '5' }, 'STRING_VALUE can not be converted to an Integer (at maxResults)'],
    ['ListClusters', { maxResults: 1.5 }, '1.5 is not a whole number (at maxResults)'],
    [
      'ListClusters',
      { maxResults: 2 ** 31 },
      '2147483648 is out of the range of type Integer (at maxResults)',
    ],
    [
      'ListClusters',
      { maxResults: Infinity },
      'The number is out of the range of type Integer (at maxResults)',
    ],
    ['DescribeTasks', { tasks: 'one' }, 'Expected a list, not STRING_VALUE (at tasks)'],
    ['DescribeTasks', { tasks: { 0: 'x' } }, 'Expected a list, not START_OBJECT (at tasks)'],
    ['DescribeTasks', { tasks: ['a', 7] }, 'NUMBER_VALUE can not be converted to a String (at tasks[1])'],
    [
      'RegisterTaskDefinition',
      task({ cpu: {} }),
      'START_OBJECT can not be converted to an Integer (at containerDefinitions[0].cpu)',
    ],
    [
      'RegisterTaskDefinition',
      task({ essential: 'true' }),
      'STRING_VALUE can not be converted to a Boolean (at containerDefinitions[0].essential)',
    ],
    [
      'RegisterTaskDefinition',
      task({ dockerLabels: [] }),
      'START_ARRAY can not be converted to a map (at containerDefinitions[0].dockerLabels)',
    ],
    [
      'RegisterTaskDefinition',
      task({ dockerLabels: { a: 1 } }),
      'NUMBER_VALUE can not be converted to a String (at containerDefinitions[0].dockerLabels.a)',
    ],
    [
      'RunTask',
      { taskDefinition: 't', launchType: true },
      'TRUE_VALUE can not be converted to a String (at launchType)',
    ],
    [
      'SubmitTaskStateChange',
      { pullStartedAt: 'soon' },
      'STRING_VALUE can not be converted to a Timestamp (at pullStartedAt)',
    ],
    [
      'SubmitTaskStateChange',
      { pullStartedAt: 1e300 },
      'NUMBER_VALUE can not be converted to a Timestamp (at pullStartedAt)',
    ],
  ])('%s %j', (operation, body, message) => {
    expect(refusal(operation, body)).toEqual(['SerializationException', message, 400]);
  });
});

describe('a value that breaks a rule is told with its name and the rule', () => {
  test.each<[OperationName, unknown, string]>([
    ['DeleteCluster', {}, 'Invalid parameter: cluster is required and must not be null.'],
    ['DeleteCluster', { cluster: null }, 'Invalid parameter: cluster is required and must not be null.'],
    ['DescribeTasks', {}, 'Tasks cannot be empty.'],
    ['DescribeContainerInstances', {}, 'Container Instances cannot be empty.'],
    [
      'RunTask',
      { taskDefinition: 't', launchType: 'CLOUD' },
      'launch type should be one of [EC2,EXTERNAL,FARGATE,MANAGED_INSTANCES]',
    ],
    [
      'UpdateContainerInstancesState',
      { containerInstances: ['c'], status: 'INACTIVE' },
      'Container instance status should be one of [ACTIVE, DRAINING]',
    ],
    [
      'DescribeTasks',
      { tasks: ['t'], include: ['TAGS', 'tags'] },
      "Invalid parameter: include[1] 'tags' should be one of [TAGS].",
    ],
    [
      'RegisterTaskDefinition',
      task({ portMappings: [{ protocol: 'sctp' }] }),
      "Invalid parameter: containerDefinitions[0].portMappings[0].protocol 'sctp' should be one of [tcp,udp].",
    ],
    [
      'RegisterTaskDefinition',
      task({ logConfiguration: {} }),
      'Invalid parameter: containerDefinitions[0].logConfiguration.logDriver is required and must not be null.',
    ],
    [
      'RegisterTaskDefinition',
      { family: 'f', containerDefinitions: [null] },
      'Invalid parameter: containerDefinitions[0] must not be null.',
    ],
    [
      'RegisterTaskDefinition',
      task({ dockerLabels: { a: null } }),
      'Invalid parameter: containerDefinitions[0].dockerLabels.a must not be null.',
    ],
    [
      'TagResource',
      { resourceArn: 'a', tags: [{ key: '' }] },
      'Invalid parameter: tags[0].key must have between 1 and 128 characters, not 0.',
    ],
    [
      'TagResource',
      { resourceArn: 'a', tags: [{ key: 'k', value: 'v'.repeat(257) }] },
      'Invalid parameter: tags[0].value must have at most 256 characters, not 257.',
    ],
    [
      'UntagResource',
      { resourceArn: 'a', tagKeys: ['ok', '<'] },
      "Invalid parameter: tagKeys[1] '<' must match the pattern ([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*).",
    ],
    [
      'TagResource',
      { resourceArn: 'a', tags: Array.from({ length: 51 }, () => ({})) },
      'Invalid parameter: tags must have at most 50 elements, not 51.',
    ],
    [
      'RunTask',
      { taskDefinition: 't', capacityProviderStrategy: [{ capacityProvider: 'p', weight: 1001 }] },
      'Invalid parameter: capacityProviderStrategy[0].weight must be between 0 and 1000, not 1001.',
    ],
  ])('%s %j', (operation, body, message) => {
    expect(refusal(operation, body)).toEqual(['InvalidParameterException', message, 400]);
  });

  test('with the exception that AWS uses for it', () => {
    expect(refusal('RegisterTaskDefinition', { family: 'f' })).toEqual([
      'ClientException',
      'Container list cannot be empty.',
      400,
    ]);
  });

  test('and repeats only the beginning of a long value', () => {
    const [, message] = refusal('RunTask', { taskDefinition: 't', propagateTags: 'x'.repeat(5000) });
    expect(message.length).toBeLessThan(250);
    expect(message).toContain('propagateTags');
  });
});

test('the place of a fault is right after an earlier fault', () => {
  refusal('RegisterTaskDefinition', task({ cpu: 'x' }));
  expect(refusal('ListClusters', { maxResults: 'x' })[1]).toContain('(at maxResults)');
});

test('timestamps come as epoch seconds or ISO 8601', () => {
  expect(
    validated('SubmitTaskStateChange', {
      pullStartedAt: 1763700000.25,
      pullStoppedAt: '2025-11-21T04:40:00.250Z',
    }),
  ).toEqual({
    pullStartedAt: 1763700000.25,
    pullStoppedAt: 1763700000.25,
  });
});

test('numbers may be as large as their type', () => {
  const resources = [
    { name: 'x', type: 'LONG', longValue: 2 ** 40, doubleValue: 0.5, integerValue: 2 ** 31 - 1 },
  ];
  expect(validated('RegisterContainerInstance', { totalResources: resources })).toEqual({
    totalResources: resources,
  });
});

test('__proto__ is a name like any other', () => {
  const labels = JSON.parse('{"__proto__": "a", "constructor": "b"}') as object;
  const body = JSON.parse(
    '{"family":"f","containerDefinitions":[],"__proto__":{"cpu":"256","tags":7}}',
  ) as object;
  expect(validated('RegisterTaskDefinition', body)).toEqual({ family: 'f', containerDefinitions: [] });
  const copy = validated('RegisterTaskDefinition', task({ dockerLabels: labels })) as {
    containerDefinitions: [{ dockerLabels: object }];
  };
  expect(Object.entries(copy.containerDefinitions[0].dockerLabels)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
  expect(({} as { cpu?: unknown }).cpu).toBeUndefined();
});
