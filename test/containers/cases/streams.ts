/** Answers that go on: events, usage, pulls; and jobs, which are watched in turns. */
import { afterEach, describe, expect, it } from 'vitest';
import { eventsOf, openLines, valuesOf, type LineStream } from '../../fixtures/line-stream.ts';
import { until } from '../../fixtures/processes.ts';
import type { Suite } from '../suite.ts';

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
