/** The WebSocket's contract against a server of its own, with the client library and with plain messages. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateClusterCommand, DeleteClusterCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  LongshoreError,
  LongshoreWebSocket,
  type LiveEventPayload,
  type WebSocketClass,
} from '../../clients/typescript/src/live.ts';
import { Ecs } from '../fixtures/ecs.ts';
import { createKey } from '../fixtures/keys.ts';
import { LiveClient } from '../fixtures/live.ts';
import { until } from '../fixtures/processes.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const webSocket = WebSocket as unknown as WebSocketClass;
const webSocketUrl = (server: TestServer) => `${server.url.replace('http', 'ws')}/ws`;
/** Loopback is not counted here, where every test comes from there. */
const uncounted = ['--rate-exclude', '127.0.0.0/8'];

function listen(server: TestServer, token?: string) {
  const events: { id: string; payload: LiveEventPayload }[] = [];
  const options = { url: webSocketUrl(server), webSocket, reconnectInterval: 20 };
  const client = new LongshoreWebSocket({ ...options, ...(token !== undefined && { token }) });
  client.on('event', (payload, { id }) => events.push({ id, payload }));
  return { client, events };
}

const isLong = process.env['LONGSHORE_LONG'] === '1';

describe('without authentication', () => {
  let server: TestServer;
  let ecs: Ecs;
  beforeAll(async () => {
    server = await startServer({ flags: uncounted });
    ecs = new Ecs(server.url, 'production');
  });
  afterAll(async () => {
    ecs.client.destroy();
    await server.stop();
  });

  it('tells the life of a cluster and its tasks', async () => {
    const { client, events } = listen(server);
    const connected = new Promise((resolve) => client.on('connected', resolve));
    expect(await connected).toEqual({
      sessionId: expect.any(String) as string,
      serverVersion: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
    const ack = await client.subscribe({
      eventTypes: ['cluster', 'task', 'container'],
      clusters: ['production'],
    });
    expect(ack).toEqual({
      subscriptionId: expect.any(String) as string,
      status: 'active',
      position: expect.any(String) as string,
    });
    for (const clusterName of ['production', 'staging'])
      await ecs.client.send(new CreateClusterCommand({ clusterName }));
    const definition = await ecs.register('live', [{ simulate: 'exit=3 after=100ms' }]);
    const [task] = await ecs.run(definition);
    await ecs.reaches(task!.taskArn!, 'STOPPED');
    await ecs.client.send(new DeleteClusterCommand({ cluster: 'production' }));
    const told = () => events.map(({ payload }) => `${payload.eventType} ${payload.action}`);
    await until('the end', () => told().at(-1) === 'cluster DELETE');
    client.close();
    expect(events[0]!.payload).toEqual({
      eventType: 'cluster',
      action: 'CREATE',
      cluster: {
        clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/production',
        clusterName: 'production',
        status: 'ACTIVE',
        registeredContainerInstancesCount: 1,
        runningTasksCount: 0,
        pendingTasksCount: 0,
        activeServicesCount: 0,
      },
    });
    const tasks = events.filter(({ payload }) => payload.eventType === 'task').map(({ payload }) => payload);
    expect(tasks.filter(({ action }) => action === 'START')).toHaveLength(1);
    expect(tasks.filter(({ action }) => action === 'STOP')).toHaveLength(1);
    expect(tasks.at(-1)).toEqual({
      eventType: 'task',
      action: 'STOP',
      task: expect.objectContaining({
        taskArn: task!.taskArn,
        clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/production',
        taskDefinitionArn: definition,
        lastStatus: 'STOPPED',
        desiredStatus: 'STOPPED',
        stoppedReason: 'Essential container in task exited',
        containers: [
          {
            containerArn: task!.containers![0]!.containerArn,
            name: 'c0',
            lastStatus: 'STOPPED',
            exitCode: 3,
            reason: null,
          },
        ],
      }) as object,
    });
    const containers = events.filter(({ payload }) => payload.eventType === 'container');
    expect(
      containers.map(({ payload }) => (payload['container'] as { lastStatus: string }).lastStatus),
    ).toEqual(['RUNNING', 'STOPPED']);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('narrows by status, and gives a subscription back', async () => {
    const { client, events } = listen(server);
    const filters = { status: ['RUNNING'] };
    const { subscriptionId } = await client.subscribe({ eventTypes: ['task'], filters });
    const definition = await ecs.register('narrow');
    await ecs.client.send(new CreateClusterCommand({ clusterName: 'production' }));
    const [task] = await ecs.run(definition);
    await until('RUNNING', () => events.length === 1);
    await client.unsubscribe(subscriptionId);
    await ecs.stop(task!.taskArn!);
    await ecs.reaches(task!.taskArn!, 'STOPPED');
    await expect(client.unsubscribe(subscriptionId)).rejects.toMatchObject({ code: 'SUBSCRIPTION_ERROR' });
    client.close();
    expect(events.map(({ payload }) => payload.action)).toEqual(['START']);
  });

  it('refuses with the code and the field', async () => {
    const { client } = listen(server);
    const refused = client.subscribe({ eventTypes: ['invalid-type' as never] });
    await expect(refused).rejects.toBeInstanceOf(LongshoreError);
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'Invalid subscription parameters',
      details: { field: 'eventTypes', reason: "Unknown event type: 'invalid-type'" },
    });
    const answer = client.getMetrics({
      resource: 'service',
      resourceArn: 'arn:aws:ecs:us-east-1:000000000000:service/a/b',
    });
    await expect(answer).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
    client.close();
  });

  it('measures, and says that the simulated engine runs no processes', async () => {
    const { client } = listen(server);
    const [task] = await ecs.run(await ecs.register('measured'));
    const { taskArn } = await ecs.reaches(task!.taskArn!, 'RUNNING');
    const metrics = await client.getMetrics({
      resource: 'task',
      resourceArn: taskArn!,
      statistics: ['Average', 'Maximum'],
    });
    expect(metrics['CPUUtilization']).toMatchObject({ Average: 0, Maximum: 0, Unit: 'Percent' });
    expect(metrics['MemoryUtilization']!.Datapoints).toHaveLength(2);
    const { sessionId, websocketUrl } = await client.execute({
      cluster: 'production',
      task: taskArn!,
      command: 'sh',
    });
    expect(websocketUrl).toBe(`${server.url.replace('http', 'ws')}/exec/${sessionId}`);
    const stream = new LiveClient(websocketUrl);
    expect(await stream.next('error')).toMatchObject({ code: 'UnsupportedByEngine' });
    await stream.ended();
    client.close();
    await ecs.stop(taskArn!);
  });

  it('drops events of a slow reader, tells it how many, and gives them again', async () => {
    const client = await LiveClient.connect(`${server.url}/ws`);
    const {
      payload: { position },
    } = await client.subscribe({ eventTypes: ['task', 'container'] });
    client.socket.pause();
    const names = Array.from({ length: 10 }, (_, index) => ({ name: `${index}${'n'.repeat(200)}` }));
    const definition = await ecs.register('large', names);
    const runs: string[] = [];
    // The machine's own buffers take megabytes before the server's fill.
    for (let at = 0; at < 25; at++) {
      const tasks = await ecs.run(definition, { count: 10 });
      runs.push(...tasks.map(({ taskArn }) => taskArn!));
    }
    for (const task of runs) await ecs.stop(task);
    await ecs.reaches(runs.at(-1)!, 'STOPPED');
    client.socket.resume();
    const { payload } = await client.next('dropped');
    expect(payload.count).toBeGreaterThan(0);
    await client.subscribe({ eventTypes: ['task', 'container'], since: payload.resumeFrom });
    const ids = () => new Set(client.told.filter(({ type }) => type === 'event').map(({ id }) => id));
    const whole = await LiveClient.connect(`${server.url}/ws`);
    const expected = new Set<string>();
    whole.socket.on('message', () => undefined);
    await whole.subscribe({ eventTypes: ['task', 'container'], since: position });
    const last = (told: LiveClient) =>
      told.told.some(
        // A ping, which comes every half a minute, has no payload.
        ({ type, payload }) =>
          type === 'event' && payload.action === 'STOP' && payload.task?.taskArn === runs.at(-1),
      );
    await until('the last event', () => last(whole) && last(client), 60_000);
    for (const { type, id } of whole.told) if (type === 'event') expected.add(id!);
    expect(ids()).toEqual(expected);
    for (const each of [client, whole]) each.end();
  });

  it(
    'gives every descriptor back, however many come and go',
    async () => {
      const descriptors = async () => (await readdir(`/proc/${server.pid}/fd`)).length;
      const rounds = isLong ? 20_000 : 200;
      const atOnce = 10;
      const visit = async (at: number) => {
        const client = await LiveClient.connect(`${server.url}/ws`);
        await client.subscribe({ eventTypes: ['task'] });
        if (at % 2 === 0) client.end();
        else client.socket.close();
        await client.ended();
        if (at % 10 === 0) await LiveClient.refusal(`${server.url}/ws`, { origin: 'https://evil.example' });
      };
      await visit(0);
      const before = await descriptors();
      for (let at = 0; at < rounds; at += atOnce) {
        await Promise.all(Array.from({ length: atOnce }, (_, index) => visit(at + index)));
      }
      await until('the descriptors', async () => (await descriptors()) <= before);
      const { status } = await fetch(`${server.url}/health`);
      expect(status).toBe(200);
    },
    isLong ? 3_600_000 : 600_000,
  );

  it('refuses pages of other sites', async () => {
    const refused = await LiveClient.refusal(`${server.url}/ws`, { origin: 'https://evil.example' });
    expect(refused.status).toBe(403);
  });
});

describe('a client whose server restarts', () => {
  it('is told goodbye, comes back by itself and has missed nothing', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'longshore-live-'));
    let server = await startServer({ flags: uncounted, dataDir });
    // The same address again: the client knows no other.
    const flags = [...uncounted, '--listen', new URL(server.url).host];
    const { client, events } = listen(server);
    const goodbyes: unknown[] = [];
    client.on('disconnecting', (payload) => goodbyes.push(payload));
    await client.subscribe({ eventTypes: ['cluster'] });
    const names = () =>
      events.map(({ payload }) => (payload['cluster'] as { clusterName: string }).clusterName);
    const create = async (clusterName: string) => {
      const ecs = new Ecs(server.url);
      await ecs.client.send(new CreateClusterCommand({ clusterName }));
      ecs.client.destroy();
    };
    try {
      await create('before');
      await until('the event', () => names().length === 1);
      await server.stop();
      expect(goodbyes).toEqual([{ reason: 'Server shutdown', code: 1001 }]);
      server = await startServer({ flags, dataDir });
      await create('between');
      await until('both events', () => names().length === 2);
      await create('after');
      await until('all events', () => names().length === 3);
      expect(names()).toEqual(['before', 'between', 'after']);
    } finally {
      client.close();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

describe('with authentication', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ flags: ['--auth', 'required', ...uncounted] });
  });
  afterAll(() => server.stop());

  it('lets in who has a key, and shows what the key may see', async () => {
    const { key } = await createKey(server.dataDir, '--scope', 'events:read', '--scope', 'clusters:read');
    const { client } = listen(server, key);
    expect(await client.subscribe({ eventTypes: ['cluster'] })).toMatchObject({ status: 'active' });
    await expect(client.subscribe({ eventTypes: ['task'] })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await expect(client.execute({ task: 'a', command: 'sh' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    client.close();
    const bearer = await LiveClient.connect(`${server.url}/ws`, {
      headers: { authorization: `Bearer ${key}` },
    });
    bearer.end();
  });

  it('gives tickets for the URL, and takes nothing else there', async () => {
    const { key } = await createKey(server.dataDir, '--role', 'viewer');
    const answer = await fetch(`${server.url}/auth/tickets`, {
      method: 'POST',
      headers: { 'x-api-key': key },
    });
    const { ticket } = (await answer.json()) as { ticket: string };
    const client = await LiveClient.connect(`${server.url}/ws?token=${ticket}`);
    for (const token of [ticket, key]) {
      const refused = new LiveClient(`${server.url}/ws?token=${token}`);
      expect((await refused.next('error')).payload).toMatchObject({ code: 'AUTH_FAILED' });
      expect(await refused.ended()).toMatchObject({ code: 4401 });
    }
    client.end();
  });

  it('refuses a wrong key for good', async () => {
    const { client } = listen(server, 'lsk_wrong');
    const closes: number[] = [];
    client.on('close', ({ code }) => closes.push(code));
    await expect(client.subscribe({ eventTypes: ['task'] })).rejects.toThrow('4401');
    expect(closes).toEqual([4401]);
  });
});

describe('connections', () => {
  it('are ten in a minute from one address', async () => {
    const server = await startServer();
    try {
      const clients: LiveClient[] = [];
      for (let at = 0; at < 10; at++) clients.push(await LiveClient.connect(`${server.url}/ws`));
      const refused = await LiveClient.refusal(`${server.url}/ws`);
      expect(refused.status).toBe(429);
      for (const client of clients) client.end();
    } finally {
      await server.stop();
    }
  });
});
