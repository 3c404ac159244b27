/** The part of the store's conformance suite that is about events. */
import { expect, it } from 'vitest';
import type { Store } from '../core/ports/store.ts';
import type { EventRecord } from '../core/records.ts';
import { clusterRecord } from './sample-records.ts';

export const CREATED = { at: 1, resource: 'cluster', subject: 'a', action: 'CREATE', detail: { n: 1 } };

export function describeEvents(current: () => Store): void {
  it('appends them in the transaction, numbered, and tells listeners after the commit in order', async () => {
    const store = current();
    const heard: EventRecord[] = [];
    let readable: Promise<unknown> | undefined;
    const stop = store.onEvents((events) => {
      heard.push(...events);
      readable = store.read.clusters.get('a');
    });
    await store.transact(async (tx) => {
      await tx.clusters.insert(clusterRecord('a'));
      await tx.emit(CREATED);
      await tx.emit({ ...CREATED, subject: 'b' });
      expect(await store.events(0, 9)).toEqual([]);
      expect(heard).toEqual([]);
    });
    await Promise.all(['c', 'd'].map((subject) => store.transact((tx) => tx.emit({ ...CREATED, subject }))));
    expect(await readable).toBeDefined();
    expect(heard.map((event) => event.subject)).toEqual(['a', 'b', 'c', 'd']);
    expect(await store.events(0, 9)).toEqual(heard);
    expect(await store.events(heard[1]!.sequence, 1)).toEqual([heard[2]]);
    stop();
    await store.transact((tx) => tx.emit(CREATED));
    expect(heard).toHaveLength(4);
  });

  it('tells which it keeps', async () => {
    const store = current();
    expect(await store.eventRange()).toEqual({ first: 1, last: 0 });
    for (let at = 1; at <= 3; at++) await store.transact((tx) => tx.emit({ ...CREATED, at }));
    const { first, last } = await store.eventRange();
    expect((await store.events(0, 9)).map(({ sequence }) => sequence)).toEqual([first, first + 1, last]);
    await store.trimEvents(3);
    expect(await store.eventRange()).toEqual({ first: last, last });
    await store.clear();
    expect(await store.eventRange()).toEqual({ first: last + 1, last });
  });

  it('forgets those before a time', async () => {
    const store = current();
    await store.transact(async (tx) => {
      for (let at = 1; at <= 2500; at++) await tx.emit({ ...CREATED, at });
    });
    await store.trimEvents(2499);
    expect((await store.events(0, 9)).map((event) => event.at)).toEqual([2499, 2500]);
    expect(store.statistics()).toMatchObject({ events: 2, lastEvent: 2500 });
  });

  it('are in the statistics, with transactions and the commits they shared', async () => {
    const store = current();
    expect(store.statistics()).toEqual({
      transactions: 0,
      commits: 0,
      failedCommits: 0,
      events: 0,
      lastEvent: 0,
    });
    await Promise.all([1, 2, 3].map((at) => store.transact((tx) => tx.emit({ ...CREATED, at }))));
    expect(store.statistics()).toEqual({
      transactions: 3,
      commits: 1,
      failedCommits: 0,
      events: 3,
      lastEvent: 3,
    });
  });
}
