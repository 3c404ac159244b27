import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../core/ports/store.ts';
import { clusterRecord, taskRecord } from '../sample-records.ts';
import { openSqliteStore } from './sqlite-store.ts';

const STORE_MODULE = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'sqlite-store.ts')).href);
const SAMPLES_MODULE = JSON.stringify(pathToFileURL(join(import.meta.dirname, '../sample-records.ts')).href);

/** Opens the store in argv[1], says so, and writes from 8 sides; each id is printed once its write is acknowledged. */
const WRITER = `
import { writeSync } from 'node:fs';
import { openSqliteStore } from ${STORE_MODULE};
import { taskRecord } from ${SAMPLES_MODULE};
const [directory, round] = process.argv.slice(1);
const store = await openSqliteStore({ directory });
writeSync(1, 'open\\n');
for (let side = 0; side < 8; side++) {
  (async () => {
    for (let n = 0; ; n++) {
      const id = [round, side, n].join('-');
      await store.transact((tx) => tx.tasks.insert(taskRecord(id)));
      writeSync(1, id + '\\n');
    }
  })();
}`;

function startWriter(directory: string, round: string): ChildProcess {
  const argv = ['--import', 'tsx', '--input-type=module', '-e', WRITER, directory, round];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Those of this process, by name; an unlinked one has its last name. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // The one that listed them is closed.
      return [];
    }
  });
}

describe('a data directory', () => {
  let directory: string;
  const open: Store[] = [];
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'longshore-store-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child);
    for (const store of open.splice(0)) await store.close();
    await rm(directory, { recursive: true });
  });
  const openHere = async (where = directory) => {
    const store = await openSqliteStore({ directory: where });
    open.push(store);
    return store;
  };

  // A kill between the making and the unlinking of such a file leaves it behind.
  it('makes no temporary files, however much a transaction changes', async () => {
    const store = await openHere();
    const ids = Array.from({ length: 200 }, (_, index) => `t${index}`);
    const tags = (value: string) => [{ key: 'k', value: value.repeat(2_000) }];
    await store.transact(async (tx) => {
      for (const id of ids) await tx.clusters.insert(clusterRecord(id, { tags: tags('a') }));
    });
    const files = await store.transact(async (tx) => {
      for (const id of ids) await tx.clusters.put(clusterRecord(id, { tags: tags('b') }));
      return openFiles();
    });
    expect(files.filter((file) => file.includes('etilqs_'))).toEqual([]);
  });

  it(
    'holds every acknowledged write after kill -9, and opens again at once',
    { timeout: 60_000 },
    async () => {
      const acknowledged: string[] = [];
      for (const round of ['a', 'b', 'c']) {
        const child = startWriter(directory, round);
        children.push(child);
        let heard = 0;
        for await (const line of createInterface({ input: child.stdout! })) {
          if (line !== 'open') acknowledged.push(line);
          // Not at a rounder number, so that the kill falls into the middle of commits.
          if (++heard === 137) child.kill('SIGKILL');
        }
        await kill(child);
      }
      const store = await openHere();
      expect(acknowledged.length).toBeGreaterThan(300);
      const found = await store.read.tasks.getMany(acknowledged);
      expect(acknowledged.filter((_, index) => found[index] === undefined)).toEqual([]);
      const stored = await store.read.tasks.find({ limit: 100_000 });
      expect(await store.read.tasks.count({ clusterArn: 'c', lastStatus: 'RUNNING' })).toBe(stored.length);
    },
  );

  it('is refused to a second process, naming the first, and to this process twice', async () => {
    const child = startWriter(directory, 'a');
    children.push(child);
    await once(child.stdout!, 'data');
    await expect(openSqliteStore({ directory })).rejects.toThrow(
      `The data directory ${directory} is in use by another Longshore process (pid ${child.pid})`,
    );
    await kill(child);
    await openHere();
    await expect(openSqliteStore({ directory })).rejects.toThrow(`(pid ${process.pid})`);
    // The refusal must not have given up the lock of the first.
    await expect(openSqliteStore({ directory })).rejects.toThrow(`(pid ${process.pid})`);
    const second = startWriter(directory, 'b');
    children.push(second);
    const [, said] = await Promise.all([once(second, 'exit'), text(second.stderr!)]);
    expect(second.exitCode).toBe(1);
    expect(said).toContain(`in use by another Longshore process (pid ${process.pid})`);
  });

  it('is private to its owner', async () => {
    const inside = join(directory, 'data');
    const store = await openHere(inside);
    await store.transact((tx) => tx.clusters.insert(clusterRecord('a')));
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await mode(inside)).toBe('700');
    for (const name of ['longshore.db', 'longshore.db-wal', 'longshore.db-shm', 'lock.db', 'lock.pid']) {
      expect(`${name} ${await mode(join(inside, name))}`).toBe(`${name} 600`);
    }
  });

  it('with something else in place of the database is refused with the reason', async () => {
    await writeFile(join(directory, 'longshore.db'), 'this is a text, and a long one. '.repeat(200));
    const opening = openSqliteStore({ directory });
    await expect(opening).rejects.toMatchObject({ code: 'Unavailable' });
    await expect(opening).rejects.toThrow(/not a Longshore database/);
    await rm(join(directory, 'longshore.db'));
    await openHere();
  });
});

