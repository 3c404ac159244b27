import { expect, test } from 'vitest';
import { loadSpec } from './spec.ts';
import type { OperationName, Output } from './operation.ts';

const spec = loadSpec();

function written<N extends OperationName>(operation: N, output: Output<N>, nullToken = false): string {
  return spec.operation(operation)?.serialise(output as object, nullToken) ?? '';
}

test('keeps only what the model knows, at every depth', () => {
  const task = { taskArn: 'a', spec: 'internal', containers: [{ name: 'c', secret: 1 }] };
  const output = { tasks: [task], failures: [], internal: true };
  expect(written('DescribeTasks', output)).toBe(
    '{"tasks":[{"containers":[{"name":"c"}],"taskArn":"a"}],"failures":[]}',
  );
});

test('leaves out what is undefined or null, and keeps what is empty', () => {
  const cluster = { clusterName: '', runningTasksCount: 0, status: undefined, settings: [] };
  expect(written('CreateCluster', { cluster })).toBe(
    '{"cluster":{"clusterName":"","runningTasksCount":0,"settings":[]}}',
  );
  expect(written('CreateCluster', { cluster: undefined })).toBe('{}');
});

test('an exhausted list has no token, or says null where asked to', () => {
  expect(written('ListClusters', { clusterArns: ['a'] })).toBe('{"clusterArns":["a"]}');
  expect(written('ListClusters', { clusterArns: ['a'] }, true)).toBe(
    '{"clusterArns":["a"],"nextToken":null}',
  );
  expect(written('ListClusters', { clusterArns: [], nextToken: 'n' }, true)).toBe(
    '{"clusterArns":[],"nextToken":"n"}',
  );
  expect(written('ListClusters', {}, true)).toBe('{"nextToken":null}');
  expect(written('DescribeClusters', { clusters: [] }, true)).toBe('{"clusters":[]}');
});

test('timestamps have milliseconds and no more', () => {
  const tasks = [{ createdAt: 1763700000.1234567, startedAt: 1763700000 }];
  expect(written('DescribeTasks', { tasks })).toBe(
    '{"tasks":[{"createdAt":1763700000.123,"startedAt":1763700000}]}',
  );
});

test('maps keep every key', () => {
  const labels = JSON.parse('{"__proto__":"a","b":"\\"\\u2028"}') as Record<string, string>;
  const json = written('DescribeTaskDefinition', {
    taskDefinition: { containerDefinitions: [{ dockerLabels: labels }] },
  });
  expect(json).toContain('{"__proto__":"a","b":"\\"\u2028"}');
});

test('the JSON of a resource is made once, and anew for a new object', () => {
  let reads = 0;
  const task = {
    taskArn: 'a',
    get group() {
      reads++;
      return 'g';
    },
  };
  const first = written('DescribeTasks', { tasks: [task, task] });
  expect(written('DescribeTasks', { tasks: [task, task] })).toBe(first);
  expect(reads).toBe(1);
  expect(written('DescribeTasks', { tasks: [{ ...task, group: 'h' }] })).toContain('"group":"h"');
});

test('one object that stands for two structures is written as each', () => {
  const both = { taskArn: 't', arn: 'x', reason: 'MISSING' };
  expect(written('DescribeTasks', { tasks: [both], failures: [both] })).toBe(
    '{"tasks":[{"taskArn":"t"}],"failures":[{"arn":"x","reason":"MISSING"}]}',
  );
});
