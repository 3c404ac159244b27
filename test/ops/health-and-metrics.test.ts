/** What an operator's tools see: health, probes and metrics of a server as it runs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { Ecs } from '../fixtures/ecs.ts';
import { createKey } from '../fixtures/keys.ts';
import { functionsClient } from '../fixtures/functions.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const get = async (url: string, headers: Record<string, string> = {}, method = 'GET') => {
  const answer = await fetch(url, { headers, method });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

const value = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

describe('a server on loopback', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.stop());

  it('is ready with its first answer', async () => {
    const { status, text } = await get(`${server.url}/health/ready`);
    expect([status, JSON.parse(text)]).toEqual([200, { status: 'ready' }]);
    expect((await get(`${server.url}/health/live`)).status).toBe(200);
  });

  it('tells its health in the shape of the functions document, and that it only simulates', async () => {
    const { status, text } = await get(`${server.url}/health`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      components: {
        controller: 'ok',
        redis: 'ok',
        postgres: 'ok',
        engine: 'ok',
        runtimes: { nodejs: expect.any(String) as string, python: expect.any(String) as string },
      },
      details: {
        redis: { backend: 'memory' },
        postgres: { backend: 'SQLite' },
        engine: { name: 'simulated', simulated: true },
      },
    });
  });

  it('counts what it does', async () => {
    const ecs = new Ecs(server.url);
    await ecs.client.send(new CreateClusterCommand({}));
    const definition = await ecs.register('app', [{}, {}]);
    await ecs.run(definition, { count: 3 });
    await get(`${server.url}/no/such/path?secret=1`);
    const metrics = async () => {
      const { status, type, text } = await get(`${server.url}/metrics`);
      expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
      return text;
    };
    await expect.poll(async () => value(await metrics(), 'longshore_tasks{status="RUNNING"}')).toBe(3);
    const text = await metrics();
    expect(value(text, 'longshore_containers_running')).toBe(6);
    expect(value(text, 'longshore_clusters{status="ACTIVE"}')).toBe(1);
    const requests = 'longshore_http_requests_total';
    expect(value(text, `${requests}{face="ecs",operation="RunTask",code="200"}`)).toBe(1);
    expect(value(text, `${requests}{face="none",operation="unknown",code="404"}`)).toBe(1);
    expect(value(text, 'longshore_engine_call_duration_seconds_count{method="startTask"}')).toBe(3);
    expect(value(text, 'longshore_task_loop_steps_total{step="start"}')).toBe(3);
    expect(value(text, 'longshore_event_outbox_events')).toBeGreaterThan(3);
    expect(value(text, 'longshore_engine_up')).toBe(1);
    expect(text).not.toContain('secret');
    expect(text).not.toContain('/no/such/path');
  });

  it('counts what functions do, by nothing that users name', async () => {
    const client = functionsClient(server.url);
    const add = { params: { operation: 'add', values: [1, 2] } };
    expect((await client.post('/functions/nodejs-calculator/invoke', add)).status).toBe(200);
    expect((await client.post('/functions/nodejs-calculator/invoke', add)).body['cached']).toBe(true);
    expect((await client.post('/functions/nodejs-calculator/invoke', { params: {} })).status).toBe(400);
    const { text } = await get(`${server.url}/metrics`);
    const executions = (outcome: string) =>
      value(text, `longshore_function_executions_total{language="nodejs",outcome="${outcome}"}`);
    expect(['ok', 'cached', 'INVALID_PARAMS'].map(executions)).toEqual([1, 1, 1]);
    expect(value(text, 'longshore_function_duration_seconds_count{language="nodejs"}')).toBe(1);
    expect(value(text, 'longshore_function_cache_requests_total{result="hit"}')).toBe(1);
    expect(value(text, 'longshore_function_cache_requests_total{result="miss"}')).toBe(1);
    expect(value(text, 'longshore_sandbox_starts_total{language="nodejs"}')).toBeGreaterThan(0);
    expect(value(text, 'longshore_function_sessions_executing')).toBe(0);
    expect(text).not.toContain('calculator');
  });

  it('answers its probes however often they come', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => get(`${server.url}/health`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('a server that asks for credentials', () => {
  let server: TestServer;
  let keys: Record<'viewer' | 'clusters' | 'tenant', string>;
  beforeAll(async () => {
    server = await startServer({ flags: ['--auth', 'required'] });
    const key = async (...flags: string[]) => (await createKey(server.dataDir, ...flags)).key;
    keys = {
      viewer: await key('--role', 'viewer'),
      clusters: await key('--scope', 'clusters:read'),
      tenant: await key('--role', 'viewer', '--account', '111111111111'),
    };
  });
  afterAll(() => server?.stop());
  const status = async (headers: Record<string, string>) =>
    (await get(`${server.url}/metrics`, headers)).status;

  it('gives its metrics to this machine, but not through a proxy on it', async () => {
    expect(await status({})).toBe(200);
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      expect([name, await status({ [name]: '127.0.0.1' })]).toEqual([name, 401]);
    }
  });

  it('asks of others for the scope, and of whoever shows a credential for a good one', async () => {
    const proxied = { 'x-forwarded-for': '10.0.0.1' };
    expect(await status({ ...proxied, 'x-api-key': keys.viewer })).toBe(200);
    expect(await status({ ...proxied, 'x-api-key': keys.clusters })).toBe(403);
    expect(await status({ 'x-api-key': keys.clusters })).toBe(403);
    expect(await status({ 'x-api-key': `${keys.viewer.slice(0, -2)}xx` })).toBe(401);
  });

  it('shows another account nothing of itself', async () => {
    expect(await status({ 'x-api-key': keys.tenant })).toBe(403);
  });

  it('tells its health to anybody', async () => {
    for (const path of ['/health', '/health/live', '/health/ready']) {
      expect((await get(server.url + path)).status).toBe(200);
    }
  });
});

describe('an address of its own for metrics', () => {
  it('gives them to anybody, gives nothing else, and frees them nowhere else', async () => {
    const server = await startServer({ flags: ['--auth', 'required', '--metrics-listen', '127.0.0.1:0'] });
    try {
      const url = /^ +Metrics +(\S+)$/m.exec(server.log())![1]!;
      expect((await get(url, { 'x-forwarded-for': '10.0.0.1' })).text).toContain('longshore_build_info{');
      expect((await get(url, {}, 'HEAD')).status).toBe(200);
      expect((await get(url, {}, 'POST')).status).toBe(404);
      expect((await get(new URL('/health', url).href)).status).toBe(404);
      expect((await get(`${server.url}/metrics`)).status).toBe(401);
    } finally {
      await server.stop();
    }
  });
});
