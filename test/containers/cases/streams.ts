/** Answers that go on: output that is followed, events, usage, pulls; and jobs, which are watched in turns. */
import { afterEach, describe, expect, it } from 'vitest';
import { eventsOf, openLines, valuesOf, type LineStream } from '../../fixtures/line-stream.ts';
import { until } from '../../fixtures/processes.ts';
import type { Suite } from '../suite.ts';

interface Line {
  message: string;
  cursor: string;
}

/** Counts on where the last run ended, about a hundred lines a second. */
const counter = [
  'n=$(cat /data/n 2>/dev/null || echo 0)',
  // Between two numbers, not within one.
  'trap over=1 TERM',
  'while [ -z "$over" ]; do n=$((n+1)); echo $n; sleep 0.01; done',
  'echo $n > /data/n',
].join('; ');

export function streamCases({ workshop, client, clear }: Suite): void {
  const open: LineStream[] = [];
  const streamOf = async (path: string, options?: Parameters<typeof openLines>[1]) => {
    const stream = await openLines(`${workshop.it.server.url}/api/v1${path}`, options);
    open.push(stream);
    return stream;
  };
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.close();
    await clear();
  });

  const make = (command: string, name = 'app') =>
    client.data<{ id: string }>('POST', '/containers', {
      ...{ image: workshop.it.image, name, command: ['sh', '-c', command], start: true },
    });
  const numbers = (stream: LineStream) => valuesOf<Line>(stream).map(({ message }) => Number(message));
  const inTurn = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  it('follows output over restarts, without a lost or doubled line', async () => {
    await make(counter);
    const stream = await streamOf('/containers/app/logs?follow=true&tail=all');
    expect([stream.status, stream.contentType]).toEqual([200, 'application/x-ndjson']);
    for (const least of [50, 100]) {
      await until(`${least} lines`, async () => numbers(stream).length > least);
      await client.data('POST', '/containers/app/restart');
    }
    const before = numbers(stream).length;
    await until('lines of the last run', async () => numbers(stream).length > before + 50);
    const read = numbers(stream);
    expect(read).toEqual(inTurn(read.length));
    await client.data('DELETE', '/containers/app?force=true');
    await stream.ended;
  });

  it('goes on after the line that a client had last, also after a restart of the server', async () => {
    await make(counter);
    const headers = { accept: 'text/event-stream' };
    const first = await streamOf('/containers/app/logs?follow=true&tail=all', { headers });
    expect(first.contentType).toBe('text/event-stream');
    await until('some events', async () => eventsOf<Line>(first).length > 30);
    first.close();
    const had = eventsOf<Line>(first);
    await workshop.it.server.stop();
    await workshop.it.serve();
    const last = had.at(-1)!;
    expect(last.id).toBe(last.data.cursor);
    const second = await streamOf('/containers/app/logs?follow=true', {
      headers: { ...headers, 'last-event-id': last.id! },
    });
    await until('more events', async () => eventsOf<Line>(second).length > 30);
    const read = [...had, ...eventsOf<Line>(second)].map(({ data }) => Number(data.message));
    expect(read).toEqual(inTurn(read.length));
  });

  it('follows what matches, after the last of it that was there', async () => {
    await make('seq 1 30; while :; do sleep 0.1; echo again 3; done');
    const stream = await streamOf('/containers/app/logs?follow=true&search=3&tail=2');
    await until('what comes', async () => valuesOf<Line>(stream).length > 4);
    expect(valuesOf<Line>(stream).every(({ message }) => message.includes('3'))).toBe(true);
    const cursors = valuesOf<Line>(stream).map(({ cursor }) => cursor);
    expect(new Set(cursors).size).toBe(cursors.length);
  });

  it('pages through output by cursor', async () => {
    await make('seq 1 250');
    interface Page {
      items: Line[];
      next: string;
    }
    const all = () => client.data<Page>('GET', '/containers/app/logs?tail=all');
    await until('all lines', async () => (await all()).items.length === 250);
    const [, , third] = (await all()).items;
    const rest = await client.data<Page>(
      'GET',
      `/containers/app/logs?after=${encodeURIComponent(third!.cursor)}`,
    );
    expect(rest.items[0]!.message).toBe('4');
    expect(rest.items).toHaveLength(247);
    const found = await client.data<Page>('GET', '/containers/app/logs?search=25&tail=2');
    expect(found.items.map(({ message }) => message)).toEqual(['225', '250']);
  });

  it('is plain text where that is asked for', async () => {
    await make('echo one; echo two');
    const text = async (query: string) =>
      (await client.call('GET', `/containers/app/logs?format=text${query}`)).body.data as string;
    await until('both lines', async () => (await text('')) === 'one\ntwo\n');
    expect(await text('&timestamps=true&tail=1')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z two\n$/);
    const { headers } = await client.call('GET', '/containers/app/logs?download=true');
    expect(headers.get('content-disposition')).toContain('attachment');
  });

  it('tells what a container uses, until it stops', async () => {
    await make('while :; do :; done');
    const stream = await streamOf('/metrics/containers/app?stream=true', {
      headers: { accept: 'application/x-ndjson' },
    });
    interface Usage {
      cpu_usage: number;
    }
    await until('a busy sample', async () => valuesOf<Usage>(stream).some(({ cpu_usage }) => cpu_usage > 10));
    await client.data('POST', '/containers/app/kill');
    await stream.ended;
  });

  it('tells what happens', async () => {
    const stream = await streamOf('/events?kind=container');
    const { id } = await make('sleep 1000');
    await client.data('POST', '/containers/app/kill');
    interface Change {
      id: string;
      action: string;
    }
    const actions = () =>
      eventsOf<Change>(stream)
        .filter(({ data }) => data.id === id)
        .map(({ data }) => data.action);
    await until('its end', async () => actions().includes('die'));
    expect(actions()).toEqual(expect.arrayContaining(['create', 'start', 'kill', 'die']));
  });

  describe('a pull', () => {
    const pull = (name: string, headers: Record<string, string>) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ name }),
    });

    it('tells its progress, and the answer last', async () => {
      const image = await workshop.it.push('streamed:1', { files: { '/x': 'x'.repeat(100_000) } });
      const stream = await streamOf('/images/pull', pull(image, { accept: 'application/x-ndjson' }));
      await stream.ended;
      expect(valuesOf(stream).at(-1)).toMatchObject({ code: 200, message: 'success', data: { tag: '1' } });
    });

    it('of what is not there has a status of its own', async () => {
      const name = `${workshop.it.registry.host}/nothing:1`;
      expect((await streamOf('/images/pull', pull(name, { accept: 'text/event-stream' }))).status).toBe(404);
    });

    it('runs as a job', async () => {
      const name = await workshop.it.push('as-job:1', { files: { '/y': 'y' } });
      const headers = { prefer: 'respond-async' };
      const { status, body, headers: told } = await client.call('POST', '/images/pull', { name }, headers);
      expect(status).toBe(202);
      const { id } = body.data as { id: string };
      expect(told.get('location')).toBe(`/api/v1/jobs/${id}`);
      const job = () => client.data<{ status: string }>('GET', `/jobs/${id}`);
      await until('its end', async () => (await job()).status !== 'running');
      expect(await job()).toMatchObject({ status: 'succeeded', error: null, result: { tag: '1' } });
      expect(await client.data('GET', '/jobs')).toMatchObject({ items: [{ id }] });
      await client.refused(404, 'GET', '/jobs/nothing');
    });

    it('is in the audit log, streamed or not', async () => {
      const name = await workshop.it.push('audited:1');
      const stream = await streamOf('/images/pull', pull(name, { accept: 'application/x-ndjson' }));
      await stream.ended;
      const answer = await fetch(`${workshop.it.server.url}/audit?operation=PullImage`);
      expect(JSON.stringify(await answer.json())).toContain(name);
    });
  });
}
