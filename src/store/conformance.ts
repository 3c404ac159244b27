import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store, Transaction } from '../core/ports/store.ts';
import type { TaskRecord } from '../core/records.ts';
import { CREATED, describeEvents } from './conformance-events.ts';
import { clusterRecord, taskDefinitionRecord, taskRecord } from './sample-records.ts';

/** One store of its own, empty. `reopen` closes it and opens the same data again. */
export interface StoreUnderTest {
  store: Store;
  reopen(): Promise<Store>;
  dispose(): Promise<void>;
}

/** What every store adapter has to do; run it from a test of each. */
export function storeConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`store conformance: ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      under = await open();
      store = under.store;
    });
    afterEach(() => under.dispose());

    const transactions = () => describeTransactions(() => store);
    describe('transactions', transactions);
    describe('find', () => describeFind(() => store));
    describe('count', () => describeCount(() => store));
    describe('events', () => describeEvents(() => store));

    describe('durability', () => {
      it('keeps records, counters and event numbers over a reopen', async () => {
        await store.transact(async (tx) => {
          await tx.tasks.insert(taskRecord('t1'));
          await tx.emit(CREATED);
        });
        await store.trimEvents(10);
        store = await under.reopen();
        expect(await store.read.tasks.get('t1')).toEqual(taskRecord('t1'));
        expect(await store.read.tasks.count({ clusterArn: 'c', lastStatus: 'RUNNING' })).toBe(1);
        await store.transact((tx) => tx.emit(CREATED));
        expect((await store.events(0, 10)).map((event) => event.sequence)).toEqual([2]);
      });

      it('refuses work once closed and commits what was asked for before', async () => {
        const early = store.transact((tx) => tx.clusters.insert(clusterRecord('c1')));
        await store.close();
        await early;
        await expect(store.transact((tx) => tx.clusters.delete('c1'))).rejects.toMatchObject({
          code: 'Unavailable',
        });
        store = await under.reopen();
        expect(await store.read.clusters.get('c1')).toBeDefined();
      });

      it('can be checked', async () => {
        await expect(store.check()).resolves.toBeUndefined();
      });

      it('clears everything', async () => {
        await store.transact(async (tx) => {
          await tx.tasks.insert(taskRecord('t1'));
          await tx.emit(CREATED);
        });
        await store.read.tasks.get('t1');
        await Promise.all([
          store.transact((tx) => tx.tasks.insert(taskRecord('t2'))),
          store.clear(),
          store.transact((tx) => tx.tasks.insert(taskRecord('t3'))),
        ]);
        expect((await store.read.tasks.find({ limit: 10 })).map((task) => task.id)).toEqual(['t3']);
        expect(await store.read.tasks.get('t1')).toBeUndefined();
        expect(await store.read.tasks.count({ clusterArn: 'c', lastStatus: 'RUNNING' })).toBe(1);
        expect(await store.events(0, 10)).toEqual([]);
      });
    });
  });
}

function describeTransactions(current: () => Store): void {
  it('reads its own writes; others see them after the commit only', async () => {
    const store = current();
    let seenByOthers: unknown = 'not read';
    await store.transact(async (tx) => {
      await tx.tasks.insert(taskRecord('t1'));
      expect(await tx.tasks.get('t1')).toEqual(taskRecord('t1'));
      expect(await tx.tasks.find({ where: { clusterArn: 'c' }, limit: 9 })).toHaveLength(1);
      expect(await tx.tasks.count({ clusterArn: 'c', lastStatus: 'RUNNING' })).toBe(1);
      seenByOthers = await store.read.tasks.get('t1');
      expect(await store.read.tasks.find({ limit: 9 })).toEqual([]);
      expect(await store.read.tasks.count({ clusterArn: 'c', lastStatus: 'RUNNING' })).toBe(0);
    });
    expect(seenByOthers).toBeUndefined();
    expect(await store.read.tasks.get('t1')).toEqual(taskRecord('t1'));
  });

  it('gives readers the committed record while a change of it is open, and the new one after', async () => {
    const store = current();
    await store.transact((tx) => tx.tasks.insert(taskRecord('t1')));
    const old = await store.read.tasks.get('t1');
    await store.transact(async (tx) => {
      await tx.tasks.put(taskRecord('t1', { lastStatus: 'STOPPED' }));
      expect((await tx.tasks.get('t1'))?.lastStatus).toBe('STOPPED');
      expect((await store.read.tasks.get('t1'))?.lastStatus).toBe('RUNNING');
    });
    expect(old?.lastStatus).toBe('RUNNING');
    expect((await store.read.tasks.get('t1'))?.lastStatus).toBe('STOPPED');
    expect(await store.read.tasks.getMany(['t1', 'none'])).toEqual([
      taskRecord('t1', { lastStatus: 'STOPPED' }),
      undefined,
    ]);
  });

  it('knows without waiting what was committed and nothing else, or says that it does not know', async () => {
    const store = current();
    const seen = () => [store.read.tasks.known('t1'), store.read.tasks.known('none')];
    const oneOf = (...answers: unknown[]): unknown => expect.toBeOneOf([undefined, ...answers]);
    const either = (task: object | null) => [oneOf(task), oneOf(null)];
    expect(seen()).toEqual(either(null));
    await store.transact(async (tx) => {
      await tx.tasks.insert(taskRecord('t1'));
      expect(seen()).toEqual(either(null));
    });
    expect(seen()).toEqual(either(taskRecord('t1')));
    await store.transact((tx) => tx.tasks.delete('t1'));
    expect(seen()).toEqual(either(null));
  });

  it('has another revision of a table once a commit has changed it, or says nothing of it', async () => {
    const store = current();
    const revisions = () => [store.read.tasks.revision(), store.read.clusters.revision()];
    if (store.read.tasks.revision() === undefined) return expect(revisions()).toEqual([undefined, undefined]);
    const [tasks = 0, clusters = 0] = revisions();
    await store.transact((tx) => tx.tasks.insert(taskRecord('t1')));
    expect(revisions()).toEqual([tasks + 1, clusters]);
    await store.transact(async (tx) => void (await tx.tasks.get('t1')));
    expect(revisions()).toEqual([tasks + 1, clusters]);
    await store.transact((tx) => tx.tasks.delete('t1'));
    expect(revisions()).toEqual([tasks + 2, clusters]);
    await store.clear();
    expect(store.read.tasks.revision()).toBeGreaterThan(tasks + 2);
  });

  it('undoes a throwing one alone, among others of the same moment', async () => {
    const store = current();
    const results = await Promise.allSettled([
      store.transact((tx) => tx.clusters.insert(clusterRecord('a'))),
      store.transact(async (tx) => {
        await tx.clusters.put(clusterRecord('a', { status: 'INACTIVE' }));
        await tx.tasks.insert(taskRecord('t1'));
        await tx.emit(CREATED);
        throw new Error('changed my mind');
      }),
      store.transact((tx) => tx.clusters.get('a')),
      store.transact((tx) => tx.clusters.insert(clusterRecord('b'))),
    ]);
    expect(results.map((result) => result.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(results[1]).toMatchObject({ reason: { message: 'changed my mind' } });
    expect(results[2]).toMatchObject({ value: { status: 'ACTIVE' } });
    expect((await store.read.clusters.find({ limit: 9 })).map((c) => [c.id, c.status])).toEqual([
      ['a', 'ACTIVE'],
      ['b', 'ACTIVE'],
    ]);
    expect(await store.read.tasks.get('t1')).toBeUndefined();
    expect(await store.read.tasks.count({ clusterArn: 'c', lastStatus: 'RUNNING' })).toBe(0);
    expect(await store.events(0, 9)).toEqual([]);
  });

  it('loses no update of many that read and write the same record', async () => {
    const store = current();
    const host = { id: 'h', cpu: 0, memoryMiB: 0, usedCpu: 0, usedMemoryMiB: 0 };
    await store.transact((tx) => tx.hosts.insert(host));
    const add = () =>
      store.transact(async (tx) => {
        const now = (await tx.hosts.get('h'))!;
        await tx.hosts.put({ ...now, usedCpu: now.usedCpu + 1 });
      });
    await Promise.all(Array.from({ length: 200 }, add));
    expect((await store.read.hosts.get('h'))?.usedCpu).toBe(200);
  });

  it('refuses a taken id and leaves the record as it was', async () => {
    const store = current();
    await store.transact((tx) => tx.clusters.insert(clusterRecord('a')));
    const again = store.transact((tx) => tx.clusters.insert(clusterRecord('a', { status: 'INACTIVE' })));
    await expect(again).rejects.toMatchObject({ code: 'AlreadyExists' });
    expect((await store.read.clusters.get('a'))?.status).toBe('ACTIVE');
  });

  it('forgets a deleted record, and takes the delete of an unknown one', async () => {
    const store = current();
    await store.transact((tx) => tx.clusters.insert(clusterRecord('a')));
    await store.read.clusters.get('a');
    await store.transact(async (tx) => {
      await tx.clusters.delete('a');
      await tx.clusters.delete('never was');
      expect(await tx.clusters.get('a')).toBeUndefined();
    });
    expect(await store.read.clusters.get('a')).toBeUndefined();
    expect(await store.read.clusters.find({ limit: 9 })).toEqual([]);
  });

  it('is of no use after its end', async () => {
    let escaped: Transaction | undefined;
    await current().transact(async (tx) => {
      escaped = tx;
    });
    await expect(escaped!.clusters.insert(clusterRecord('late'))).rejects.toThrow(/over/);
    expect(await current().read.clusters.get('late')).toBeUndefined();
  });
}

function describeFind(current: () => Store): void {
  const ids = async (query: Parameters<Store['read']['tasks']['find']>[0]) =>
    (await current().read.tasks.find(query)).map((task) => task.id);

  beforeEach(async () => {
    await current().transact(async (tx) => {
      await tx.tasks.put(taskRecord('t3', { family: 'web', startedBy: 'me', group: 'g' }));
      await tx.tasks.put(taskRecord('t1', { family: 'web', phase: 'ended', stoppedAt: 50 }));
      await tx.tasks.put(
        taskRecord('t4', { family: 'weber', startedBy: 'me', phase: 'ended', stoppedAt: 60 }),
      );
      await tx.tasks.put(taskRecord('t2', { family: 'db', clusterArn: 'other' }));
      for (const revision of [1, 2, 10]) {
        await tx.taskDefinitions.put(taskDefinitionRecord('web', revision));
        await tx.taskDefinitions.put(taskDefinitionRecord('w', revision, { status: 'INACTIVE' }));
      }
    });
  });

  it('orders by id and pages both ways', async () => {
    expect(await ids({ limit: 9 })).toEqual(['t1', 't2', 't3', 't4']);
    expect(await ids({ limit: 2 })).toEqual(['t1', 't2']);
    expect(await ids({ after: 't2', limit: 9 })).toEqual(['t3', 't4']);
    expect(await ids({ descending: true, limit: 2 })).toEqual(['t4', 't3']);
    expect(await ids({ descending: true, after: 't3', limit: 9 })).toEqual(['t2', 't1']);
    expect(await ids({ after: 't4', limit: 9 })).toEqual([]);
  });

  it('compares for equality, also with any of several values', async () => {
    expect(await ids({ where: { clusterArn: 'c', family: 'web' }, limit: 9 })).toEqual(['t1', 't3']);
    expect(await ids({ where: { startedBy: 'me' }, limit: 9 })).toEqual(['t3', 't4']);
    expect(await ids({ where: { startedBy: '' }, limit: 9 })).toEqual(['t1', 't2']);
    expect(await ids({ where: { startedBy: ['', 'me'] }, limit: 9 })).toEqual(['t1', 't2', 't3', 't4']);
    expect(await ids({ where: { group: 'g' }, limit: 9 })).toEqual(['t3']);
    expect(await ids({ where: { family: ['db', 'weber', 'none'] }, limit: 9 })).toEqual(['t2', 't4']);
    expect(await ids({ where: { family: [] }, limit: 9 })).toEqual([]);
  });

  it('finds by prefix and by an upper bound', async () => {
    expect(await ids({ prefix: { field: 'family', value: 'web' }, limit: 9 })).toEqual(['t1', 't3', 't4']);
    expect(await ids({ prefix: { field: 'family', value: 'we%' }, limit: 9 })).toEqual([]);
    expect(
      await ids({ where: { phase: 'ended' }, below: { field: 'stoppedAt', value: 60 }, limit: 9 }),
    ).toEqual(['t1']);
  });

  it('orders by another field both ways and pages through it', async () => {
    const find = async (query: { descending?: boolean; after?: string; limit: number }) => {
      const where = { scope: 's', family: 'web', status: 'ACTIVE' };
      const found = await current().read.taskDefinitions.find({ where, orderBy: 'sortKey', ...query });
      return found.map((definition) => definition.revision);
    };
    expect(await find({ limit: 9 })).toEqual([1, 2, 10]);
    expect(await find({ limit: 1, descending: true })).toEqual([10]);
    expect(await find({ limit: 9, after: 'web:0000000001' })).toEqual([2, 10]);
    expect(await find({ limit: 9, after: 'web:0000000010', descending: true })).toEqual([2, 1]);
  });

  it('refuses fields that are not indexed', async () => {
    const { tasks } = current().read;
    await expect(tasks.find({ where: { nope: 1 }, limit: 1 })).rejects.toThrow(/nope/);
    await expect(tasks.find({ where: { 'id" OR 1 --': 1 }, limit: 1 })).rejects.toThrow(/cannot be searched/);
    await expect(tasks.find({ where: { spec: 'x' }, limit: 1 })).rejects.toThrow(/spec/);
    await expect(tasks.find({ orderBy: 'nope', limit: 1 })).rejects.toThrow(/nope/);
    await expect(tasks.find({ prefix: { field: 'nope', value: '' }, limit: 1 })).rejects.toThrow(/nope/);
    await expect(tasks.find({ below: { field: 'nope', value: 1 }, limit: 1 })).rejects.toThrow(/nope/);
    await expect(tasks.count({ family: 'web' })).rejects.toThrow(/not counted/);
  });
}

/** Histories of small transactions, some of which are undone, against a recount of what they left. */
function describeCount(current: () => Store): void {
  const step = fc.record({
    id: fc.constantFrom('t1', 't2', 't3', 't4'),
    action: fc.constantFrom('put', 'put', 'delete'),
    clusterArn: fc.constantFrom('c', 'd'),
    containerInstanceArn: fc.constantFrom('', 'i'),
    lastStatus: fc.constantFrom<TaskRecord['lastStatus']>('PENDING', 'RUNNING', 'STOPPED'),
    phase: fc.constantFrom<TaskRecord['phase']>('live', 'ended'),
  });
  const history = fc.array(fc.record({ steps: fc.array(step, { maxLength: 4 }), undone: fc.boolean() }));
  const counters: (keyof TaskRecord)[][] = [
    ['clusterArn', 'lastStatus'],
    ['clusterArn', 'launchType', 'lastStatus'],
    ['containerInstanceArn', 'lastStatus'],
    ['taskDefinitionArn', 'phase'],
  ];

  it('equals a recount after any history', async () => {
    const store = current();
    await fc.assert(
      fc.asyncProperty(history, async (transactions) => {
        await store.clear();
        const runs = transactions.map(({ steps, undone }) =>
          store.transact(async (tx) => {
            for (const { action, ...fields } of steps) {
              if (action === 'delete') await tx.tasks.delete(fields.id);
              else await tx.tasks.put(taskRecord(fields.id, fields));
            }
            if (undone) throw new Error('undone');
          }),
        );
        await Promise.allSettled(runs);
        const tasks = await store.read.tasks.find({ limit: 10 });
        const values = {
          clusterArn: ['c', 'd'],
          containerInstanceArn: ['', 'i'],
          lastStatus: ['PENDING', 'RUNNING', 'STOPPED'],
          launchType: ['FARGATE'],
          taskDefinitionArn: ['td'],
          phase: ['live', 'ended'],
        };
        for (const fields of counters) {
          for (const where of combinations(fields, values)) {
            const expected = tasks.filter((task) =>
              fields.every((field) => task[field] === where[field]),
            ).length;
            expect(await store.read.tasks.count(where), JSON.stringify(where)).toBe(expected);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
}

function combinations(fields: string[], values: Record<string, string[]>): Record<string, string>[] {
  return fields.reduce<Record<string, string>[]>(
    (made, field) => made.flatMap((where) => values[field]!.map((value) => ({ ...where, [field]: value }))),
    [{}],
  );
}
