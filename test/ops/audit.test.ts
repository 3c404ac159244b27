/** The audit log of a server as it runs: what is in it, what is not, and that a kill takes nothing away. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLongshoreClient, type LongshoreClient } from '../../clients/typescript/src/index.ts';
import { program } from '../fixtures/program.ts';
import { Ecs } from '../fixtures/ecs.ts';
import { createKey } from '../fixtures/keys.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const run = promisify(execFile);

async function entries(
  client: LongshoreClient,
  query: { subject?: string; result?: 'denied'; operation?: string } = {},
) {
  const { data, error } = await client.GET('/audit', { params: { query: { ...query, limit: 1000 } } });
  if (error) throw new Error(JSON.stringify(error));
  return data.entries;
}

const ecsCall = (url: string, operation: string, input: object, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  });

describe('without authentication', () => {
  let server: TestServer;
  let client: LongshoreClient;
  beforeAll(async () => {
    server = await startServer();
    client = createLongshoreClient({ url: server.url });
  });
  afterAll(() => server?.stop());

  it('has every call that changes something once, and none that reads', async () => {
    const ecs = new Ecs(server.url, 'audited');
    await ecs.client.send(new CreateClusterCommand({ clusterName: 'audited' }));
    const definition = await ecs.register('web');
    const [task] = await ecs.run('web');
    await ecs.reaches(task!.taskArn!, 'RUNNING');
    await ecs.client.send(new DescribeClustersCommand({ clusters: ['audited'] }));
    await ecs.client.send(new ListTasksCommand({ cluster: 'audited' }));
    await ecs.stop(task!.taskArn!);
    await ecs.reaches(task!.taskArn!, 'STOPPED');
    await expect(ecs.client.send(new DeleteClusterCommand({ cluster: 'nobody' }))).rejects.toThrow();
    await client.GET('/health');

    const found = (await entries(client)).reverse();
    expect(found.map(({ operation, target, result, error }) => [operation, target, result, error])).toEqual([
      ['CreateCluster', 'audited', 'success', undefined],
      ['RegisterTaskDefinition', 'web', 'success', undefined],
      ['RunTask', 'web', 'success', undefined],
      ['StopTask', task!.taskArn!, 'success', undefined],
      ['DeleteCluster', 'nobody', 'failure', 'ClusterNotFoundException'],
    ]);
    expect(found[2]).toMatchObject({
      subject: 'local',
      kind: 'none',
      account: '000000000000',
      address: '127.0.0.1',
      face: 'ecs',
      status: 200,
      at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(definition).toContain('web:1');
  });

  it('goes from page to page, and streams all in one', async () => {
    const all = await entries(client);
    const paged: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { data } = await client.GET('/audit', { params: { query: { limit: 2, cursor } } });
      paged.push(...data!.entries);
      cursor = data!.nextCursor;
    } while (cursor !== undefined);
    expect(paged).toEqual(all);
    const { data } = await client.GET('/audit', {
      parseAs: 'text',
      headers: { accept: 'application/x-ndjson' },
    });
    const streamed = String(data)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(streamed).toEqual(all);
  });

  it.each([
    ['limit=0', /query limit must be >= 1/],
    ['limit=x', /query limit must be integer/],
    ['result=good', /query result.*success, denied, failure/],
    ['since=yesterday', /since must be a time/],
    ['cursor=1', /cursor must be one/],
    ['subject=a&subject=b', /query subject must be string/],
    ['colour=red', /additional properties: colour/],
  ])('refuses %s', async (query, message) => {
    for (const accept of ['application/json', 'application/x-ndjson']) {
      const answer = await fetch(`${server.url}/audit?${query}`, { headers: { accept } });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        code: 'InvalidParameter',
        message: expect.stringMatching(message) as string,
      });
    }
  });

  it('keeps what callers write on one line and within bounds', async () => {
    await ecsCall(server.url, 'DeleteCluster', {
      cluster: `x\n{"at":"forged"}\u001b[31m${'y'.repeat(5_000)}`,
    });
    const [newest] = await entries(client);
    expect(newest?.target).toMatch(/^x\n\{"at":"forged"\}/);
    expect(newest?.target?.length).toBeLessThan(600);
    const argv = ['audit', '--data-dir', server.dataDir, '--limit', '1'];
    const { stdout } = await run(process.execPath, [...program, ...argv]);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('x\\u000a{"at":"forged"}\\u001b[31m');
  });
});

describe('with authentication', () => {
  let server: TestServer;
  let admin: LongshoreClient;
  beforeAll(async () => {
    server = await startServer({ flags: ['--auth', 'required'] });
    const { key } = await createKey(server.dataDir, '--role', 'admin');
    admin = createLongshoreClient({ url: server.url, apiKey: key });
  });
  afterAll(() => server?.stop());

  it('has the calls that were denied, with who was and what was meant', async () => {
    const viewer = await createKey(server.dataDir, '--role', 'viewer');
    const input = { taskDefinition: 'web', cluster: 'secret' };
    expect((await ecsCall(server.url, 'RunTask', input, { 'x-api-key': viewer.key })).status).toBe(403);
    expect((await ecsCall(server.url, 'RunTask', input, { 'x-api-key': `${viewer.key}x` })).status).toBe(401);
    expect((await ecsCall(server.url, 'RunTask', input)).status).toBe(401);
    expect((await ecsCall(server.url, 'ListTasks', {})).status).toBe(401);

    const denied = await entries(admin, { result: 'denied' });
    expect(denied).toMatchObject([
      {
        subject: 'unknown',
        kind: 'unknown',
        account: '',
        operation: 'RunTask',
        error: 'UnauthorizedException',
      },
      {
        subject: 'unknown',
        kind: 'unknown',
        account: '',
        operation: 'RunTask',
        error: 'UnauthorizedException',
      },
      {
        kind: 'api-key',
        keyId: viewer.id,
        operation: 'RunTask',
        target: 'web',
        error: 'AccessDeniedException',
      },
    ]);
    expect(denied).toHaveLength(3);
  });

  it('has logins, good and bad, and keys that are made, without their secrets', async () => {
    const password = 'correct horse battery staple';
    await admin.POST('/auth/users', { body: { name: 'ann', password, role: 'viewer' } });
    const login = (given: string) =>
      admin.POST('/auth/login', { body: { username: 'ann', password: given } });
    expect((await login('not the right one')).response.status).toBe(401);
    const { data: issued } = await login(password);
    const { data: made } = await admin.POST('/auth/keys', { body: { role: 'viewer', name: 'laptop' } });

    const [key, good, bad, user] = await entries(admin);
    expect(user).toMatchObject({ operation: 'POST /auth/users', target: 'user:ann', status: 201 });
    expect(bad).toMatchObject({ operation: 'login', target: 'ann', kind: 'anonymous', result: 'denied' });
    expect(good).toMatchObject({
      operation: 'login',
      subject: 'user:ann',
      kind: 'password',
      result: 'success',
    });
    expect(key).toMatchObject({ operation: 'POST /auth/keys', target: made!.id, status: 201 });
    const directory = join(server.dataDir, 'audit');
    for (const name of await readdir(directory)) {
      const text = await readFile(join(directory, name), 'utf8');
      for (const secret of [password, 'not the right one', issued!.token, made!.key!])
        expect(text).not.toContain(secret);
    }
  });

  it("shows a caller of another account only that account's", async () => {
    const other = await createKey(
      server.dataDir,
      '--scope',
      'audit:read',
      '--scope',
      'clusters:*',
      '--account',
      '111111111111',
    );
    await ecsCall(server.url, 'CreateCluster', { clusterName: 'theirs' }, { 'x-api-key': other.key });
    const theirs = await entries(createLongshoreClient({ url: server.url, apiKey: other.key }));
    expect(theirs.map(({ target, account }) => [target, account])).toEqual([['theirs', '111111111111']]);
    const { key } = await createKey(server.dataDir, '--role', 'viewer');
    const { response } = await createLongshoreClient({ url: server.url, apiKey: key }).GET('/audit');
    expect(response.status).toBe(403);
  });
});

it('keeps the entry of every call that was answered before a kill', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'longshore-audit-'));
  try {
    for (let round = 0; round < 2; round++) {
      const server = await startServer({ dataDir });
      const answered: string[] = [];
      const calls = Array.from({ length: 60 }, async (_, index) => {
        const clusterName = `r${round}-${index}`;
        const answer = await ecsCall(server.url, 'CreateCluster', { clusterName });
        if (answer.status === 200) answered.push(clusterName);
        if (answered.length === 30) await server.kill();
      });
      await Promise.allSettled(calls);
      expect(answered.length).toBeGreaterThanOrEqual(30);
      const argv = ['audit', '--data-dir', dataDir, '--json', '--limit', '1000'];
      const { stdout } = await run(process.execPath, [...program, ...argv]);
      const recorded = stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { target: string }).target);
      expect(recorded).toEqual(expect.arrayContaining(answered));
    }
    // What a killed server leaves of its sandboxes goes with the next start.
    await (await startServer({ dataDir })).stop();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
