import { fastify } from 'fastify';
import { describe, expect, test } from 'vitest';
import { healthRoute, type ComponentHealth, type HealthChecks } from './health.ts';

const ok: ComponentHealth = { state: 'ok', details: { backend: 'memory' } };
const down: ComponentHealth = { state: 'down', details: { reason: 'no socket' } };

async function get(path: string, checks: Partial<HealthChecks>) {
  const app = fastify();
  void app.register(
    healthRoute({ version: '1.2.3', checks: { components: {}, runtimes: {}, ...checks }, patience: 20 }),
  );
  const response = await app.inject(path);
  await app.close();
  return [response.statusCode, response.json<unknown>()] as const;
}

describe('GET /health', () => {
  test('has the shape of its document, with what stands behind each component beside it', async () => {
    const answer = await get('/health', {
      components: { redis: () => ok },
      runtimes: { nodejs: async () => ok },
    });
    expect(answer).toEqual([
      200,
      {
        status: 'ok',
        version: '1.2.3',
        components: { redis: 'ok', runtimes: { nodejs: 'ok' } },
        details: { redis: { backend: 'memory' }, runtimes: { nodejs: { backend: 'memory' } } },
      },
    ]);
  });

  test.each<[string, Partial<HealthChecks>]>([
    ['a component', { components: { redis: () => ok, engine: () => down } }],
    ['a runtime', { runtimes: { nodejs: () => down } }],
  ])('is degraded, and still 200, where %s is down', async (_, checks) => {
    expect(await get('/health', checks)).toMatchObject([200, { status: 'degraded' }]);
  });

  test('tells only who is on the machine where things lie on it', async () => {
    const app = fastify();
    const engine = (): ComponentHealth => ({
      state: 'ok',
      details: { name: 'docker', description: 'Docker 29 at unix:///var/run/docker.sock' },
    });
    void app.register(healthRoute({ version: '1', checks: { components: { engine }, runtimes: {} } }));
    const ask = async (remoteAddress: string, headers = {}) =>
      (await app.inject({ url: '/health', remoteAddress, headers })).json<{
        details: { engine: object };
      }>().details.engine;
    const described = (description: string) => ({ name: 'docker', description });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const here = (await (await fetch(`${app.listeningOrigin}/health`)).json()) as { details: unknown };
    expect(here.details).toMatchObject({ engine: described('Docker 29 at unix:///var/run/docker.sock') });
    expect(await ask('10.0.0.1')).toEqual(described('Docker 29 at (path)'));
    expect(await ask('127.0.0.1', { 'x-forwarded-for': '10.0.0.1' })).toEqual(
      described('Docker 29 at (path)'),
    );
    await app.close();
  });

  test('is ok where a runtime is merely not there', async () => {
    const runtimes = { rust: () => ({ state: 'unavailable', details: { reason: 'no rustc' } }) as const };
    expect(await get('/health', { runtimes })).toMatchObject([
      200,
      { status: 'ok', components: { runtimes: { rust: 'unavailable' } } },
    ]);
  });

  test('calls a check that fails or hangs down, and says so of it alone', async () => {
    const components = {
      postgres: () => Promise.reject(new Error('boom')),
      engine: () => new Promise<never>(() => undefined),
      redis: () => ok,
    };
    expect(await get('/health', { components })).toMatchObject([
      200,
      {
        status: 'degraded',
        components: { postgres: 'down', engine: 'down', redis: 'ok' },
        details: { postgres: { reason: 'boom' }, engine: { reason: 'no answer within 20 ms' } },
      },
    ]);
  });
});

describe('probes', () => {
  test('live is 200 whatever is down', async () => {
    expect(await get('/health/live', { components: { engine: () => down } })).toEqual([
      200,
      { status: 'ok' },
    ]);
  });

  test('ready is 200, or 503 with the reasons, and does not ask for runtimes', async () => {
    const runtimes = { nodejs: () => down };
    expect(await get('/health/ready', { components: { redis: () => ok }, runtimes })).toEqual([
      200,
      { status: 'ready' },
    ]);
    expect(await get('/health/ready', { components: { redis: () => ok, engine: () => down } })).toEqual([
      503,
      { status: 'not ready', reasons: ['engine: no socket'] },
    ]);
  });

  test('ready is 200 though something is down that is not needed, which degrades it all the same', async () => {
    const components = { redis: () => ({ ...down, optional: true }) as const };
    expect(await get('/health/ready', { components })).toEqual([200, { status: 'ready' }]);
    expect(await get('/health', { components })).toMatchObject([
      200,
      { status: 'degraded', components: { redis: 'down' } },
    ]);
  });
});
