/** The containers document, example by example: what it shows is sent, and what it promises is what comes back. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { until } from '../../fixtures/processes.ts';
import { freePort } from '../../fixtures/registry.ts';
import type { Suite } from '../suite.ts';

const id = /^[0-9a-f]{64}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const any = expect.anything() as unknown;

interface Item {
  id: string;
  name: string;
  status: string;
  image: string;
  created_at: string;
}

export function documentCases({ workshop, client, clear }: Suite): void {
  // What the document's examples call nginx.
  beforeAll(() =>
    workshop.it.push('library/nginx:latest', {
      entrypoint: ['sh', '-c', 'echo out; echo err >&2; exec httpd -f -p 80'],
    }),
  );
  afterEach(clear);

  it('lists nothing on a fresh server', async () => {
    const { status, body } = await client.call('GET', '/containers');
    expect(status).toBe(200);
    expect(body).toEqual({ code: 200, message: 'success', data: { total: 0, items: [] } });
  });

  it('makes, starts, measures, reads, stops and removes the container of its examples', async () => {
    const port = await freePort();
    const { status, body } = await client.call('POST', '/containers', {
      name: 'test-container',
      image: 'nginx:latest',
      ports: { '80/tcp': port },
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        code: 200,
        message: 'success',
        data: {
          id: expect.stringMatching(id) as string,
          name: 'test-container',
          status: 'created',
          image: 'nginx:latest',
          created_at: expect.stringMatching(time) as string,
          warnings: any,
        },
      },
    });
    const { id: made } = body.data as Item;

    const list = await client.data<{ total: number; items: Item[] }>('GET', '/containers?limit=10&offset=0');
    expect(list).toMatchObject({
      total: 1,
      items: [{ id: made, name: 'test-container', status: 'created' }],
    });
    expect(await client.data('GET', '/containers?status=running')).toEqual({ total: 0, items: [] });

    expect(await client.data('POST', `/containers/${made}/start`)).toEqual({
      id: made,
      name: 'test-container',
      status: 'running',
      changed: true,
    });
    expect(await client.data('POST', '/containers/test-container/start')).toMatchObject({ changed: false });
    expect(await client.data('GET', `/containers/${made.slice(0, 12)}`)).toMatchObject({
      id: made,
      status: 'running',
      ports: [{ container_port: 80, protocol: 'tcp', host_port: port, host_ip: '127.0.0.1' }],
      state: { status: 'running', started_at: expect.stringMatching(time) as string },
    });

    expect(await client.data('GET', `/metrics/containers/${made}`)).toMatchObject({
      container_id: made,
      status: 'running',
      cpu_usage: expect.any(Number) as number,
      memory_usage: expect.any(Number) as number,
      network: { rx_bytes: expect.any(Number) as number, tx_bytes: expect.any(Number) as number },
    });

    interface Logs {
      total: number;
      items: { timestamp: string; stream: string; message: string }[];
    }
    const read = () => client.data<Logs>('GET', `/containers/${made}/logs`);
    await until('two lines', async () => (await read()).total === 2);
    const lines = (await read()).items.map(({ stream, message }) => `${stream} ${message}`);
    expect(lines.sort()).toEqual(['stderr err', 'stdout out']);
    expect((await client.data<Logs>('GET', `/containers/${made}/logs?tail=1`)).total).toBe(1);
    expect(await client.data('GET', `/containers/${made}/logs?since=2100-01-01T00:00:00Z`)).toMatchObject({
      total: 0,
      items: [],
    });

    expect(await client.refused(409, 'DELETE', `/containers/${made}`)).toEqual([]);
    expect(await client.data('POST', `/containers/${made}/stop?timeout=0`)).toMatchObject({
      status: 'exited',
      changed: true,
    });
    expect(await client.data('POST', `/containers/${made}/stop`)).toMatchObject({ changed: false });
    expect(await client.data('DELETE', `/containers/${made}`)).toEqual({ id: made, removed: true });
    expect(await client.refused(404, 'GET', `/containers/${made}`)).toEqual(['container_id']);
  });

  it('gives what the request body asks for', async () => {
    const made = await client.data<Item & { environment: object }>('POST', '/containers', {
      image: 'nginx:latest',
      environment: { KEY: 'value' },
    });
    expect(made.environment).toMatchObject({ KEY: 'value' });
    await client.data('DELETE', `/containers/${made.id}`);
  });

  it('names the holder of a port that is taken', async () => {
    const port = await freePort();
    const create = (name: string) =>
      client.data<Item>('POST', '/containers', { name, image: 'nginx:latest', ports: { '80/tcp': port } });
    const holder = await create('holder');
    const other = await create('other');
    await client.data('POST', '/containers/holder/start');
    const { status, body } = await client.call('POST', '/containers/other/start');
    expect(status).toBe(409);
    expect(body).toEqual({
      code: 409,
      message: expect.stringContaining("container 'holder'") as string,
      errors: [{ field: 'ports["80/tcp"]', message: expect.any(String) as string }],
    });
    for (const each of [holder, other]) await client.data('DELETE', `/containers/${each.id}?force=true`);
  });

  it('pulls, lists and removes images', async () => {
    const reference = await workshop.it.push('team/other:1');
    const name = reference.replace(/:1$/, '');
    expect(await client.data('POST', '/images/pull', { name, tag: '1' })).toMatchObject({
      id: expect.stringMatching(/^sha256:/) as string,
      name,
      tag: '1',
      digest: expect.stringMatching(/^sha256:/) as string,
      status: 'downloaded',
    });
    expect(await client.data('POST', '/images/pull', { name: reference })).toMatchObject({
      status: 'up_to_date',
    });
    const { items } = await client.data<{ items: { name: string; tag: string }[] }>('GET', '/images');
    expect(items).toContainEqual(expect.objectContaining({ name, tag: '1' }));
    expect(await client.data('DELETE', `/images/${reference}`)).toMatchObject({ untagged: any });
    await client.refused(404, 'DELETE', `/images/${encodeURIComponent(reference)}`);
    expect((await client.call('POST', '/images/pull', { name: `${name}-not` })).status).toBe(404);
  });

  it('tells what the machine uses', async () => {
    const percent = expect.any(Number) as number;
    expect(await client.data('GET', '/metrics/resources')).toMatchObject({
      cpu_usage: percent,
      memory_usage: percent,
      disk_usage: percent,
      network: { rx_bytes: percent, tx_bytes: percent },
    });
  });
}
