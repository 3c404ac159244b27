import { expect, test } from 'vitest';
import { ManualClock } from '../test/fixtures/manual-clock.ts';
import { healthChecks, type HealthParts } from './health.ts';
import { SimulatedEngine } from './engines/simulated/simulated-engine.ts';

const clock = new ManualClock();

function checks(parts: Partial<HealthParts> = {}) {
  return healthChecks({
    store: { check: async () => undefined },
    engine: new SimulatedEngine({ clock }),
    engineProblem: () => undefined,
    oldestWaitMs: () => 0,
    clock,
    ...parts,
  });
}

const ask = async (all: ReturnType<typeof checks>) =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(all.components).map(async ([name, check]) => [name, await check()] as const),
    ),
  );

test('says what stands behind each component', async () => {
  expect(await ask(checks())).toEqual({
    controller: { state: 'ok', details: { uptimeSeconds: 0 } },
    redis: { state: 'ok', details: { backend: 'memory', reason: 'no Redis is configured' } },
    postgres: { state: 'ok', details: { backend: 'SQLite', reason: 'no PostgreSQL is configured' } },
    engine: {
      state: 'ok',
      details: { name: 'simulated', description: 'Simulated: no container really runs', simulated: true },
    },
  });
});

test('a Redis that is configured is told by whether it can be used, and is not needed', async () => {
  const failing: { with?: Error } = {};
  const checkRedis = async () => {
    if (failing.with !== undefined) throw failing.with;
  };
  const { redis } = checks({ checkRedis }).components;
  expect(await redis!()).toEqual({ state: 'ok', details: { backend: 'Redis' } });
  failing.with = new Error('away');
  clock.advance(1000);
  expect(await redis!()).toEqual({
    state: 'down',
    details: { backend: 'Redis', reason: 'away', effect: expect.stringContaining('results') as string },
    optional: true,
  });
});

test('says that calls go unrecorded, which stops nothing', async () => {
  const { controller } = await ask(checks({ auditProblem: () => 'disk full' }));
  expect(controller).toEqual({ state: 'ok', details: { uptimeSeconds: 0, auditLog: 'disk full' } });
});

test('functions that are not built are unavailable, until somebody says more', async () => {
  const runtimes = { python: () => ({ state: 'ok', details: {} }) as const };
  const asked = checks({ runtimes }).runtimes;
  expect(Object.keys(asked)).toEqual(['nodejs', 'python', 'rust']);
  expect(await asked['python']!()).toMatchObject({ state: 'ok' });
  expect(await asked['rust']!()).toMatchObject({ state: 'unavailable' });
});

test('an engine that its events call lost, or that does not answer, is down', async () => {
  expect((await ask(checks({ engineProblem: () => 'socket closed' })))['engine']).toMatchObject({
    state: 'down',
    details: { name: 'simulated', reason: 'socket closed' },
  });
  const engine = Object.assign(new SimulatedEngine({ clock }), {
    check: () => Promise.reject(new Error('no answer')),
  });
  expect((await ask(checks({ engine })))['engine']).toMatchObject({ details: { reason: 'no answer' } });
});

test('a queue whose head waits for half a minute is a controller that is down', async () => {
  const { controller } = await ask(checks({ oldestWaitMs: () => 31_000 }));
  expect(controller).toMatchObject({
    state: 'down',
    details: { reason: expect.stringContaining('31 s') as string },
  });
});

test('the disk is written to once a second at most, and once at a time', async () => {
  let writes = 0;
  let fail = false;
  let finish!: () => void;
  const slow = new Promise<void>((resolve) => (finish = resolve));
  const store = {
    check: async () => {
      writes++;
      if (fail) throw new Error('disk full');
      await slow;
    },
  };
  const { postgres } = checks({ store }).components;
  const both = Promise.all([postgres!(), postgres!()]);
  clock.advance(5000);
  const third = postgres!();
  expect(writes).toBe(1);
  finish();
  await both;
  expect(await third).toMatchObject({ state: 'ok' });
  fail = true;
  clock.advance(999);
  expect(await postgres!()).toMatchObject({ state: 'ok' });
  expect(writes).toBe(1);
  clock.advance(1);
  expect(await postgres!()).toMatchObject({
    state: 'down',
    details: { backend: 'SQLite', reason: 'disk full' },
  });
  expect(writes).toBe(2);
});
