import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gate, openLoopTest, type LoopTest } from '../../test/fixtures/task-loop.ts';
import { EngineError } from '../core/errors.ts';
import type { TaskRecord } from '../core/records.ts';

let test: LoopTest;
beforeEach(async () => {
  test = await openLoopTest();
});
afterEach(() => test.dispose());

const containerOf = (record: TaskRecord) => record.task.containers![0]!;

describe('events', () => {
  it('that were lost are made up for by a listing, also when the first one fails', async () => {
    const arn = await test.run([{ simulate: 'exit=5 after=1s' }]);
    await test.reaches(arn, 'RUNNING');
    test.engine.deaf = true;
    test.clock.advance(1000);
    let failures = 1;
    test.engine.beforeList = async () => {
      if (failures-- > 0) throw new EngineError('EngineUnavailable', 'not yet');
    };
    test.engine.tell({ type: 'resync' });
    await test.until(() => expect(test.warnings.join()).toContain('not yet'));
    test.clock.advance(1000);
    expect(containerOf(await test.reaches(arn, 'STOPPED'))).toMatchObject({ exitCode: 5 });
  });

  it('are followed again where their stream breaks off, and what was missed is made up for', async () => {
    const arn = await test.run([{ simulate: 'exit=5 after=1s' }]);
    await test.reaches(arn, 'RUNNING');
    test.engine.breakOff();
    await test.until(() => expect(test.warnings.join()).toContain('the stream broke off'));
    test.clock.advance(1000);
    expect(containerOf(await test.reaches(arn, 'STOPPED'))).toMatchObject({ exitCode: 5 });
    const next = await test.run([{ simulate: 'exit=6 after=1s' }]);
    await test.reaches(next, 'RUNNING');
    test.clock.advance(1000);
    expect(containerOf(await test.reaches(next, 'STOPPED'))).toMatchObject({ exitCode: 6 });
  });

  it('that were lost while a task started are made up for after it', async () => {
    const starting = gate();
    test.engine.afterStart = () => starting.passed;
    test.engine.deaf = true;
    const arn = await test.run([{ simulate: 'exit=6 after=1s' }]);
    await test.until(async () => expect(await test.engine.list()).toHaveLength(1));
    test.clock.advance(1000);
    const listed = gate();
    test.engine.beforeList = async () => listed.open();
    test.engine.tell({ type: 'resync' });
    await listed.passed;
    await test.until(() => expect(test.engine.extra).toEqual([]));
    starting.open();
    expect(containerOf(await test.reaches(arn, 'STOPPED'))).toMatchObject({ exitCode: 6 });
  });

  it('of a container that was removed do not touch its successor', async () => {
    const arn = await test.run();
    const running = await test.reaches(arn, 'RUNNING');
    const exit = {
      type: 'exited',
      taskId: arn,
      container: 'c0',
      exitCode: 137,
      oomKilled: false,
      at: 1,
    } as const;
    test.engine.tell({ ...exit, runtimeId: 'an older one' });
    test.engine.tell({ ...exit, container: 'stranger' });
    await test.until(() => expect([test.engine.extra.length, test.loop.depth]).toEqual([0, 0]));
    expect(await test.task(arn)).toEqual(running);
    test.engine.tell({ ...exit, runtimeId: containerOf(running).runtimeId });
    expect(containerOf(await test.reaches(arn, 'STOPPED'))).toMatchObject({ exitCode: 137 });
  });

  it('tell whether the engine answers', async () => {
    test.engine.tell({ type: 'health', available: false, reason: 'socket closed' });
    await test.until(() => expect(test.loop.problem).toBe('socket closed'));
    test.engine.tell({ type: 'health', available: true });
    await test.until(() => expect(test.loop.problem).toBeUndefined());
  });
});