describe.skipIf(process.getuid?.() !== 0)('a full disk', () => {
  let mount: string;
  beforeEach(async () => {
    mount = await mkdtemp(join(tmpdir(), 'longshore-full-'));
    run('mount', '-t', 'tmpfs', '-o', 'size=2m', 'longshore-test', mount);
  });
  afterEach(async () => {
    // Lazily: a closed connection's files stay open until its statements are collected (see Connection.close).
    run('umount', '--lazy', mount);
    await rm(mount, { recursive: true });
  });

  it('refuses writes as Unavailable, goes on reading, and writes again once there is space', async () => {
    const ballast = join(mount, 'ballast');
    await writeFile(ballast, Buffer.alloc(512 * 1024));
    const store = await openSqliteStore({ directory: join(mount, 'data') });
    try {
      const padding = [{ key: 'k', value: 'v'.repeat(20_000) }];
      const insert = (id: string) =>
        store.transact((tx) => tx.clusters.insert(clusterRecord(id, { tags: padding })));
      const acknowledged: string[] = [];
      let failure: unknown;
      for (let n = 0; failure === undefined && n < 500; n++) {
        await insert(`c${n}`).then(
          () => acknowledged.push(`c${n}`),
          (error: unknown) => (failure = error),
        );
      }
      expect(failure).toMatchObject({
        code: 'Unavailable',
        message: expect.stringMatching(/disk is full/) as string,
      });

      const batch = await Promise.allSettled([insert('x'), store.transact(swallowing), insert('y')]);
      expect(batch.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(await store.read.clusters.getMany(['x', 'y', 'z'])).toEqual([undefined, undefined, undefined]);
      expect(await store.read.clusters.getMany(acknowledged)).not.toContain(undefined);

      await rm(ballast);
      await store.check();
      await insert('after');
      expect(await store.read.clusters.get('after')).toBeDefined();
      expect((await store.read.clusters.find({ limit: 1000 })).length).toBe(acknowledged.length + 1);
    } finally {
      await store.close();
    }
  });

  it('fails the check while a write of that size does not fit', async () => {
    const store = await openSqliteStore({ directory: join(mount, 'data') });
    try {
      await writeFile(join(mount, 'ballast'), Buffer.alloc(4 * 1024 * 1024)).catch(() => undefined);
      await expect(firstFailure(store)).rejects.toMatchObject({ code: 'Unavailable' });
      await rm(join(mount, 'ballast'));
      await store.check();
    } finally {
      await store.close();
    }
  });
});

/** A mutation that hides the storage's errors from the store, as none should. */
async function swallowing(tx: Parameters<Parameters<Store['transact']>[0]>[0]): Promise<void> {
  for (let n = 0; n < 40; n++) {
    await tx.tasks.put(taskRecord(`z${n}`, { group: 'g'.repeat(30_000) })).catch(() => undefined);
  }
}

/** The log grows in pages it may have room for already, so the first check need not be the one that fails. */
async function firstFailure(store: Store): Promise<void> {
  for (let n = 0; n < 1000; n++) await store.check();
}

function run(command: string, ...argv: string[]): void {
  const { status, stderr } = spawnSync(command, argv, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${argv.join(' ')}: ${stderr}`);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
