import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCOPE } from '../../test/fixtures/core.ts';
import { gate, openLoopTest, type LoopTest } from '../../test/fixtures/task-loop.ts';
import { createCluster } from '../core/clusters.ts';
import { EngineError } from '../core/errors.ts';
import { ControlPlane } from './control-plane.ts';

let test: LoopTest;
let plane: ControlPlane;
beforeEach(async () => {
  test = await openLoopTest({ start: false });
  const log = { info: () => undefined, warn: () => undefined };
  const { core, engine, logs } = test;
  const credentialsOf = () => () => Promise.resolve(undefined);
  plane = new ControlPlane({ core, engine, logs, credentialsOf, log, concurrency: 4 });
  core.wakeTask = (arn) => plane.wake(arn);
  await plane.start();
});
afterEach(async () => {
  await plane.close();
  await test.dispose();
});

const callsOf = (name: string) => test.engine.calls.filter((call) => call === name).length;

/** A task in a cluster that was just made, RUNNING. */
async function runAnew(simulate?: string): Promise<string> {
  await createCluster(test.core, SCOPE, {});
  const arn = await test.run([{ ...(simulate !== undefined && { simulate }) }]);
  await test.reaches(arn, 'RUNNING');
  return arn;
}

describe('a reset', () => {
  it('leaves neither record nor task nor output, and an empty machine that takes new tasks', async () => {
    const arn = await runAnew();
    await plane.reset();
    expect(await test.engine.list()).toEqual([]);
    expect(await test.task(arn)).toBeUndefined();
    expect(await test.store.read.clusters.find({ limit: 10 })).toEqual([]);
    expect(await test.store.read.hosts.find({ limit: 10 })).toMatchObject([{ usedCpu: 0, usedMemoryMiB: 0 }]);
    await runAnew();
  });

  it('does not run beside another one, which would leave two loops', async () => {
    await Promise.all([plane.reset(), plane.reset()]);
    const arn = await runAnew('exit=0 after=1s');
    const before = callsOf('stop');
    test.clock.advance(1000);
    await test.reaches(arn, 'STOPPED');
    expect(callsOf('stop') - before).toBe(1);
  });

  it('that fails is told, and tasks go on being looked after', async () => {
    const arn = await runAnew('exit=4 after=1s');
    let failures = 2;
    test.engine.beforeList = async () => {
      if (failures-- > 0) throw new EngineError('EngineUnavailable', 'not now');
    };
    await expect(plane.reset()).rejects.toThrow('not now');
    test.clock.advance(1000);
    const ended = await test.reaches(arn, 'STOPPED');
    expect(ended.task.containers![0]).toMatchObject({ exitCode: 4 });
    await runAnew();
  });

  it('removes what a start under way makes after it began', async () => {
    await createCluster(test.core, SCOPE, {});
    const starting = gate();
    const begun = gate();
    test.engine.beforeStart = () => (begun.open(), starting.passed);
    await test.run();
    await begun.passed;
    const listed = gate();
    test.engine.beforeList = async () => listed.open();
    const reset = plane.reset();
    await test.until(async () => {
      test.clock.advance(3000);
      await Promise.race([listed.passed, Promise.reject(new Error('not listed yet'))]);
    });
    starting.open();
    await reset;
    await test.until(() => expect(callsOf('start')).toBe(1));
    expect(await test.engine.list()).toEqual([]);
  });
});
