import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gate, openLoopTest, type LoopTest } from '../../test/fixtures/task-loop.ts';
import { EngineError } from '../core/errors.ts';
import type { TaskRecord, TaskStatus } from '../core/records.ts';

let test: LoopTest;
beforeEach(async () => {
  test = await openLoopTest();
});
afterEach(() => test.dispose());

/** lastStatus in each event of the task. */
async function history(arn: string): Promise<string[]> {
  const events = await test.store.events(0, 1000);
  const states = events
    .filter(({ subject }) => subject === arn)
    .map(({ detail }) => (detail.task as { lastStatus: string }).lastStatus);
  return states.filter((state, index) => state !== states[index - 1]);
}

/** The record as a crash at that moment would have left it. */
async function rewrite(
  record: TaskRecord,
  lastStatus: TaskStatus,
  desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING',
): Promise<void> {
  const task = { ...record.task, lastStatus, desiredStatus };
  await test.store.transact((tx) => tx.tasks.put({ ...record, lastStatus, desiredStatus, task }));
}

const containerOf = (record: TaskRecord, index = 0) => record.task.containers![index]!;

describe('a life', () => {
  it('goes through every state in order and leaves nothing but its record and its output', async () => {
    const arn = await test.run();
    const running = await test.reaches(arn, 'RUNNING');
    expect(containerOf(running).runtimeId).toMatch(/^[0-9a-f]{64}$/);
    await test.stop(arn);
    const { task } = await test.reaches(arn, 'STOPPED');
    expect(await history(arn)).toEqual([
      'PROVISIONING',
      'PENDING',
      'ACTIVATING',
      'RUNNING',
      'DEACTIVATING',
      'STOPPING',
      'DEPROVISIONING',
      'STOPPED',
    ]);
    expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' });
    expect(task.containers![0]).toMatchObject({ exitCode: 143, lastStatus: 'STOPPED' });
    for (const time of [
      'createdAt',
      'pullStartedAt',
      'pullStoppedAt',
      'startedAt',
      'stoppingAt',
      'executionStoppedAt',
      'stoppedAt',
    ] as const) {
      expect(task[time], time).toBe(test.clock.now() / 1000);
    }
    await test.until(() => expect(test.loop.depth).toBe(0));
    expect(await test.engine.list()).toEqual([]);
    const lines = [];
    for await (const { message } of (await test.logs.read(arn, 'c0', {}))!) lines.push(message);
    expect(lines).toEqual(['simulated: started example/app:1', 'simulated: ended with code 143']);
  });

  it('ends with the exit of an essential container, and stops the others', async () => {
    const arn = await test.run([{ simulate: 'exit=7 after=1s' }, {}]);
    await test.reaches(arn, 'RUNNING');
    test.clock.advance(1000);
    const ended = await test.reaches(arn, 'STOPPED');
    expect(ended.task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
    expect(ended.task.containers!.map(({ exitCode }) => exitCode)).toEqual([7, 143]);
  });

  it('goes on when another container exits, and ends when the last one has', async () => {
    const arn = await test.run([
      { essential: false, simulate: 'exit=1 after=1s' },
      { simulate: 'oom after=1m' },
    ]);
    await test.reaches(arn, 'RUNNING');
    test.clock.advance(1000);
    await test.until(async () => expect(containerOf(await test.task(arn))).toMatchObject({ exitCode: 1 }));
    expect((await test.task(arn)).desiredStatus).toBe('RUNNING');
    test.clock.advance(60_000);
    expect(containerOf(await test.reaches(arn, 'STOPPED'), 1)).toMatchObject({
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
  });

  it('never shows RUNNING for what has ended before its start was told', async () => {
    test.engine.afterStart = async () => test.clock.advance(0);
    const arn = await test.run([{ simulate: 'exit=3' }]);
    const ended = await test.reaches(arn, 'STOPPED');
    expect(containerOf(ended)).toMatchObject({ exitCode: 3 });
    expect(ended.task.startedAt).toBeDefined();
    expect(await history(arn)).not.toContain('RUNNING');
  });

  it('starts fifty at once', async () => {
    const arns = await Promise.all(Array.from({ length: 50 }, () => test.run([{ memory: 4 }])));
    await Promise.all(arns.map((arn) => test.reaches(arn, 'RUNNING')));
    expect(test.warnings).toEqual([]);
  });
});

describe('what cannot be brought up', () => {
  it.each([
    ['pull', 'CannotPullContainerError'],
    ['create', 'CannotCreateContainerError'],
    ['start', 'CannotStartContainerError'],
  ])('ends with the cause when it fails to %s', async (step, code) => {
    const arn = await test.run([{}, { simulate: `fail=${step}` }]);
    const { task } = await test.reaches(arn, 'STOPPED');
    expect(task.stopCode).toBe('TaskFailedToStart');
    expect(task.stoppedReason).toMatch(new RegExp(`^${code}: .*simulated`));
    expect(task.containers!.map(({ reason }) => reason)).toEqual([undefined, task.stoppedReason]);
    expect(task).not.toHaveProperty('startedAt');
    expect(containerOf(await test.task(arn), 1)).not.toHaveProperty('exitCode');
    expect(test.engine.calls).toContain('remove');
    expect((await test.store.read.hosts.get(test.core.localHostId))!.usedMemoryMiB).toBe(0);
  });

  it('says which container of several has the image that cannot be pulled', async () => {
    test.engine.beforePull = async (reference) => {
      if (reference === 'bad:1') throw new EngineError('CannotPullContainerError', 'no such image');
    };
    const { task } = await test.reaches(await test.run([{}, { image: 'bad:1' }]), 'STOPPED');
    expect(task.stoppedReason).toBe('CannotPullContainerError: no such image');
    expect(task.containers!.map(({ reason }) => reason)).toEqual([undefined, task.stoppedReason]);
    expect(test.engine.calls).not.toContain('start');
  });

  it.each([
    ['pull', 'CannotPullContainerError'],
    ['start', 'ResourceInitializationError'],
  ])(
    'ends, and is not tried for ever, when the engine fails to %s in a way it did not foresee',
    async (step, code) => {
      const fail = () => Promise.reject(new Error('no space for volumes'));
      if (step === 'pull') test.engine.beforePull = fail;
      else test.engine.beforeStart = fail;
      const { task } = await test.reaches(await test.run(), 'STOPPED');
      expect(task).toMatchObject({
        stopCode: 'TaskFailedToStart',
        stoppedReason: `${code}: no space for volumes`,
      });
      expect(test.warnings.join()).toContain('no space for volumes');
    },
  );

  it('waits for an engine that is away, and then runs', async () => {
    let away = 2;
    test.engine.beforePull = async () => {
      if (away-- > 0) throw new EngineError('EngineUnavailable', 'away');
    };
    const arn = await test.run();
    for (const times of [1, 2]) {
      await test.until(() => expect(test.warnings).toHaveLength(times));
      expect((await test.task(arn)).lastStatus).toBe('PENDING');
      test.clock.advance(1000);
    }
    await test.reaches(arn, 'RUNNING');
  });

  it('holds up no other task, and can be stopped, while pulls hang', async () => {
    test.engine.beforePull = (reference, signal) =>
      reference === 'slow:1'
        ? new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('aborted'))))
        : Promise.resolve();
    const slow = await Promise.all(
      Array.from({ length: 20 }, () => test.run([{ image: 'slow:1', memory: 4 }])),
    );
    await test.until(() =>
      expect(test.engine.calls.filter((call) => call === 'pull slow:1')).toHaveLength(20),
    );
    await test.reaches(await test.run(), 'RUNNING');
    await Promise.all(slow.map((arn) => test.stop(arn)));
    for (const arn of slow) {
      const { task } = await test.reaches(arn, 'STOPPED');
      expect(task).toMatchObject({ stopCode: 'UserInitiated' });
      expect(task).not.toHaveProperty('startedAt');
    }
    expect(test.engine.calls.filter((call) => call === 'start')).toHaveLength(1);
    expect(test.warnings).toEqual([]);
  });

  it('stops what was asked to stop while it started', async () => {
    const starting = gate();
    test.engine.beforeStart = () => starting.passed;
    const arn = await test.run();
    await test.until(() => expect(test.engine.calls).toContain('start'));
    await test.stop(arn);
    starting.open();
    expect((await test.reaches(arn, 'STOPPED')).task.stopCode).toBe('UserInitiated');
    expect(await test.engine.list()).toEqual([]);
  });

  it('takes the others down at once while one does not end', async () => {
    const hanging = gate();
    const arns = await Promise.all(Array.from({ length: 12 }, () => test.run([{ memory: 4 }])));
    await Promise.all(arns.map((arn) => test.reaches(arn, 'RUNNING')));
    test.engine.beforeStop = (id) => (arns.indexOf(id) < 10 ? hanging.passed : Promise.resolve());
    for (const arn of arns) await test.stop(arn);
    await test.reaches(arns[11]!, 'STOPPED');
    hanging.open();
    for (const arn of arns) await test.reaches(arn, 'STOPPED');
  });

  it('survives a store that cannot be written for a while', async () => {
    const disk = fillable();
    test.engine.beforePull = async () => void (disk.full = true);
    test.engine.beforeStart = async () => void (await ticks());
    const arn = await test.run();
    await test.until(() => expect(test.warnings.join()).toContain('disk full'));
    disk.full = false;
    test.engine.beforePull = async () => undefined;
    test.clock.advance(5000);
    await test.reaches(arn, 'RUNNING');
  });

  it('records a start late where it could not at once, instead of starting again', async () => {
    const disk = fillable();
    test.engine.afterStart = async () => void (disk.full = true);
    const arn = await test.run();
    await test.until(() => expect(test.warnings.join()).toContain('disk full'));
    disk.full = false;
    test.clock.advance(5000);
    await test.reaches(arn, 'RUNNING');
    expect(test.engine.calls.filter((call) => call === 'start')).toHaveLength(1);
  });
});

