/** Results that are kept in Redis, which may go and come back at any time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates, type Certificates } from '../fixtures/certificates.ts';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { until } from '../fixtures/processes.ts';
import { startRedis, type RedisServer } from '../fixtures/redis.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const password = 'hunter2/secret';
const flagsFor = (redis: string) => ['--rate-exclude', '127.0.0.1', '--redis', redis];
const withPassword = (url: string) => url.replace('://', `://:${encodeURIComponent(password)}@`);

interface Health {
  status: string;
  components: { redis: string };
  details: { redis: { backend: string; reason?: string } };
}

const healthOf = async (server: TestServer) => {
  const answer = await fetch(`${server.url}/health`);
  return { code: answer.status, ...((await answer.json()) as Health) };
};
const add = (...values: number[]) => ({ params: { operation: 'add', values } });
const once = (client: FunctionsClient, ...values: number[]) =>
  client.post('/functions/nodejs-calculator/invoke', add(...values));

describe('a server with a Redis', () => {
  let redis: RedisServer;
  let dataDir: string;
  let server: TestServer;
  let client: FunctionsClient;

  const begin = async () => {
    server = await startServer({ dataDir, flags: flagsFor(withPassword(redis.url)) });
    client = functionsClient(server.url);
  };
  beforeAll(async () => {
    redis = await startRedis({ password });
    dataDir = await mkdtemp(join(tmpdir(), 'longshore-redis-data-'));
    await begin();
  });
  afterAll(async () => {
    await server?.stop();
    await redis?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('says so in its health', async () => {
    expect(await healthOf(server)).toMatchObject({
      code: 200,
      status: 'ok',
      components: { redis: 'ok' },
      details: { redis: { backend: 'Redis' } },
    });
  });

  it('answers after a restart what it has kept', async () => {
    expect((await once(client, 1, 1)).body).toMatchObject({ cached: false, result: { value: 2 } });
    await until('a hit', async () => (await once(client, 1, 1)).body['cached']);
    await server.stop();
    await begin();
    expect((await once(client, 1, 1)).body).toMatchObject({ cached: true, result: { value: 2 } });
  });

  it('loses no request when Redis is killed under load, and has hits again when it is back', async () => {
    const sessions = await Promise.all(
      Array.from({ length: 4 }, () => client.initialize('nodejs-calculator')),
    );
    const failures: unknown[] = [];
    let answered = 0;
    let going = true;
    const load = sessions.map(async (session) => {
      for (let turn = 0; going; turn++) {
        const answer = await client.post(`/execute/${session}`, add(turn % 10, 1));
        const { value } = (answer.body['result'] ?? {}) as { value?: number };
        if (answer.status !== 200 || value !== (turn % 10) + 1) failures.push(answer);
        answered++;
      }
    });
    const more = async (count: number) => {
      const upTo = answered + count;
      await until('answers', () => answered >= upTo);
    };
    await more(100);
    await redis.kill();
    await more(100);
    expect(await healthOf(server)).toMatchObject({
      code: 200,
      status: 'degraded',
      components: { redis: 'down' },
    });
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    await redis.restart();
    await until('a hit', async () => (await once(client, 2, 2)).body['cached']);
    redis.freeze();
    await more(50);
    redis.thaw();
    await more(50);
    going = false;
    await Promise.all(load);
    expect(failures).toEqual([]);
    await until('its health', async () => (await healthOf(server)).status === 'ok');
  });

  it('never wrote the password', () => {
    expect(server.log()).toContain('Redis cannot be used');
    expect(server.log()).not.toContain('hunter2');
  });
});

describe('TLS', () => {
  let certificates: Certificates;
  let authority: { cert: string };
  let redis: RedisServer;
  beforeAll(async () => {
    certificates = await makeCertificates();
    const made = await certificates.authority('redis');
    authority = made;
    redis = await startRedis({ password, tls: await made.server() });
  });
  afterAll(async () => {
    await redis?.stop();
    await certificates?.dispose();
  });

  it('is spoken with a Redis whose certificate is of a known authority', async () => {
    const server = await startServer({
      flags: flagsFor(withPassword(redis.url)),
      env: { NODE_EXTRA_CA_CERTS: authority.cert },
    });
    try {
      expect(await healthOf(server)).toMatchObject({ status: 'ok', components: { redis: 'ok' } });
      const client = functionsClient(server.url);
      await until('a hit', async () => (await once(client, 3, 3)).body['cached']);
    } finally {
      await server.stop();
    }
  });

  it('is spoken with no other, and functions go on without it', async () => {
    const server = await startServer({ flags: flagsFor(withPassword(redis.url)) });
    try {
      const { status, details } = await healthOf(server);
      expect(status).toBe('degraded');
      expect(details.redis.reason).toMatch(/CERT|SIGNATURE/);
      expect((await once(functionsClient(server.url), 3, 3)).body).toMatchObject({ result: { value: 6 } });
      expect(server.log()).not.toContain('hunter2');
    } finally {
      await server.stop();
    }
  });
});
