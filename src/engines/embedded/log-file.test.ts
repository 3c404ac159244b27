import { appendFile, link, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostLogLine, HostLogQuery } from '../../core/ports/host-containers.ts';
import { readLogFile } from './log-file.ts';

let directory = '';
let path = '';
let exitFile = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-file-'));
  await Promise.all(['bundle', 'exits'].map((name) => mkdir(join(directory, name))));
  path = join(directory, 'bundle/ctr.log');
  exitFile = join(directory, 'exits/abc');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const time = (ms: number) => new Date(ms).toISOString().replace('Z', '123456+00:00');
const cursor = (ms: number, count = 1) => `${new Date(ms).toISOString().replace('Z', '123456Z')}_${count}`;
const entry = (ms: number, text: string, stream = 'stdout', flag = 'F') =>
  `${time(ms)} ${stream} ${flag} ${text}\n`;

async function read(query: HostLogQuery = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readLogFile({ path, exitFile, running: false }, query))
    lines.push(...batch.map(({ message }) => message));
  return lines;
}

async function firstOf(lines: AsyncGenerator<HostLogLine[]>): Promise<string | undefined> {
  const { done, value } = (await lines.next()) as IteratorResult<HostLogLine[], undefined>;
  return done ? undefined : value[0]?.message;
}

/** As conmon does it. */
async function replace(content: string): Promise<void> {
  await writeFile(`${path}.tmp`, content);
  await rename(`${path}.tmp`, path);
}

function follow(query: HostLogQuery = {}) {
  const lines: string[] = [];
  const done = (async () => {
    for await (const batch of readLogFile({ path, exitFile, running: true }, { follow: true, ...query })) {
      lines.push(...batch.map(({ message }) => message));
    }
  })();
  return { lines, done };
}

describe('a log file', () => {
  it('gives lines with exact times and streams', async () => {
    await writeFile(path, entry(1000, 'out') + entry(1001, 'err', 'stderr') + entry(1002, ''));
    const lines = [];
    for await (const batch of readLogFile({ path, exitFile, running: false }, {})) lines.push(...batch);
    expect(lines).toEqual([
      { at: 1000, stream: 'stdout', message: 'out', cursor: cursor(1000) },
      { at: 1001, stream: 'stderr', message: 'err', cursor: cursor(1001) },
      { at: 1002, stream: 'stdout', message: '', cursor: cursor(1002) },
    ]);
  });

  it('joins the pieces of a long line, the streams apart, characters whole', async () => {
    const umlaut = Buffer.from('ü');
    const head = (flag: string) => Buffer.from(`${time(5)} stdout ${flag} `);
    await writeFile(
      path,
      Buffer.concat([
        head('P'),
        Buffer.from('a'),
        umlaut.subarray(0, 1),
        Buffer.from(`\n${entry(6, 'between', 'stderr')}`),
        head('F'),
        umlaut.subarray(1),
        Buffer.from('b\r\n'),
      ]),
    );
    expect(await read()).toEqual(['between', 'aüb']);
  });

  it('gives an unfinished last line when the container has ended', async () => {
    await writeFile(path, entry(1, 'whole') + entry(2, 'unfinished', 'stdout', 'P'));
    expect(await read()).toEqual(['whole', 'unfinished']);
    expect(await read({ tail: 1 })).toEqual(['unfinished']);
  });

  it('takes since as inclusive and until as exclusive', async () => {
    await writeFile(path, [1, 2, 3, 4].map((ms) => entry(ms, `${ms}`)).join(''));
    expect(await read({ since: 2, until: 4 })).toEqual(['2', '3']);
  });

  it('gives the last lines of a file that is much longer', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => entry(n, `line ${n} ${'x'.repeat(n % 100)}`));
    await writeFile(path, many.join(''));
    expect((await read({ tail: 3 })).map((line) => line.split(' ')[1])).toEqual(['19997', '19998', '19999']);
    expect(await read({ tail: 5000 })).toHaveLength(5000);
    expect((await read({ tail: 2, until: 100 })).map((line) => line.split(' ')[1])).toEqual(['98', '99']);
    expect(await read({ tail: 0 })).toEqual([]);
  });

  it('is no line where there is no file', async () => {
    expect(await read()).toEqual([]);
  });
});