const ticks = () => new Promise((resolve) => setImmediate(resolve));

/** A store that refuses every write while `full` is set. */
function fillable(): { full: boolean } {
  const { store } = test.core;
  const disk = { full: false };
  test.core.store = Object.assign(Object.create(store) as typeof store, {
    read: store.read,
    transact: (mutation: Parameters<typeof store.transact>[0]) =>
      disk.full ? Promise.reject(new Error('disk full')) : store.transact(mutation),
  });
  return disk;
}

describe('after a crash', () => {
  it('adopts what runs, with the start it had', async () => {
    const arn = await test.run();
    const before = await test.reaches(arn, 'RUNNING');
    await test.restart();
    expect(await test.task(arn)).toEqual(before);
    expect(test.engine.calls.filter((call) => call === 'start')).toHaveLength(1);
    await test.stop(arn);
    await test.reaches(arn, 'STOPPED');
  });

  it('finds the exit code of what ended meanwhile', async () => {
    const arn = await test.run([{ simulate: 'exit=42 after=1s' }]);
    await test.reaches(arn, 'RUNNING');
    await test.restart(async () => test.clock.advance(1000));
    expect(containerOf(await test.reaches(arn, 'STOPPED'))).toMatchObject({ exitCode: 42 });
  });

  it('ends what is gone, and says that no exit code is known', async () => {
    const arn = await test.run([{}, {}]);
    await test.reaches(arn, 'RUNNING');
    await test.restart(() => test.engine.removeTask(arn));
    const ended = await test.reaches(arn, 'STOPPED');
    expect(ended.task.stopCode).toBe('EssentialContainerExited');
    expect(containerOf(ended).reason).toContain('no exit code');
    expect(containerOf(ended)).not.toHaveProperty('exitCode');
  });

  it('keeps a task running that lost a container it can do without', async () => {
    const arn = await test.run([{}, { essential: false }]);
    await test.reaches(arn, 'RUNNING');
    test.engine.change = (tasks) =>
      tasks.map((task) => ({ ...task, containers: task.containers.slice(0, 1) }));
    await test.restart();
    const record = await test.until(async () => {
      const found = await test.task(arn);
      expect(containerOf(found, 1).lastStatus).toBe('STOPPED');
      return found;
    });
    expect(containerOf(record).lastStatus).toBe('RUNNING');
    expect(record.desiredStatus).toBe('RUNNING');
  });

  it('adopts what was started but not yet written down', async () => {
    const arn = await test.run([{ simulate: 'exit=9 after=1s' }, {}]);
    const record = await test.reaches(arn, 'RUNNING');
    await test.restart(() => rewrite(record, 'ACTIVATING'));
    const adopted = await test.reaches(arn, 'RUNNING');
    expect(containerOf(adopted)).toEqual(containerOf(record));
    expect(test.engine.calls.filter((call) => call === 'start')).toHaveLength(1);
    test.clock.advance(1000);
    expect(containerOf(await test.reaches(arn, 'STOPPED'))).toMatchObject({ exitCode: 9 });
  });

  it('removes what is half started and starts it anew', async () => {
    const arn = await test.run([{}, {}]);
    await test.reaches(arn, 'RUNNING');
    const record = await test.task(arn);
    await test.restart(async () => {
      await rewrite(record, 'ACTIVATING');
      test.engine.change = (tasks) =>
        tasks.map((one) => ({ ...one, containers: one.containers.slice(0, 1) }));
      test.engine.calls = [];
    });
    const again = await test.reaches(arn, 'RUNNING');
    expect(test.engine.calls).toEqual(['remove', 'pull example/app:1', 'start']);
    expect(containerOf(again).runtimeId).not.toBe(containerOf(record).runtimeId);
  });

  it.each(['PROVISIONING', 'PENDING', 'ACTIVATING'] as const)('brings up what was %s', async (lastStatus) => {
    await test.loop.close();
    const arn = await test.run();
    await rewrite(await test.task(arn), lastStatus);
    await test.restart();
    await test.reaches(arn, 'RUNNING');
  });

  it.each(['RUNNING', 'DEACTIVATING', 'STOPPING', 'DEPROVISIONING'] as const)(
    'takes down what was %s and was to stop',
    async (lastStatus) => {
      const arn = await test.run();
      const record = await test.reaches(arn, 'RUNNING');
      await test.restart(() => rewrite(record, lastStatus, 'STOPPED'));
      expect(containerOf(await test.reaches(arn, 'STOPPED'))).toMatchObject({ exitCode: 143 });
      expect(await test.engine.list()).toEqual([]);
    },
  );

  it('removes what nobody knows, and what has ended', async () => {
    const arn = await test.run();
    const record = await test.reaches(arn, 'RUNNING');
    await test.stop(arn);
    await test.reaches(arn, 'STOPPED');
    await test.restart(async () => {
      await test.engine.startTask({ ...record.spec, id: 'stranger' });
      await test.engine.startTask(record.spec);
    });
    await test.until(async () => expect(await test.engine.list()).toEqual([]));
  });
});
