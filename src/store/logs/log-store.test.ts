import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogLine, LogQuery, LogStore } from '../../core/ports/logs.ts';
import { openLogStore } from './log-store.ts';

const task = 'arn:aws:ecs:us-east-1:000000000000:task/default/0123456789abcdef0123456789abcdef';
let directory: string;
let store: LogStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'longshore-logs-'));
  store = await openLogStore({ directory, maxBytesPerContainer: 10_000_000 });
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const line = (at: number, message: string, stream: LogLine['stream'] = 'stdout'): LogLine => ({
  at,
  stream,
  message,
});

async function* from(lines: Iterable<LogLine>): AsyncGenerator<LogLine> {
  yield* lines;
}

async function read(query: LogQuery = {}, container = 'web', id = task): Promise<LogLine[] | undefined> {
  const lines = await store.read(id, container, query);
  return lines && (await collect(lines));
}

async function collect(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const all: LogLine[] = [];
  for await (const one of lines) all.push(one);
  return all;
}

const files = async () =>
  (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

describe('archive and read', () => {
  it('gives back what was put in, whatever it contains', async () => {
    const lines = [
      line(1, 'first'),
      line(2, '', 'stderr'),
      line(2, '  spaces  and \t tabs '),
      line(3, 'progress 10%\rprogress 20%', 'stderr'),
      line(4, 'ünïcödé 🚢 \u2028 and \u0000'),
      line(5, 'x'.repeat(200_000)),
      line(6, 'last'),
    ];
    await store.archive(task, 'web', from(lines));
    expect(await read()).toEqual(lines);
  });

  it('keeps a message with line breaks as several lines', async () => {
    await store.archive(task, 'web', from([line(1, 'a\nb')]));
    expect(await read()).toEqual([line(1, 'a'), line(1, 'b')]);
  });

  it('tells no output from nothing archived', async () => {
    await store.archive(task, 'web', from([]));
    expect(await read()).toEqual([]);
    expect(await read({}, 'other')).toBeUndefined();
    expect(await read({}, 'web', `${task}0`)).toBeUndefined();
  });

  it('replaces what was archived before', async () => {
    await store.archive(task, 'web', from([line(1, 'a'), line(2, 'b')]));
    await store.archive(task, 'web', from([line(3, 'c')]));
    expect(await read()).toEqual([line(3, 'c')]);
  });

  it('filters by time', async () => {
    await store.archive(task, 'web', from([1, 2, 3, 4].map((at) => line(at, `m${at}`))));
    expect(await read({ since: 2, until: 4 })).toEqual([line(2, 'm2'), line(3, 'm3')]);
  });

  it('stops when the signal fires', async () => {
    const many = Array.from({ length: 20_000 }, (_, at) => line(at, 'some text to fill several blocks'));
    await store.archive(task, 'web', from(many));
    const controller = new AbortController();
    const seen: LogLine[] = [];
    for await (const one of (await store.read(task, 'web', { signal: controller.signal })) ?? []) {
      seen.push(one);
      controller.abort();
    }
    expect(seen[0]).toEqual(many[0]);
    expect(seen.length).toBeLessThan(many.length);
  });
});

describe('tail', () => {
  const many = Array.from({ length: 5_000 }, (_, at) => line(at, `line ${at} ${'é'.repeat(at % 90)}`));

  it.each([0, 1, 2, 100, 1_500, 4_999, 5_000, 9_999])('of %i', async (tail) => {
    await store.archive(task, 'web', from(many));
    expect(await read({ tail })).toEqual(tail === 0 ? [] : many.slice(-tail));
  });

  it('counts only what the times let through', async () => {
    await store.archive(task, 'web', from(many));
    expect(await read({ tail: 3, since: 10, until: 4_000 })).toEqual(many.slice(3_997, 4_000));
    expect(await read({ tail: 3, since: 4_999 })).toEqual(many.slice(-1));
  });

  it('of lines longer than a block', async () => {
    const long = [line(1, 'a'.repeat(150_000)), line(2, 'b'.repeat(150_000)), line(3, 'c')];
    await store.archive(task, 'web', from(long));
    expect(await read({ tail: 2 })).toEqual(long.slice(1));
  });
});

describe('limits and failures', () => {
  it('keeps the newest output up to the limit', async () => {
    store = await openLogStore({ directory, maxBytesPerContainer: 100_000 });
    const many = Array.from({ length: 50_000 }, (_, at) => line(at, `number ${at}`));
    await store.archive(task, 'web', from(many));
    const kept = (await read()) ?? [];
    expect(kept).toEqual(many.slice(-kept.length));
    const [file] = await files();
    const size = (await stat(join(file?.parentPath ?? '', file?.name ?? ''))).size;
    expect(size).toBeLessThanOrEqual(100_000);
    expect(size).toBeGreaterThan(45_000);
    expect(await files()).toHaveLength(1);
  });

  it('keeps nothing of a source that fails, and what was there before', async () => {
    await store.archive(task, 'web', from([line(1, 'before')]));
    async function* failing(): AsyncGenerator<LogLine> {
      for (let at = 0; at < 10_000; at++) yield line(at, 'some text');
      throw new Error('engine went away');
    }
    await expect(store.archive(task, 'web', failing())).rejects.toThrow('engine went away');
    expect(await read()).toEqual([line(1, 'before')]);
    expect(await files()).toHaveLength(1);
  });

  it('removes what a crash left half written', async () => {
    await writeFile(join(directory, 'unfinished', 'half.new'), '1 o half');
    store = await openLogStore({ directory, maxBytesPerContainer: 1_000 });
    expect(await files()).toEqual([]);
  });

  it('stays in its directory and keeps apart names that look alike', async () => {
    const names = ['../../escape', '..', 'a/b', 'a-b', 'x'.repeat(255), 'é'.repeat(200)];
    for (const name of names) await store.archive(name, name, from([line(1, name)]));
    for (const name of names) expect(await read({}, name, name)).toEqual([line(1, name)]);
    expect(await files()).toHaveLength(names.length);
  });

  it('removes one task and no other', async () => {
    await store.archive(task, 'web', from([line(1, 'a')]));
    await store.archive('other', 'web', from([line(1, 'b')]));
    await store.remove(task);
    await store.remove('never there');
    expect(await read()).toBeUndefined();
    expect(await read({}, 'web', 'other')).toEqual([line(1, 'b')]);
  });

  it('is empty after a clear, and takes more', async () => {
    await store.archive(task, 'web', from([line(1, 'a')]));
    await store.clear();
    expect(await read()).toBeUndefined();
    await store.archive(task, 'web', from([line(2, 'b')]));
    expect(await read()).toEqual([line(2, 'b')]);
  });
});
