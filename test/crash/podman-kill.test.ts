/** kill -9 of the private Podman: tasks do not notice, and the server starts it again. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { until } from '../fixtures/processes.ts';
import { containerOf, page, pageServer, sh } from '../fixtures/task-client.ts';
import { podmanAt, useWorkshop } from '../fixtures/workshop.ts';

const ROUNDS = process.env['LONGSHORE_LONG'] === '1' ? 20 : 3;
const LATEST_KILL_MS = 600;

const workshop = useWorkshop('embedded');
const client = () => workshop.it.client;

const podman = () => podmanAt(workshop.it.traced.socket);

async function health(): Promise<{
  status: string;
  components: Record<string, string>;
  details: Record<string, { reason?: string }>;
}> {
  const answer = await fetch(`${workshop.it.server.url}/health`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Awaited<ReturnType<typeof health>>;
}

it('is healed, shown, and not felt by tasks', async () => {
  const arn = await client().start([
    pageServer('goes on', { portMappings: [{ containerPort: 80, hostPort: 0 }] }),
  ]);
  const before = containerOf(await client().running(arn));
  const address = `127.0.0.1:${before.networkBindings![0]!.hostPort}`;
  expect((await health()).status).toBe('ok');
  const ending = await client().start([sh('sleep 0.5; echo last; exit 6')]);
  await client().running(ending);

  const first = await podman();
  process.kill(first, 'SIGKILL');
  const degraded = await until('degraded', async () => {
    const seen = await health();
    return seen.status === 'degraded' && seen;
  });
  expect(degraded.components['engine']).toBe('down');
  expect(degraded.details['engine']!.reason).toContain('podman');
  expect(await page(address)).toBe('goes on');
  // Accepted also now, and started when Podman is back.
  const meanwhile = await client().start([sh('exit 8')]);
  await until('health', async () => (await health()).status === 'ok');

  expect(await podman()).not.toBe(first);
  expect(containerOf(await client().running(arn))).toEqual(before);
  expect(containerOf(await client().stopped(ending)).exitCode).toBe(6);
  expect(await client().output(ending)).toEqual(['last']);
  expect(containerOf(await client().stopped(meanwhile)).exitCode).toBe(8);
});

it('in the middle of starts and stops leaves every task where it should be', async () => {
  const portMappings = [{ containerPort: 80, hostPort: 0 }];
  const staying = await client().register([pageServer('stays', { portMappings })]);
  const ending = await client().register([sh('exit 5')]);
  for (let round = 0; round < ROUNDS; round++) {
    const stopping = await client().run(staying);
    await client().running(stopping);
    const starting = Promise.all([staying, ending, staying, ending].map((each) => client().run(each)));
    const stop = client().stop(stopping);
    await delay(Math.random() * LATEST_KILL_MS);
    process.kill(await podman(), 'SIGKILL');
    const [one, two, three, four] = await starting;
    await stop;
    for (const arn of [one!, three!]) {
      const task = await client().running(arn);
      expect(await page(`127.0.0.1:${containerOf(task).networkBindings![0]!.hostPort}`)).toBe('stays');
    }
    for (const arn of [two!, four!]) expect(containerOf(await client().stopped(arn)).exitCode).toBe(5);
    await client().stopped(stopping);
    await client().stopAll();
    await workshop.it.expectNoTraces();
  }
}, 600_000);

it('together with the server loses nothing', async () => {
  const arn = await client().start([
    pageServer('goes on', { portMappings: [{ containerPort: 80, hostPort: 0 }] }),
  ]);
  const ending = await client().start([sh('echo first; sleep 1; echo last; exit 4')]);
  const before = containerOf(await client().running(arn));
  await client().running(ending);
  const first = await podman();
  await workshop.it.server.kill();
  process.kill(first, 'SIGKILL');
  const address = `127.0.0.1:${before.networkBindings![0]!.hostPort}`;
  expect(await page(address)).toBe('goes on');
  await delay(1_200);
  await workshop.it.serve();
  expect(containerOf(await client().running(arn))).toEqual(before);
  expect(await page(address)).toBe('goes on');
  expect(containerOf(await client().stopped(ending)).exitCode).toBe(4);
  expect(await client().output(ending)).toEqual(['first', 'last']);
});
