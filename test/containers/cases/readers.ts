/** What containers write may be anything, and whoever reads it may be slow, gone or many. */
import { request } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { openLines, type LineStream } from '../../fixtures/line-stream.ts';
import { until } from '../../fixtures/processes.ts';
import type { Suite } from '../suite.ts';

const CYCLES = process.env['LONGSHORE_LONG'] === '1' ? 1000 : 100;
const SLOW_READERS = 20;
/** What each of them could be sent: less than one file of Docker's holds, for whoever follows loses what is written while it begins another. */
const WRITTEN_MB = 8;
/** Far below what would be kept for all of them. */
const MOST_GROWTH_MB = 120;
const MOST_STREAMS = 200;

export function readerCases({ kind, workshop, client, clear }: Suite): void {
  afterEach(clear);

  const run = (command: string) =>
    client.data('POST', '/containers', {
      ...{ image: workshop.it.image, name: 'app', command: ['sh', '-c', command], start: true },
    });
  const url = (path: string) => `${workshop.it.server.url}/api/v1${path}`;
  const read = async (query: string): Promise<LineStream> => {
    const headers = { accept: 'application/x-ndjson' };
    const stream = await openLines(url(`/containers/app/logs?${query}`), { headers });
    onTestFinished(() => stream.close());
    return stream;
  };
  const statusOf = async (name: string) =>
    (await client.data<{ status: string }>('GET', `/containers/${name}`)).status;

  it('escape codes, markup and broken text are text like any other', async () => {
    await run(
      String.raw`printf '\033[31m\033]8;;http://x\033\\<script>alert(1)</script>\377\376\n{"a":1}\n'`,
    );
    interface Page {
      items: { message: string }[];
    }
    const page = () => client.data<Page>('GET', '/containers/app/logs');
    const items = await until('two lines', async () => {
      const found = await page();
      return found.items.length === 2 && found.items;
    });
    expect(items.map(({ message }) => message)).toEqual([
      '\u001b[31m\u001b]8;;http://x\u001b\\<script>alert(1)</script>\ufffd\ufffd',
      '{"a":1}',
    ]);
    for (const [format, type] of [
      ['json', 'application/json'],
      ['text', 'text/plain'],
    ] as const) {
      const { headers } = await client.call('GET', `/containers/app/logs?format=${format}`);
      expect(headers.get('content-type')).toContain(type);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('those that read nothing cost next to nothing', async () => {
    const line = 'x'.repeat(1000);
    await run(`seq 1 ${WRITTEN_MB * 1000} | while read n; do echo $n ${line}; done; echo the end`);
    const before = await megabytes(workshop.it.server.pid);
    for (let count = 0; count < SLOW_READERS; count++) {
      const slow = request(url('/containers/app/logs?follow=true&tail=all'), { agent: false });
      onTestFinished(() => void slow.destroy());
      const begun = new Promise((resolve) => slow.once('response', (answer) => resolve(answer.pause())));
      slow.on('error', () => undefined).end();
      await begun;
    }
    // Podman tells nobody else who follows of new lines while one reads nothing.
    if (kind === 'podman') await until('its end', async () => (await statusOf('app')) === 'exited');
    const quick = await read(kind === 'podman' ? 'tail=all' : 'follow=true&tail=all');
    await until('all that was written', async () => quick.lines.at(-1)?.includes('the end'), 60_000);
    expect((await megabytes(workshop.it.server.pid)) - before).toBeLessThan(MOST_GROWTH_MB);
  });

  it('those that go away take their stream from the engine with them', async () => {
    await run('echo begun; exec sleep 1000');
    const cycle = async () => {
      const stream = await openLines(url('/containers/app/logs?follow=true&tail=all'));
      await until('its first line', async () => stream.lines.length > 0);
      stream.close();
    };
    for (let count = 0; count < 10; count++) await cycle();
    const settled = await openFiles(workshop.it.server.pid);
    for (let count = 0; count < CYCLES; count++) await cycle();
    // What the last of them held goes a moment later.
    await until('no more open than before', async () => {
      return (await openFiles(workshop.it.server.pid)) <= settled + 5;
    });
  });

  it('are so many for one caller and no more', async () => {
    await run('exec sleep 1000');
    const open: LineStream[] = [];
    onTestFinished(() => open.forEach((stream) => stream.close()));
    const next = async () => {
      const stream = await openLines(url('/containers/app/logs?follow=true'));
      open.push(stream);
      return stream.status;
    };
    for (let count = 0; count < MOST_STREAMS; count++) expect(await next()).toBe(200);
    expect(await next()).toBe(429);
    const { status, body, headers } = await client.call('GET', '/events');
    expect({ status, body }).toMatchObject({ status: 429, body: { code: 429, errors: [] } });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    // What ends by itself is answered all the same.
    await client.data('GET', '/containers/app/logs');
    open.pop()!.close();
    open.pop()!.close();
    await until('room again', async () => (await next()) === 200);
  });
}

async function megabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024;
}

const openFiles = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length;