describe('rotated log files', () => {
  const text = (number: number) => `line ${number} ${'x'.repeat(number % 100)}`;
  const numberOf = (line: string) => Number(line.split(' ')[1]);

  /** Lines 0 to 9999, 2500 in each of four files. `named`: how many have their second name. */
  async function rotated(named: number): Promise<void> {
    for (const file of [1, 2, 3, 4]) {
      const numbers = Array.from({ length: 2500 }, (_, index) => (file - 1) * 2500 + index);
      await replace(numbers.map((number) => entry(number, text(number))).join(''));
      if (file <= named) await link(path, `${path}.${file}`);
    }
  }

  it.each([3, 4])('are one output, in order, each line once, with %i names', async (named) => {
    await rotated(named);
    const all = Array.from({ length: 10_000 }, (_, number) => text(number));
    expect(await read()).toEqual(all);
    for (const tail of [1, 2500, 2501, 5100, 9999, 10_000, 20_000])
      expect(await read({ tail })).toEqual(all.slice(-tail));
    expect((await read({ tail: 2, until: 2501 })).map(numberOf)).toEqual([2499, 2500]);
    expect((await read({ since: 4999, until: 5002 })).map(numberOf)).toEqual([4999, 5000, 5001]);
    await rm(`${path}.1`);
    expect(await read()).toEqual(all.slice(2500));
    expect(await read({ tail: 9000 })).toEqual(all.slice(2500));
  });

  it('are not read where all in them is too old', async () => {
    await rotated(4);
    // What would be found if they were read.
    await writeFile(`${path}.1`, entry(9000, 'not looked at'));
    expect((await read({ since: 8998 })).map(numberOf)[0]).toBe(8998);
  });

  it('may break a line', async () => {
    await writeFile(path, entry(1, 'begun ', 'stdout', 'P'));
    await link(path, `${path}.1`);
    await replace(entry(2, 'and ended') + entry(3, 'next'));
    expect(await read()).toEqual(['begun and ended', 'next']);
    expect(await read({ tail: 2 })).toEqual(['begun and ended', 'next']);
  });
});

describe('a followed log file', () => {
  it('goes on until the container has ended, with what was written last', async () => {
    await writeFile(path, entry(1, 'one'));
    const { lines, done } = follow();
    await vi.waitFor(() => expect(lines).toEqual(['one']));
    await appendFile(path, entry(2, 'two'));
    await vi.waitFor(() => expect(lines).toEqual(['one', 'two']));
    await appendFile(path, entry(3, 'three'));
    await writeFile(exitFile, '0');
    await done;
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('ends with a container that is removed, whether or not its end was seen', async () => {
    await writeFile(path, entry(1, 'one'));
    const { lines, done } = follow();
    await vi.waitFor(() => expect(lines).toEqual(['one']));
    await rm(join(directory, 'bundle'), { recursive: true });
    await done;
  });

  it('goes over to the file that conmon begins in its place', async () => {
    await writeFile(path, entry(1, 'old'));
    const { lines, done } = follow();
    await vi.waitFor(() => expect(lines).toEqual(['old']));
    await appendFile(path, entry(1, 'old and last'));
    await replace(entry(2, 'new'));
    await vi.waitFor(() => expect(lines).toEqual(['old', 'old and last', 'new']));
    await writeFile(exitFile, '0');
    await done;
  });

  it('passes through all that were replaced while it read another', async () => {
    await writeFile(path, entry(1, '1'));
    await link(path, `${path}.1`);
    const reading = readLogFile({ path, exitFile, running: true }, { follow: true });
    const lines = [await firstOf(reading)];
    for (const number of [2, 3, 4]) {
      await replace(entry(number, `${number}`));
      // The newest has its second name a moment later.
      if (number < 4) await link(path, `${path}.${number}`);
    }
    await rm(`${path}.1`);
    await writeFile(exitFile, '0');
    for await (const batch of reading) lines.push(...batch.map(({ message }) => message));
    expect(lines).toEqual(['1', '2', '3', '4']);
  });

  it('knows the file that it reads when that gets its number', async () => {
    await writeFile(path, entry(1, '1'));
    const { lines, done } = follow();
    await vi.waitFor(() => expect(lines).toEqual(['1']));
    await link(path, `${path}.1`);
    await replace(entry(2, '2'));
    await vi.waitFor(() => expect(lines).toEqual(['1', '2']));
    await writeFile(exitFile, '0');
    await done;
    expect(lines).toEqual(['1', '2']);
  });

  it('goes on with the oldest that is left when it was too slow', async () => {
    await writeFile(path, entry(1, '1') + entry(1, 'its end was dropped', 'stdout', 'P'));
    await link(path, `${path}.1`);
    const reading = readLogFile({ path, exitFile, running: true }, { follow: true });
    const lines = [await firstOf(reading)];
    for (const number of [2, 3, 4]) {
      await replace(entry(number, `${number}`));
      await link(path, `${path}.${number}`);
    }
    await Promise.all([1, 2].map((number) => rm(`${path}.${number}`)));
    await writeFile(exitFile, '0');
    for await (const batch of reading) lines.push(...batch.map(({ message }) => message));
    expect(lines).toEqual(['1', '3', '4']);
  });

  it('begins with the last lines where these are asked for', async () => {
    await writeFile(path, [1, 2, 3].map((ms) => entry(ms, `${ms}`)).join(''));
    const { lines, done } = follow({ tail: 1 });
    await vi.waitFor(() => expect(lines).toEqual(['3']));
    await appendFile(path, entry(4, '4'));
    await writeFile(exitFile, '0');
    await done;
    expect(lines).toEqual(['3', '4']);
  });

  it('ends when the reader wants no more', async () => {
    await writeFile(path, entry(1, 'one'));
    const stop = new AbortController();
    const { lines, done } = follow({ signal: stop.signal });
    await vi.waitFor(() => expect(lines).toEqual(['one']));
    stop.abort();
    await done;
  });
});
