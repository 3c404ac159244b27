/** What goes on while no server is there: pages are served, output is kept, ends are remembered. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../fixtures/processes.ts';
import { containerOf, page, pageServer, sh, sleeper } from '../fixtures/task-client.ts';
import { containersOf } from '../fixtures/traces.ts';
import { LOCAL_ENGINES, useWorkshop } from '../fixtures/workshop.ts';

describe.each(LOCAL_ENGINES)('%s', (kind) => {
  const workshop = useWorkshop(kind);
  const client = () => workshop.it.client;

  it('a running task is reached all the time, and loses no line', async () => {
    const counting = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.02; done';
    const arn = await client().start([
      pageServer('served', { portMappings: [{ containerPort: 80, hostPort: 0 }] }),
      sh(`trap 'exit 0' TERM; ${counting}`, { name: 'counts' }),
    ]);
    const before = await client().running(arn);
    const address = `127.0.0.1:${containerOf(before).networkBindings![0]!.hostPort}`;
    await page(address);
    const watch = new AbortController();
    const visits = visit(address, watch.signal);
    for (const pause of [0, 300]) {
      await workshop.it.server.kill();
      await delay(pause);
      await workshop.it.serve();
    }
    watch.abort();
    const { served, failures } = await visits;
    expect(failures).toEqual([]);
    expect(served).toBeGreaterThan(50);
    const after = await client().running(arn);
    expect(containerOf(after)).toEqual(containerOf(before));
    expect(after.startedAt).toEqual(before.startedAt);
    await client().stop(arn);
    await client().stopped(arn);
    const lines = await client().output(arn, 'counts');
    expect(lines.length).toBeGreaterThan(50);
    expect(lines).toEqual(lines.map((_, index) => String(index + 1)));
  });

  it('tasks that end meanwhile show how', async () => {
    const endings = [
      { script: 'exit 0', exitCode: 0 },
      { script: 'exit 23', exitCode: 23 },
      { script: 'a=x; while :; do a=$a$a; done', exitCode: 137, reason: /^OutOfMemoryError/ },
    ];
    const arns = await Promise.all(
      endings.map(({ script }) =>
        client().start([sh(`echo first; sleep 2; echo last; ${script}`, { memory: 16 })]),
      ),
    );
    const staying = await client().start([
      sleeper('true', { name: 'main' }),
      sh('sleep 2; exit 9', { name: 'extra', essential: false }),
    ]);
    await Promise.all([...arns, staying].map((arn) => client().running(arn)));
    await workshop.it.server.kill();
    const runs = async () =>
      (await containersOf(workshop.it.traced)).filter(({ State }) => State === 'running');
    await until('all but one to end', async () => (await runs()).length === 1);
    const restartedAt = Date.now();
    await workshop.it.serve();
    for (const [index, { exitCode, reason }] of endings.entries()) {
      const task = await client().stopped(arns[index]!);
      expect(task.stopCode).toBe('EssentialContainerExited');
      const container = containerOf(task);
      expect(container.exitCode).toBe(exitCode);
      if (reason) expect(container.reason).toMatch(reason);
      else expect(container.reason).toBeUndefined();
      expect(task.startedAt!.getTime()).toBeLessThan(restartedAt);
      expect(await client().output(arns[index]!)).toEqual(['first', 'last']);
    }
    const task = await client().running(staying);
    expect(containerOf(task, 'extra')).toMatchObject({ lastStatus: 'STOPPED', exitCode: 9 });
  });

  it('a task that was being stopped is stopped', async () => {
    const stubborn = await client().start([
      sh('trap "" TERM; while :; do sleep 0.1; done', { stopTimeout: 3 }),
    ]);
    await client().running(stubborn);
    await client().stop(stubborn, 'enough');
    await workshop.it.server.kill();
    await workshop.it.serve();
    const task = await client().stopped(stubborn);
    expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
    expect(containerOf(task).exitCode).toBe(137);
  });

  it('a task whose image was being pulled is started', async () => {
    const image = await workshop.it.push('large:1', { files: { '/large': 'x'.repeat(30_000_000) } });
    const arn = await client().start([sleeper('true', { image })]);
    await until('the pull', async () => (await client().task(arn)).lastStatus !== 'PROVISIONING');
    await workshop.it.server.kill();
    await workshop.it.serve();
    await client().running(arn);
  });
});

/** Asks for the page again and again until the signal. */
async function visit(address: string, signal: AbortSignal): Promise<{ served: number; failures: string[] }> {
  let served = 0;
  const failures: string[] = [];
  while (!signal.aborted) {
    try {
      const answer = await fetch(`http://${address}/`, {
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(2_000),
      });
      if ((await answer.text()).trim() === 'served') served++;
      else failures.push(`answer ${answer.status}`);
    } catch (error) {
      failures.push(String((error as Error).cause ?? error));
    }
    await delay(10);
  }
  return { served, failures };
}
