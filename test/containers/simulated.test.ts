/** An engine without containers of its own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { containersClient } from '../fixtures/containers.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let simulated: TestServer;
beforeAll(async () => {
  simulated = await startServer({ engine: 'simulated' });
});
afterAll(() => simulated?.stop());

it('says so, with engines that have them', async () => {
  const here = containersClient(simulated.url);
  for (const [method, path] of [
    ['GET', '/containers'],
    ['GET', '/images'],
    ['GET', '/containers/x1'],
  ] as const) {
    const { status, body } = await here.call(method, path);
    expect({ status, body }).toMatchObject({
      status: 501,
      body: { code: 501, message: expect.stringContaining('--engine docker') as string, errors: [] },
    });
  }
  expect((await here.call('GET', '/metrics/resources')).status).toBe(200);
});
