import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  DeleteClusterCommand,
  ECSClient,
  ResourceNotFoundException,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { DescribeTasksCommand, paginateListClusters } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { createLog } from '../../telemetry/log.ts';
import { createServer } from '../server.ts';
import type { Handlers } from './operation.ts';
import { nothingToCheck } from '../../../test/fixtures/health.ts';
import { openDoor } from '../../../test/fixtures/door.ts';

const run = promisify(execFile);
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const createdAt = new Date('2030-01-31T12:00:00.250Z');

const handlers: Handlers<null> = {
  ListClusters: async (_, { nextToken }) =>
    nextToken === undefined ? { clusterArns: ['a', 'b'], nextToken: 'more' } : { clusterArns: ['c'] },
  DescribeTasks: async ({ scope }, { tasks }) => ({
    tasks: tasks.map((taskArn) => ({ taskArn, createdAt: createdAt.getTime() / 1000, group: scope.region })),
    failures: [{ arn: 'x', reason: 'MISSING' }],
  }),
  DeleteCluster: async () => {
    throw new AppError('ResourceNotFound', 'No such cluster: ünknown.');
  },
};

const server = createServer<null>({
  ecs: { core: null, handlers, region: 'us-east-1' },
  door: openDoor,
  version: '0.0.0',
  log: createLog('silent'),
  health: nothingToCheck,
  logs: async () => Promise.reject(new Error('unused')),
});
let endpoint = '';
beforeAll(async () => {
  [endpoint = ''] = await server.listen([{ host: '127.0.0.1', port: 0 }]);
});
afterAll(() => server.close());

describe('@aws-sdk/client-ecs', () => {
  let client: ECSClient;
  beforeAll(() => {
    client = new ECSClient({ endpoint, region: 'eu-west-3', credentials, maxAttempts: 1 });
  });
  afterAll(() => client.destroy());

  test('reads answers, times and the region it signed for', async () => {
    const { tasks, failures, $metadata } = await client.send(new DescribeTasksCommand({ tasks: ['t'] }));
    expect(tasks).toEqual([{ taskArn: 't', createdAt, group: 'eu-west-3' }]);
    expect(failures).toEqual([{ arn: 'x', reason: 'MISSING' }]);
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('pages through a list', async () => {
    const pages: unknown[] = [];
    for await (const page of paginateListClusters({ client }, {})) pages.push(page.clusterArns);
    expect(pages).toEqual([['a', 'b'], ['c']]);
  });

  test('recognises an exception', async () => {
    const failing = client.send(new DeleteClusterCommand({ cluster: 'x' }));
    await expect(failing).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(failing).rejects.toThrow('No such cluster: ünknown.');
  });

  test('is told what is not built, at once', async () => {
    const failing = client.send(new RunTaskCommand({ taskDefinition: 't' }));
    await expect(failing).rejects.toMatchObject({
      name: 'NotImplementedException',
      $metadata: { httpStatusCode: 501, attempts: 1 },
    });
  });
});

describe('the aws command line', () => {
  const aws = (...argv: string[]) =>
    run('aws', ['--endpoint-url', endpoint, '--output', 'json', 'ecs', ...argv], {
      env: {
        PATH: process.env.PATH,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_DEFAULT_REGION: 'eu-west-3',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });

  test('reads answers and pages', async () => {
    const { stdout } = await aws('describe-tasks', '--tasks', 't');
    expect(JSON.parse(stdout)).toMatchObject({ tasks: [{ taskArn: 't', group: 'eu-west-3' }] });
    expect(JSON.parse((await aws('list-clusters')).stdout)).toEqual({ clusterArns: ['a', 'b', 'c'] });
  });

  test('prints the exception', async () => {
    await expect(aws('delete-cluster', '--cluster', 'x')).rejects.toThrow(
      /ResourceNotFoundException\) when calling the DeleteCluster operation: No such cluster/,
    );
  });
});
