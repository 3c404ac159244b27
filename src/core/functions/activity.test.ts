import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../../test/fixtures/core.ts';
import { Activity, keptLogs, type LogEntry } from './activity.ts';
import type { FunctionVersionRecord, SessionRecord } from './records.ts';

let test: TestCore;
let errors: unknown[];
beforeEach(async () => {
  test = await openTestCore();
  errors = [];
});
afterEach(() => test.dispose());

const opened = () =>
  new Activity({ store: test.store, clock: test.clock, onError: (error) => errors.push(error) });

const session = {
  id: 'a/s/1',
  owner: 'a/s',
  expiresAt: 1,
  executionCount: 0,
  lastExecutedAt: 0,
} as SessionRecord;
const entry = (n: number, versionId = 'v') =>
  ({ functionId: 'a/f', versionId, requestId: `r${n}`, at: n }) as LogEntry;
const publish = (id: string) =>
  test.store.transact((tx) =>
    tx.functionVersions.insert({ id, functionId: 'a/f', version: 1 } as FunctionVersionRecord),
  );

describe('Activity', () => {
  it('counts every execution, whenever it is written', async () => {
    await test.store.transact((tx) => tx.sessions.insert(session));
    const activity = opened();
    for (let at = 1; at <= 500; at++) {
      activity.executed(session.id, at);
      if (at % 50 === 0) await activity.flush();
    }
    await Promise.all([activity.flush(), activity.flush(), activity.flush()]);
    const kept = await test.store.read.sessions.get(session.id);
    expect(kept).toMatchObject({ executionCount: 500, lastExecutedAt: 500 });
  });

  it('writes a moment later by itself, and once for many', async () => {
    await test.store.transact((tx) => tx.sessions.insert(session));
    const before = test.store.statistics().transactions;
    const activity = opened();
    for (let at = 1; at <= 100; at++) activity.executed(session.id, at);
    test.clock.advance(1000);
    await expect.poll(async () => (await test.store.read.sessions.get(session.id))?.executionCount).toBe(100);
    expect(test.store.statistics().transactions - before).toBe(1);
  });

  it('keeps the newest entries of each function, also over restarts', async () => {
    await publish('v');
    for (const [from, to] of [
      [1, 150],
      [151, 450],
    ] as const) {
      const activity = opened();
      for (let n = from; n <= to; n++) activity.logged(entry(n));
      await activity.close();
    }
    const kept = await test.store.read.executionLogs.find({
      where: { functionId: 'a/f' },
      orderBy: 'sequence',
      descending: true,
      limit: 1000,
    });
    expect(kept.map(({ at }) => at)).toEqual(Array.from({ length: keptLogs }, (_, index) => 450 - index));
  });

  it('forgets sessions and functions that are gone', async () => {
    const activity = opened();
    activity.executed('nobody', 1);
    activity.logged(entry(1));
    await activity.flush();
    expect(await test.store.read.executionLogs.find({ limit: 1 })).toEqual([]);
  });

  it('gives nothing of a function to another one of its title', async () => {
    const activity = opened();
    await publish('v');
    activity.logged(entry(1));
    await test.store.transact((tx) => tx.functionVersions.delete('v'));
    await publish('other');
    activity.logged(entry(2, 'other'));
    await activity.flush();
    const kept = await test.store.read.executionLogs.find({ limit: 10 });
    expect(kept).toEqual([expect.objectContaining({ at: 2, sequence: 1 })]);
  });

  it('forgets what was not written when the store was emptied', async () => {
    const activity = opened();
    activity.executed(session.id, 1);
    activity.logged(entry(1));
    await activity.clear();
    await test.store.transact((tx) => tx.sessions.insert(session));
    await publish('v');
    await activity.flush();
    expect(await test.store.read.sessions.get(session.id)).toMatchObject({ executionCount: 0 });
    expect(await test.store.read.executionLogs.find({ limit: 1 })).toEqual([]);
  });

  it('loses nothing where the store fails for a while', async () => {
    await test.store.transact((tx) => tx.sessions.insert(session));
    const { store } = test;
    let down = true;
    const failing = Object.assign(Object.create(store) as typeof store, {
      transact: (mutation: Parameters<typeof store.transact>[0]) =>
        down ? Promise.reject(new Error('down')) : store.transact(mutation),
    });
    const activity = new Activity({
      store: failing,
      clock: test.clock,
      onError: (error) => errors.push(error),
    });
    activity.executed(session.id, 1);
    await expect(activity.flush()).rejects.toThrow('down');
    activity.executed(session.id, 2);
    down = false;
    await activity.flush();
    expect(await store.read.sessions.get(session.id)).toMatchObject({ executionCount: 2, lastExecutedAt: 2 });
  });
});
