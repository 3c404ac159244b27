/**
 * What belongs to one account does not exist for another: not by name, by ARN, in lists, in logs, in events or in the
 * audit. Prevents what happened in GHSA-m855-r557-5rc5 (the list was filtered, the call by id was not).
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKey } from '../fixtures/keys.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const A = '111111111111';
const B = '222222222222';

let server: TestServer;
const keys: Record<string, string> = {};

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

type Question = [operation: string, ofOther: object, ofNothing: object];

async function call(account: string, operation: string, input: object = {}): Promise<Answer> {
  const answer = await fetch(`${server.url}/v1/${operation}`, {
    method: 'POST',
    headers: { 'x-api-key': keys[account]!, 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(input),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function get(account: string, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${server.url}${path}`, { headers: { 'x-api-key': keys[account]! } });
  return { status: answer.status, text: await answer.text() };
}

const idOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);
const arn = (account: string, rest: string) => `arn:aws:ecs:us-east-1:${account}:${rest}`;
let task: string;
let instance: string;

/** Every operation that takes what only A has must answer B as it answers for what nobody has. */
async function expectAnsweredAlike(questions: readonly Question[], others: string, nothing: string) {
  const plain = (answer: Answer) => JSON.parse(JSON.stringify(answer).replaceAll(nothing, others)) as Answer;
  for (const [operation, ofOther, ofNothing] of questions) {
    const seen = await call(B, operation, ofOther);
    expect({ operation, ...plain(seen) }).toEqual({
      operation,
      ...plain(await call(B, operation, ofNothing)),
    });
    expect(JSON.stringify(seen.body)).not.toContain('example/app');
  }
}

beforeAll(async () => {
  server = await startServer({ flags: ['--auth', 'required', '--rate-limit', '0', '--reset'] });
  for (const account of [A, B]) {
    keys[account] = (await createKey(server.dataDir, '--role', 'admin', '--account', account)).key;
    // An admin of its own account, not of all of them.
    keys[`${account} operator`] = (
      await createKey(server.dataDir, '--role', 'operator', '--scope', 'audit:read', '--account', account)
    ).key;
  }
  for (const account of [A, B]) keys[account] = keys[`${account} operator`]!;
  expect((await call(A, 'CreateCluster', { clusterName: 'private' })).status).toBe(200);
  const definition = {
    family: 'secret-app',
    containerDefinitions: [{ name: 'app', image: 'example/app:1', memory: 64 }],
    tags: [{ key: 'owner', value: 'a' }],
  };
  expect((await call(A, 'RegisterTaskDefinition', definition)).status).toBe(200);
  const run = await call(A, 'RunTask', { cluster: 'private', taskDefinition: 'secret-app' });
  task = (run.body['tasks'] as { taskArn: string }[])[0]!.taskArn;
  expect(task).toContain(A);
  const registered = await call(A, 'RegisterContainerInstance', { cluster: 'private' });
  instance = (registered.body['containerInstance'] as { containerInstanceArn: string }).containerInstanceArn;
  expect(instance).toContain(A);
}, 120_000);
afterAll(() => server?.stop());

it('lists do not show it', async () => {
  expect((await call(B, 'ListClusters')).body['clusterArns']).toEqual([]);
  expect((await call(B, 'ListTaskDefinitions')).body['taskDefinitionArns']).toEqual([]);
  expect((await call(B, 'ListTaskDefinitionFamilies')).body['families']).toEqual([]);
});

it('names and ARNs of it are answered like those of nothing', async () => {
  const cluster = (account: string, name = 'private') => arn(account, `cluster/${name}`);
  const questions: Question[] = [
    ['DescribeClusters', { clusters: [cluster(A)] }, { clusters: [cluster(A, 'nothing')] }],
    ['DeleteCluster', { cluster: cluster(A) }, { cluster: cluster(A, 'nothing') }],
    ['ListTasks', { cluster: cluster(A) }, { cluster: cluster(A, 'nothing') }],
    [
      'DescribeTasks',
      { cluster: cluster(A), tasks: [task] },
      { cluster: cluster(A, 'nothing'), tasks: [task] },
    ],
    ['StopTask', { cluster: cluster(A), task }, { cluster: cluster(A, 'nothing'), task }],
    [
      'DescribeTaskDefinition',
      { taskDefinition: arn(A, 'task-definition/secret-app:1') },
      { taskDefinition: arn(A, 'task-definition/nothing:1') },
    ],
    [
      'DeregisterTaskDefinition',
      { taskDefinition: arn(A, 'task-definition/secret-app:1') },
      { taskDefinition: arn(A, 'task-definition/nothing:1') },
    ],
    [
      'ListTagsForResource',
      { resourceArn: arn(A, 'task-definition/secret-app:1') },
      { resourceArn: arn(A, 'task-definition/nothing:1') },
    ],
    [
      'TagResource',
      { resourceArn: task, tags: [{ key: 'k', value: 'v' }] },
      { resourceArn: `${task}0`, tags: [{ key: 'k', value: 'v' }] },
    ],
    ['ListContainerInstances', { cluster: cluster(A) }, { cluster: cluster(A, 'nothing') }],
  ];
  const inCluster: [operation: string, more: object][] = [
    ['UpdateCluster', { settings: [{ name: 'containerInsights', value: 'disabled' }] }],
    ['UpdateClusterSettings', { settings: [{ name: 'containerInsights', value: 'disabled' }] }],
    ['PutClusterCapacityProviders', { capacityProviders: [], defaultCapacityProviderStrategy: [] }],
    ['RegisterContainerInstance', {}],
    ['RegisterContainerInstance', { containerInstanceArn: instance }],
    ['DeregisterContainerInstance', { containerInstance: instance, force: true }],
    ['DescribeContainerInstances', { containerInstances: [instance] }],
    ['UpdateContainerInstancesState', { containerInstances: [instance], status: 'DRAINING' }],
    ['RunTask', { taskDefinition: 'own-app' }],
    ['StartTask', { taskDefinition: 'own-app', containerInstances: [instance] }],
  ];
  for (const [operation, more] of inCluster) {
    questions.push([
      operation,
      { cluster: cluster(A), ...more },
      { cluster: cluster(A, 'nothing'), ...more },
    ]);
  }
  await expectAnsweredAlike(questions, '/private', '/nothing');
});

