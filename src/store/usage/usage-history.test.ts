import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tiers, type UsageHistory } from '../../core/ports/usage-history.ts';
import { pointOf } from '../../core/ports/usage-point.ts';
import { ringFileBytes } from './ring-file.ts';
import { openUsageHistory } from './usage-history.ts';
import { recordBytes } from './usage-record.ts';

const shape = { levels: ['memory'], rates: ['cpu'], latest: ['bytes'] } as const;
const [fine, middle, coarse] = tiers as [(typeof tiers)[0], (typeof tiers)[0], (typeof tiers)[0]];
const hour = 3_600_000;
/** Where a step of every tier begins. */
const start = Math.floor(1_700_000_000_000 / hour) * hour;

let directory: string;
let history: UsageHistory<typeof shape>;
const reopen = async (most = 10) => {
  history = await openUsageHistory({ directory, shape, most });
};
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'longshore-usage-'));
  await reopen();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const measured = (at: number, memory: number, cpu?: number) =>
  pointOf(shape, {
    at,
    levels: { memory },
    ...(cpu !== undefined && { rates: { cpu } }),
    latest: { bytes: at - start },
  });
const add = (at: number, memory: number, cpu?: number, series = 'a') =>
  history.add(series, measured(at, memory, cpu));
const file = () => join(directory, 'a.usage');

describe('a measurement', () => {
  it('is in the steps of every tier, with averages and maxima', async () => {
    await add(start, 10);
    await add(start + 15_000, 20, 50);
    await add(start + 65_000, 60, 100);
    expect(await history.read('a', fine, 0)).toEqual([
      expect.objectContaining({ at: start, samples: 1, rated: 0, latest: { bytes: 0 } }),
      expect.objectContaining({ at: start + 15_000, rates: { cpu: { average: 50, most: 50 } } }),
      expect.objectContaining({ at: start + 60_000, levels: { memory: { average: 60, most: 60 } } }),
    ]);
    expect(await history.read('a', middle, 0)).toEqual([
      expect.objectContaining({ at: start, samples: 2, levels: { memory: { average: 15, most: 20 } } }),
      expect.objectContaining({ at: start + 60_000, samples: 1 }),
    ]);
    expect(await history.read('a', coarse, 0)).toEqual([
      {
        ...{ at: start, samples: 3, rated: 2, latest: { bytes: 65_000 } },
        levels: { memory: { average: 30, most: 60 } },
        // Of those that had one before them.
        rates: { cpu: { average: 75, most: 100 } },
      },
    ]);
  });

  it('is kept over a new start, also in the middle of a step', async () => {
    await add(start, 10);
    await reopen();
    await add(start + 1000, 30);
    expect(await history.read('a', coarse, 0)).toEqual([
      expect.objectContaining({ samples: 2, levels: { memory: { average: 20, most: 30 } } }),
    ]);
  });

  it('is told from when it is asked for, and of its own series', async () => {
    for (const place of [0, 1, 2]) await add(start + place * 15_000, place);
    expect(await history.read('a', fine, start + 15_000)).toHaveLength(2);
    expect(await history.read('b', fine, 0)).toEqual([]);
  });
});

describe('a file', () => {
  it('holds a tier for as long as it is kept, and never grows beyond that', async () => {
    for (let at = start; at < start + 2 * hour; at += 15_000) await add(at, 1, 1);
    const last = start + 2 * hour - 15_000;
    const kept = await history.read('a', fine, last - hour);
    expect(kept.map(({ at }) => at)).toEqual(
      Array.from({ length: 241 }, (_, index) => last - hour + index * 15_000),
    );
    expect(await history.read('a', middle, 0)).toHaveLength(120);
    const days = 24 * hour;
    for (const day of [29, 31, 59, 61]) await add(start + day * days, 1, 1);
    expect((await stat(file())).size).toBeLessThanOrEqual(ringFileBytes(shape));
    expect((await history.read('a', coarse, start + 32 * days)).map(({ at }) => at)).toEqual([
      start + 59 * days,
      start + 61 * days,
    ]);
  });

  it('takes the space of what was written only', async () => {
    await add(start + 15 * 60_000 * 2000, 1);
    expect((await stat(file())).blocks * 512).toBeLessThan(20_000);
  });

  it('loses nothing but a record that was written in part', async () => {
    for (const place of [0, 1, 2]) await add(start + place * 15_000, place);
    const bytes = await readFile(file());
    const length = recordBytes(shape);
    const second = bytes.indexOf(Buffer.from(new Uint32Array([start / 1000 + 15]).buffer));
    // As a power cut may leave it: its beginning new, its end old.
    const handle = await open(file(), 'r+');
    await handle.write(Buffer.alloc(length / 2, 7), 0, length / 2, second + length / 2);
    await handle.close();
    expect((await history.read('a', fine, 0)).map(({ at }) => at)).toEqual([start, start + 30_000]);
    await add(start + 16_000, 5);
    expect(await history.read('a', fine, 0)).toHaveLength(3);
  });

  it.each(['', 'longshore usage 1', 'x'.repeat(5000)])(
    'that is none of ours is begun anew (%#)',
    async (text) => {
      await writeFile(file(), text);
      expect(await history.read('a', fine, 0)).toEqual([]);
      await add(start, 1);
      expect(await history.read('a', fine, 0)).toHaveLength(1);
    },
  );
});

describe('series', () => {
  it('are as many as are kept at most, until some go', async () => {
    await reopen(2);
    expect([await add(start, 1), await add(start, 1, 1, 'b'), await add(start, 1, 1, 'c')]).toEqual([
      true,
      true,
      false,
    ]);
    await reopen(2);
    expect(await add(start, 1, 1, 'c')).toBe(false);
    await history.keepOnly(new Set(['b']));
    expect(await readdir(directory)).toEqual(['b.usage']);
    expect(await add(start, 1, 1, 'c')).toBe(true);
  });

  it.each(['../a', 'a/b', '', 'a.b'])('are not called %j', async (name) => {
    await expect(add(start, 1, 1, name)).rejects.toThrow('name of a series');
  });
});

describe('a full disk', () => {
  const run = promisify(execFile);
  const page = 4096;

  it('loses what comes and nothing that was there; later all is taken again', async () => {
    // A file system with a few pages; a file takes some only where something is written.
    await run('mount', ['-t', 'tmpfs', '-o', `size=${12 * page}`, 'tmpfs', directory]);
    try {
      await reopen();
      await add(start, 1);
      const filler = join(directory, 'filler');
      await writeFile(filler, Buffer.alloc(12 * page)).catch(() => undefined);
      const far = start + 12 * 60_000;
      await expect(add(far + 15 * 60_000 * 1000, 2)).rejects.toMatchObject({ code: 'ENOSPC' });
      await expect(add(start, 1, 1, 'b')).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(await history.read('a', coarse, 0)).toContainEqual(
        expect.objectContaining({ at: start, samples: 1 }),
      );
      await rm(filler);
      await add(start + 1000, 3);
      await add(start, 1, 1, 'b');
      expect(await history.read('a', coarse, start)).toContainEqual(
        expect.objectContaining({ at: start, samples: 2, levels: { memory: { average: 2, most: 3 } } }),
      );
      expect(await history.read('b', fine, 0)).toHaveLength(1);
    } finally {
      await run('umount', [directory]);
    }
  });
});
