/** Output beyond the size of a file: nothing but the oldest goes, whoever reads and whatever happens to the server. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../fixtures/processes.ts';
import { sh } from '../fixtures/task-client.ts';
import { useWorkshop } from '../fixtures/workshop.ts';

const LINES = 200_000;
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
/** 200,000 lines, 12 MB with conmon's heads, in five seconds or more; then waits to be told to end. */
const counter = (maxSize: string, maxFiles: string) =>
  sh(
    `i=0; while [ $i -lt 40 ]; do seq $((i * 5000 + 1)) $((i * 5000 + 5000)); i=$((i + 1)); sleep 0.15; done
     trap 'exit 0' TERM; while :; do sleep 0.1; done`,
    {
      logConfiguration: { logDriver: 'json-file', options: { 'max-size': maxSize, 'max-file': maxFiles } },
    },
  );

describe('embedded', () => {
  const workshop = useWorkshop('embedded');
  const client = () => workshop.it.client;

  /** What the containers' output takes on disk, a file with two names once. */
  async function outputFiles(): Promise<{ names: string[]; bytes: number }> {
    const root = join(workshop.it.dataDir, 'embedded/storage');
    const entries = await readdir(root, { recursive: true });
    const names = entries.filter((name) => /ctr\.log(\.\d+)?$/.test(name));
    const sizes = new Map<number, number>();
    for (const name of names) {
      const found = await stat(join(root, name)).catch(() => undefined);
      if (found) sizes.set(found.ino, found.size);
    }
    return { names, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
  }
  const newest = async (arn: string) => Number((await client().output(arn, 'app', '?tail=1'))[0] ?? 0);
  const untilWritten = (arn: string, count: number) =>
    until(`${count} lines`, async () => (await newest(arn)) >= count, 60_000);

  it('is read whole while it is rotated, at the end, and from the archive', async () => {
    const arn = await client().start([counter('500k', '100')]);
    await client().running(arn);
    const followed = client().output(arn, 'app', '?follow=true');
    await untilWritten(arn, LINES / 4);
    const soFar = await client().output(arn);
    expect(soFar.length).toBeGreaterThanOrEqual(LINES / 4);
    expect(soFar).toEqual(numbers(1, soFar.length));
    await untilWritten(arn, LINES);
    expect((await outputFiles()).names.length).toBeGreaterThan(5);
    const all = await client().logs(arn);
    expect(all.map(({ message }) => message)).toEqual(numbers(1, LINES));
    expect(await client().output(arn, 'app', '?tail=70000')).toEqual(numbers(LINES - 69_999, LINES));
    const middle = all.findIndex(({ at }) => at === all[LINES / 2]?.at);
    const { at } = all[middle]!;
    expect(await client().output(arn, 'app', `?since=${at}`)).toEqual(numbers(middle + 1, LINES));
    expect(await client().output(arn, 'app', `?until=${at}&tail=3`)).toEqual(numbers(middle - 2, middle));
    await client().stop(arn);
    await client().stopped(arn);
    expect(await followed).toEqual(numbers(1, LINES));
    expect(await client().output(arn)).toEqual(numbers(1, LINES));
  });

  it('is whole when the server was killed and away meanwhile', async () => {
    const arn = await client().start([counter('500k', '100')]);
    await client().running(arn);
    await untilWritten(arn, LINES / 4);
    await workshop.it.server.kill();
    // What grows now, nobody rotates.
    const { bytes } = await outputFiles();
    await until('output', async () => (await outputFiles()).bytes > bytes + 2_000_000, 60_000);
    await workshop.it.serve();
    const followed = client().output(arn, 'app', '?follow=true');
    await untilWritten(arn, LINES);
    expect((await outputFiles()).names.length).toBeGreaterThan(4);
    expect(await client().output(arn)).toEqual(numbers(1, LINES));
    await client().stop(arn);
    await client().stopped(arn);
    expect(await followed).toEqual(numbers(1, LINES));
    expect(await client().output(arn)).toEqual(numbers(1, LINES));
  });

  it('loses the oldest files only, and stays within its limits', async () => {
    const arn = await client().start([counter('300k', '3')]);
    await client().running(arn);
    let most = 0;
    for (let last = 0; last < LINES;) {
      const lines = await client().output(arn);
      last = Number(lines.at(-1) ?? 0);
      if (lines.length > 0) expect(lines).toEqual(numbers(Number(lines[0]), last));
      most = Math.max(most, (await outputFiles()).bytes);
    }
    // Three files; each may grow on while it is about to be followed by the next.
    expect(most).toBeLessThan(3_000_000);
    const kept = await until('the last rotation', async () => {
      const files = await outputFiles();
      return files.names.length === 4 && files;
    });
    expect(kept.bytes).toBeGreaterThan(600_000);
    const lines = await client().output(arn);
    expect(lines.length).toBeGreaterThan(10_000);
    expect(lines).toEqual(numbers(LINES - lines.length + 1, LINES));
    await client().stop(arn);
    await client().stopped(arn);
    expect(await client().output(arn)).toEqual(lines);
  });
});