it('what is in it is answered like nothing in a cluster of somebody else', async () => {
  await call(B, 'CreateCluster', { clusterName: 'mine' });
  const ownApp = {
    family: 'own-app',
    containerDefinitions: [{ name: 'app', image: 'own/app:1', memory: 64 }],
  };
  expect((await call(B, 'RegisterTaskDefinition', ownApp)).status).toBe(200);
  const before = {
    instances: (
      await call(A, 'DescribeContainerInstances', { cluster: 'private', containerInstances: [instance] })
    ).body,
    tasks: (await call(A, 'ListTasks', { cluster: 'private' })).body,
  };

  const cluster = 'mine';
  const ask = (instanceArn: string, taskArn: string): [operation: string, input: object][] => [
    ['RegisterContainerInstance', { cluster, containerInstanceArn: instanceArn }],
    ['DescribeContainerInstances', { cluster, containerInstances: [instanceArn] }],
    ['UpdateContainerInstancesState', { cluster, containerInstances: [instanceArn], status: 'DRAINING' }],
    ['StartTask', { cluster, taskDefinition: 'own-app', containerInstances: [instanceArn] }],
    ['ListTasks', { cluster, containerInstance: instanceArn }],
    ['DeregisterContainerInstance', { cluster, containerInstance: instanceArn }],
    ['DeregisterContainerInstance', { cluster, containerInstance: instanceArn, force: true }],
    ['DeregisterContainerInstance', { cluster, containerInstance: idOf(instanceArn), force: true }],
    ['DescribeTasks', { cluster, tasks: [taskArn] }],
    ['StopTask', { cluster, task: taskArn }],
    ['StopTask', { cluster, task: idOf(taskArn) }],
    ['ListTagsForResource', { resourceArn: instanceArn }],
    ['TagResource', { resourceArn: instanceArn, tags: [{ key: 'k', value: 'v' }] }],
    ['UntagResource', { resourceArn: taskArn, tagKeys: ['k'] }],
  ];
  const none = '0'.repeat(32);
  const ofNothing = ask(instance.replace(idOf(instance), none), task.replace(idOf(task), none));
  for (const [index, [operation, ofOther]] of ask(instance, task).entries()) {
    const shown = JSON.stringify(ofOther).includes(idOf(task)) ? task : instance;
    await expectAnsweredAlike([[operation, ofOther, ofNothing[index]![1]]], idOf(shown), none);
  }
  const secret = arn(A, 'task-definition/secret-app:1');
  const nothing = arn(A, 'task-definition/nothing-app:1');
  await expectAnsweredAlike(
    [
      ['DeleteTaskDefinitions', { taskDefinitions: [secret] }, { taskDefinitions: [nothing] }],
      ['ListTaskDefinitions', { familyPrefix: 'secret-app' }, { familyPrefix: 'nothing-app' }],
      [
        'UntagResource',
        { resourceArn: secret, tagKeys: ['owner'] },
        { resourceArn: nothing, tagKeys: ['owner'] },
      ],
    ],
    'secret-app',
    'nothing-app',
  );

  const describe = { cluster: 'private', containerInstances: [instance] };
  expect((await call(A, 'DescribeContainerInstances', describe)).body).toEqual(before.instances);
  expect((await call(A, 'ListTasks', { cluster: 'private' })).body).toEqual(before.tasks);
});

it('a task cannot be run from it', async () => {
  await call(B, 'CreateCluster', { clusterName: 'mine' });
  const taskDefinition = arn(A, 'task-definition/secret-app:1');
  expect((await call(B, 'RunTask', { cluster: 'mine', taskDefinition })).status).toBe(400);
  expect((await call(A, 'ListTasks', { cluster: 'private' })).body['taskArns']).toEqual([task]);
});

it('its logs are not there', async () => {
  for (const name of [idOf(task), encodeURIComponent(task)]) {
    const path = `/api/tasks/${name}/containers/app/logs`;
    expect((await get(B, path)).status).toBe(404);
    expect((await get(A, path)).status).toBe(200);
  }
});

it('the audit shows each account its own calls', async () => {
  const seen = await get(B, '/audit');
  expect(seen.status).toBe(200);
  const { entries } = JSON.parse(seen.text) as { entries: { account: string }[] };
  expect(entries.length).toBeGreaterThan(5);
  expect(new Set(entries.map(({ account }) => account))).toEqual(new Set([B]));
});

it("the server's own metrics are not for another account", async () => {
  const answer = await fetch(`${server.url}/metrics`, {
    headers: { 'x-api-key': keys[B]!, 'x-forwarded-for': '10.0.0.1' },
  });
  expect(answer.status).toBe(403);
});

it('empties the server for nobody of another account, whatever else they may', async () => {
  const reset = (key: string) =>
    fetch(`${server.url}/_longshore/reset`, { method: 'POST', headers: { 'x-api-key': key } });
  const { key } = await createKey(server.dataDir, '--scope', 'admin:reset', '--account', B);
  expect((await reset(key)).status).toBe(403);
  expect((await reset(keys[`${A} operator`]!)).status).toBe(403);
});
