/** An engine that does not answer: told within a second, and forgotten once it answers again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { containersClient, type ContainersClient } from '../fixtures/containers.ts';
import { startDockerd, type TestEngine } from '../fixtures/dockerd.ts';
import { until } from '../fixtures/processes.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let engine: TestEngine;
let server: TestServer;
let client: ContainersClient;

beforeAll(async () => {
  engine = await startDockerd();
  server = await startServer({ engine: 'docker', env: { DOCKER_HOST: engine.address } });
  client = containersClient(server.url);
});
afterAll(async () => {
  await server?.stop();
  await engine?.stop();
});

it('answers 503 at once while it is down, and as before when it is back', async () => {
  expect(await client.data('GET', '/containers')).toMatchObject({ total: 0 });
  const restarted = engine.restart();
  const refusal = await until('the engine to be down', async () => {
    const begun = performance.now();
    const answer = await client.call('GET', '/containers');
    const ms = performance.now() - begun;
    return answer.status !== 200 && { ...answer, ms };
  });
  expect(refusal.status).toBe(503);
  expect(refusal.ms).toBeLessThan(1000);
  expect(refusal.body).toEqual({ code: 503, message: expect.any(String) as string, errors: [] });
  // Where its socket is concerns nobody who only calls.
  expect(refusal.body.message).not.toContain(engine.address.replace('unix://', ''));
  await restarted;
  await until('the engine to be back', async () => (await client.call('GET', '/containers')).status === 200);
});
