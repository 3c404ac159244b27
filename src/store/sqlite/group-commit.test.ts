import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../core/ports/store.ts';
import { clusterRecord } from '../sample-records.ts';
import { Connection, loadDriver } from './driver.ts';
import { openSqliteStore } from './sqlite-store.ts';

describe('group commit', () => {
  let directory: string;
  let store: Store;
  let observer: Connection;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'longshore-store-'));
    store = await openSqliteStore({ directory, maxBatch: 50, maxBatchMs: Infinity });
    observer = new Connection(await loadDriver(), join(directory, 'longshore.db'), { readOnly: true });
  });
  afterEach(async () => {
    observer.close();
    await store.close();
    await rm(directory, { recursive: true });
  });

  /** Changes whenever another connection has committed (https://www.sqlite.org/pragma.html#pragma_data_version). */
  const dataVersion = () => observer.prepare('PRAGMA data_version').get()!.data_version;
  const insert = (id: string) => store.transact((tx) => tx.clusters.insert(clusterRecord(id)));

  it('commits what was asked for in one turn together', async () => {
    const before = dataVersion();
    const seen = new Set<unknown>();
    const note = () => seen.add(dataVersion());
    await Promise.all(Array.from({ length: 50 }, (_, n) => insert(`c${n}`).then(note)));
    expect(seen.size).toBe(1);
    expect(seen).not.toContain(before);
    expect(await store.read.clusters.find({ limit: 100 })).toHaveLength(50);
  });

  it('bounds the work of one commit', async () => {
    const seen = new Map<unknown, number>();
    const note = () => seen.set(dataVersion(), (seen.get(dataVersion()) ?? 0) + 1);
    await Promise.all(Array.from({ length: 120 }, (_, n) => insert(`c${n}`).then(note)));
    expect([...seen.values()]).toEqual([50, 50, 20]);
  });

  it('hands out the same parsed record until it changes, and never lets it be changed in place', async () => {
    await insert('a');
    const first = (await store.read.clusters.get('a'))!;
    expect(await store.read.clusters.get('a')).toBe(first);
    expect((await store.read.clusters.getMany(['a']))[0]).toBe(first);
    expect((await store.read.clusters.find({ limit: 1 }))[0]).toBe(first);
    expect(() => Object.assign(first, { status: 'INACTIVE' })).toThrow(TypeError);
    await store.transact((tx) => tx.clusters.put({ ...first, status: 'INACTIVE' }));
    const second = await store.read.clusters.get('a');
    expect(second).not.toBe(first);
    expect(second?.status).toBe('INACTIVE');
  });

  it('keeps nothing of an undone change in memory', async () => {
    await insert('a');
    const undone = store.transact(async (tx) => {
      await tx.clusters.put(clusterRecord('a', { status: 'INACTIVE' }));
      await tx.clusters.get('a');
      await tx.clusters.find({ limit: 1 });
      throw new Error('no');
    });
    const after = store.transact((tx) => tx.clusters.get('a'));
    await expect(undone).rejects.toThrow('no');
    expect((await after)?.status).toBe('ACTIVE');
    expect((await store.read.clusters.get('a'))?.status).toBe('ACTIVE');
  });

  it('tells the other listeners when one throws', async () => {
    const errors: unknown[] = [];
    await store.close();
    store = await openSqliteStore({ directory, onListenerError: (error) => errors.push(error) });
    const heard: string[] = [];
    store.onEvents(() => {
      throw new Error('listener');
    });
    store.onEvents((events) => heard.push(...events.map((event) => event.subject)));
    await store.transact((tx) =>
      tx.emit({ at: 1, resource: 'task', subject: 'x', action: 'CREATE', detail: {} }),
    );
    expect(heard).toEqual(['x']);
    expect(errors).toEqual([new Error('listener')]);
  });
});
