/** The clients that people have: the AWS command line, boto3, and plain HTTP as the documentation shows it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handlers } from '../../src/api/ecs/operations/table.ts';
import { Ecs } from '../fixtures/ecs.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const run = promisify(execFile);
const env = {
  ...process.env,
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_PAGER: '',
  AWS_EC2_METADATA_DISABLED: 'true',
};
let server: TestServer;
let ecs: Ecs;

beforeAll(async () => {
  server = await startServer();
  ecs = new Ecs(server.url);
});
afterAll(() => server?.stop());

async function aws(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run('aws', ['--endpoint-url', server.url, '--output', 'json', 'ecs', ...args], {
    env,
  });
  return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
}

const container = JSON.stringify([{ name: 'app', image: 'example/app:1', memory: 64 }]);

it('the AWS command line registers, runs, waits and stops', async () => {
  await aws('create-cluster', '--cluster-name', 'cli');
  expect((await aws('list-clusters')).clusterArns).toContain(
    'arn:aws:ecs:us-east-1:000000000000:cluster/cli',
  );
  await aws('register-task-definition', '--family', 'cli', '--container-definitions', container);
  const started = (await aws('run-task', '--cluster', 'cli', '--task-definition', 'cli')) as {
    tasks: { taskArn: string }[];
  };
  const { taskArn } = started.tasks[0]!;
  await aws('wait', 'tasks-running', '--cluster', 'cli', '--tasks', taskArn);
  await aws('stop-task', '--cluster', 'cli', '--task', taskArn, '--reason', 'done');
  await aws('wait', 'tasks-stopped', '--cluster', 'cli', '--tasks', taskArn);
  expect(await aws('describe-tasks', '--cluster', 'cli', '--tasks', taskArn)).toMatchObject({
    tasks: [{ lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'done' }],
  });
  await aws('delete-cluster', '--cluster', 'cli');
});

it('the AWS command line shows an exception by its name', async () => {
  const failing = aws('describe-tasks', '--cluster', 'nowhere', '--tasks', 'a');
  await expect(failing).rejects.toMatchObject({
    stderr: expect.stringContaining(
      '(ClusterNotFoundException) when calling the DescribeTasks operation',
    ) as string,
  });
});

it('boto3 does the same, with its paginators, waiters and exceptions', async () => {
  const program = `
import boto3, json, sys
ecs = boto3.client('ecs', endpoint_url=sys.argv[1])
ecs.create_cluster(clusterName='boto')
ecs.register_task_definition(family='boto', containerDefinitions=[{'name': 'app', 'image': 'a', 'memory': 64}])
tasks = [t['taskArn'] for t in ecs.run_task(cluster='boto', taskDefinition='boto', count=5)['tasks']]
ecs.get_waiter('tasks_running').wait(cluster='boto', tasks=tasks, WaiterConfig={'Delay': 1, 'MaxAttempts': 20})
pages = ecs.get_paginator('list_tasks').paginate(cluster='boto', PaginationConfig={'PageSize': 2})
listed = [arn for page in pages for arn in page['taskArns']]
for task in tasks:
    ecs.stop_task(cluster='boto', task=task)
ecs.get_waiter('tasks_stopped').wait(cluster='boto', tasks=tasks, WaiterConfig={'Delay': 1, 'MaxAttempts': 20})
stopped = ecs.describe_tasks(cluster='boto', tasks=tasks)['tasks']
try:
    ecs.list_tasks(cluster='nowhere')
except ecs.exceptions.ClusterNotFoundException as error:
    message = error.response['Error']['Message']
print(json.dumps({
    'listed': sorted(listed) == sorted(tasks),
    'codes': [t['containers'][0]['exitCode'] for t in stopped],
    'time': stopped[0]['stoppedAt'].isoformat() > '2020',
    'message': message,
}))`;
  const { stdout } = await run('python3', ['-c', program, server.url], { env });
  expect(JSON.parse(stdout)).toEqual({
    listed: true,
    codes: [143, 143, 143, 143, 143],
    time: true,
    message: 'Cluster not found.',
  });
});

describe('plain HTTP', () => {
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const target = (action: string) => ({ 'x-amz-target': `AmazonEC2ContainerServiceV20141113.${action}` });

  it('by path says that a list is exhausted, by target leaves the token out', async () => {
    await post('/v1/CreateCluster', { clusterName: 'http' });
    const byPath = await post('/v1/ListClusters', {});
    expect(byPath.status).toBe(200);
    expect(byPath.body.nextToken).toBeNull();
    expect(byPath.body.clusterArns).toContain('arn:aws:ecs:us-east-1:000000000000:cluster/http');
    expect((await post('/', {}, target('ListClusters'))).body).not.toHaveProperty('nextToken');
    const { body } = await post('/v1/ListClusters', { maxResults: 1 });
    const all = (byPath.body.clusterArns as string[]).length;
    if (all > 1) expect(typeof body.nextToken).toBe('string');
  });

  it('sends times as epoch seconds with milliseconds', async () => {
    await ecs.register('times');
    const { body } = await post('/v1/DescribeTaskDefinition', { taskDefinition: 'times' });
    const { registeredAt } = body.taskDefinition as { registeredAt: number };
    expect(Math.abs(registeredAt - Date.now() / 1000)).toBeLessThan(60);
  });

  it('answers with the exception’s name and status', async () => {
    expect(await post('/v1/DescribeTasks', { cluster: 'nowhere', tasks: ['a'] })).toEqual({
      status: 400,
      body: { __type: 'ClusterNotFoundException', message: 'Cluster not found.' },
    });
  });

  it('answers 501 for an operation that is not built, and 400 for one there is not', async () => {
    const notBuilt = await post('/v1/CreateService', {});
    expect(notBuilt).toMatchObject({ status: 501, body: { __type: 'NotImplementedException' } });
    expect(notBuilt.body.message).toContain('CreateService');
    expect(await post('/v1/MakeCoffee', {})).toMatchObject({
      status: 400,
      body: { __type: 'UnknownOperationException' },
    });
  });

  it('refuses bad JSON, wrong types and what is too deep, and goes on', async () => {
    const raw = async (body: string) => {
      const response = await fetch(`${server.url}/v1/RegisterTaskDefinition`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      return { status: response.status, type: ((await response.json()) as { __type: string }).__type };
    };
    expect(await raw('{')).toEqual({ status: 400, type: 'SerializationException' });
    expect(await raw('{"family":5}')).toEqual({ status: 400, type: 'SerializationException' });
    expect(await raw(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toEqual({
      status: 400,
      type: 'SerializationException',
    });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});

it('the reference lists exactly the operations that are built', async () => {
  const text = await readFile(new URL('../../docs/reference/ecs-operations.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| ([A-Z][A-Za-z]+) +\|/gm)].map(([, name]) => name!);
  expect(listed.filter((name) => name !== 'Operation').sort()).toEqual(Object.keys(handlers).sort());
});
