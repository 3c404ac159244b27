import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogQuery } from '../../core/ports/logs.ts';
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
const entry = (ms: number, text: string, stream = 'stdout', flag = 'F') =>
  `${time(ms)} ${stream} ${flag} ${text}\n`;

async function read(query: LogQuery = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLogFile({ path, exitFile, running: false }, query)) lines.push(line.message);
  return lines;
}

function follow(query: LogQuery = {}) {
  const lines: string[] = [];
  const done = (async () => {
    for await (const line of readLogFile({ path, exitFile, running: true }, { follow: true, ...query })) {
      lines.push(line.message);
    }
  })();
  return { lines, done };
}

describe('a log file', () => {
  it('gives lines with exact times and streams', async () => {
    await writeFile(path, entry(1000, 'out') + entry(1001, 'err', 'stderr') + entry(1002, ''));
    const lines = [];
    for await (const line of readLogFile({ path, exitFile, running: false }, {})) lines.push(line);
    expect(lines).toEqual([
      { at: 1000, stream: 'stdout', message: 'out' },
      { at: 1001, stream: 'stderr', message: 'err' },
      { at: 1002, stream: 'stdout', message: '' },
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

  it('goes over to the file that conmon begins when one is full', async () => {
    await writeFile(path, entry(1, 'old'));
    const { lines, done } = follow();
    await vi.waitFor(() => expect(lines).toEqual(['old']));
    await writeFile(`${path}.tmp`, entry(2, 'new'));
    await appendFile(path, entry(1, 'old and last'));
    await rename(`${path}.tmp`, path);
    await vi.waitFor(() => expect(lines).toEqual(['old', 'old and last', 'new']));
    await writeFile(exitFile, '0');
    await done;
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
