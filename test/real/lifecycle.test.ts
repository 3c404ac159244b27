/** How tasks end: by themselves, by request, for lack of memory. */
import { describe, expect, it } from 'vitest';
import { until } from '../fixtures/processes.ts';
import { containerOf, sh, sleeper } from '../fixtures/task-client.ts';
import { ALL_ENGINES, useWorkshop } from '../fixtures/workshop.ts';

describe.each(ALL_ENGINES)('%s', (kind) => {
  const workshop = useWorkshop(kind);
  const client = () => workshop.it.client;
  const hasSaid = (arn: string, line: string, container = 'app') =>
    until(`${container} to say ${line}`, async () => (await client().output(arn, container)).includes(line));

  it.each([0, 1, 42, 255])('shows exit code %i', async (code) => {
    const task = await client().stopped(await client().start([sh(`exit ${code}`)]));
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      desiredStatus: 'STOPPED',
    });
    expect(containerOf(task)).toMatchObject({ exitCode: code, lastStatus: 'STOPPED' });
    for (const time of ['createdAt', 'startedAt', 'stoppingAt', 'stoppedAt', 'executionStoppedAt'] as const) {
      expect(task[time]).toBeInstanceOf(Date);
    }
  });

  it('stops the others when an essential container ends', async () => {
    const arn = await client().start([
      sh('sleep 0.5; exit 3', { name: 'ends' }),
      sleeper('true', { name: 'stays' }),
    ]);
    const task = await client().stopped(arn);
    expect(task.stopCode).toBe('EssentialContainerExited');
    expect(containerOf(task, 'ends').exitCode).toBe(3);
    expect(containerOf(task, 'stays')).toMatchObject({ lastStatus: 'STOPPED', exitCode: 0 });
  });

  it('goes on when a container ends that is not essential', async () => {
    const arn = await client().start([
      sleeper('true', { name: 'main' }),
      sh('exit 9', { name: 'extra', essential: false }),
    ]);
    await until(
      'extra to end',
      async () => containerOf(await client().task(arn), 'extra').lastStatus === 'STOPPED',
    );
    const task = await client().running(arn);
    expect(task.desiredStatus).toBe('RUNNING');
    expect(containerOf(task, 'extra').exitCode).toBe(9);
    expect(containerOf(task, 'main').lastStatus).toBe('RUNNING');
    await client().stop(arn, 'enough');
    const stopped = await client().stopped(arn);
    expect(stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
    expect(containerOf(stopped, 'extra').exitCode).toBe(9);
    expect(containerOf(stopped, 'main').exitCode).toBe(0);
  });

  it('asks the process to end, and leaves it its time', async () => {
    const arn = await client().start([
      sh('trap "sleep 1; echo bye; exit 7" TERM; echo up; while :; do sleep 0.1; done', { stopTimeout: 20 }),
    ]);
    await client().running(arn);
    await hasSaid(arn, 'up');
    await client().stop(arn);
    expect(containerOf(await client().stopped(arn)).exitCode).toBe(7);
    expect(await client().output(arn)).toEqual(['up', 'bye']);
  });

  it('kills what does not end within its stopTimeout', async () => {
    const arn = await client().start([
      sh('trap "" TERM; echo up; while :; do sleep 0.1; done', { stopTimeout: 2 }),
    ]);
    await client().running(arn);
    await hasSaid(arn, 'up');
    await client().stop(arn);
    const task = await client().stopped(arn);
    expect(containerOf(task).exitCode).toBe(137);
    const took = task.executionStoppedAt!.getTime() - task.stoppingAt!.getTime();
    expect(took).toBeGreaterThanOrEqual(1_900);
    expect(took).toBeLessThan(10_000);
  });

  it("uses the image's own stop signal", async () => {
    const image = await workshop.it.push('signal:1', { stopSignal: 'SIGUSR1' });
    const script =
      'trap "echo usr1; exit 5" USR1; trap "echo term; exit 6" TERM; echo up; while :; do sleep 0.1; done';
    const arn = await client().start([sh(script, { image })]);
    await hasSaid(arn, 'up');
    await client().stop(arn);
    expect(containerOf(await client().stopped(arn)).exitCode).toBe(5);
  });

  it('says that a container was killed for lack of memory', async () => {
    const arn = await client().start([sh('a=x; while :; do a=$a$a; done', { memory: 16 })]);
    const task = await client().stopped(arn);
    expect(task.stopCode).toBe('EssentialContainerExited');
    expect(containerOf(task)).toMatchObject({
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
  });

  it('does not blame memory for a kill', async () => {
    const arn = await client().start([sh('trap "" TERM; while :; do sleep 1; done', { stopTimeout: 2 })]);
    await client().running(arn);
    await client().stop(arn);
    const container = containerOf(await client().stopped(arn));
    expect(container).toMatchObject({ exitCode: 137 });
    expect(container.reason).toBeUndefined();
  });

  it('can be stopped at every moment of its start', async () => {
    const definition = await client().register([sleeper()]);
    for (const wait of [0, 5, 20, 50, 100, 200]) {
      const arn = await client().run(definition);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      await client().stop(arn, 'changed my mind');
      const task = await client().stopped(arn);
      expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'changed my mind' });
    }
    await workshop.it.expectNoTraces();
  });

  it('is removed without a trace', async () => {
    await client().stopAll();
    await workshop.it.expectNoTraces();
  });
});
