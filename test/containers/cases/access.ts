/** Who may do what with containers, and that nobody sees what is another account's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersClient, type ContainersClient } from '../../fixtures/containers.ts';
import { createKey } from '../../fixtures/keys.ts';
import { openLines, type LineStream } from '../../fixtures/line-stream.ts';
import { until } from '../../fixtures/processes.ts';
import type { TestServer } from '../../fixtures/server.ts';
import type { Suite } from '../suite.ts';

export function accessCases({ workshop }: Suite): void {
  let server: TestServer;
  let image: string;
  let adminKey: string;
  let admin: ContainersClient;
  let viewer: ContainersClient;
  let one: ContainersClient;
  let other: ContainersClient;
  const keys: string[] = [];
  /** Events as `one` and as `other` are told of them. */
  let streams: LineStream[] = [];

  const clientWith = async (...flags: string[]) =>
    containersClient(server.url, (await createKey(server.dataDir, ...flags)).key);

  beforeAll(async () => {
    image = await workshop.it.push('box:1', { files: { '/box': 'box' } });
    server = await workshop.it.serveBeside({ flags: ['--auth', 'required'] });
    adminKey = (await createKey(server.dataDir, '--role', 'admin')).key;
    admin = containersClient(server.url, adminKey);
    viewer = await clientWith('--role', 'viewer');
    for (const account of ['111111111111', '222222222222']) {
      keys.push((await createKey(server.dataDir, '--role', 'operator', '--account', account)).key);
    }
    [one, other] = keys.map((key) => containersClient(server.url, key)) as [
      ContainersClient,
      ContainersClient,
    ];
  });
  afterAll(async () => {
    for (const stream of streams) stream.close();
    await server?.stop();
  });

  it('asks for a credential, in the words of the document', async () => {
    const { status, body } = await containersClient(server.url).call('GET', '/containers');
    expect(status).toBe(401);
    expect(body).toEqual({ code: 401, message: expect.any(String) as string, errors: [] });
  });

  it('takes a key as a Bearer token too', async () => {
    const { key } = await createKey(server.dataDir, '--role', 'viewer');
    const headers = { authorization: `Bearer ${key}` };
    expect((await containersClient(server.url).call('GET', '/containers', undefined, headers)).status).toBe(
      200,
    );
  });

  it('wants every credential that is sent to be good', async () => {
    const { key } = await createKey(server.dataDir, '--role', 'viewer');
    const status = async (headers: Record<string, string>) =>
      (await containersClient(server.url).call('GET', '/containers', undefined, headers)).status;
    expect(await status({ 'x-api-key': key, authorization: `Bearer ${key}` })).toBe(200);
    expect(await status({ 'x-api-key': key, authorization: 'Bearer other' })).toBe(401);
    expect(await status({ 'x-api-key': 'other', authorization: `Bearer ${key}` })).toBe(401);
  });

  it('lets a viewer read and change nothing', async () => {
    expect(await viewer.data('GET', '/containers')).toMatchObject({ items: [] });
    const forbidden = [
      'POST /containers',
      'POST /images/pull',
      'DELETE /images/x',
      'POST /containers/x1/start',
    ];
    for (const line of forbidden) {
      const [method = '', path = ''] = line.split(' ');
      const { status, body } = await viewer.call(method, path, {});
      expect({ line, status, code: body.code }).toEqual({ line, status: 403, code: 403 });
    }
  });

  describe("another account's container", () => {
    const secret = 'known-to-nobody-else';
    let made: string;
    beforeAll(async () => {
      streams = await Promise.all(
        keys.map((key) => openLines(`${server.url}/api/v1/events`, { headers: { 'x-api-key': key } })),
      );
      const body = {
        name: 'secret-of-one',
        image,
        command: ['sleep', '1000'],
        environment: { KEY: secret },
        start: true,
      };
      made = (await one.data<{ id: string }>('POST', '/containers', body)).id;
    });
    afterAll(() => admin.data('DELETE', `/containers/${made}?force=true`));

    it('is in no list but its own and that of admins of all accounts', async () => {
      const totalOf = async (client: ContainersClient) =>
        (await client.data<{ total: number }>('GET', '/containers')).total;
      expect(await totalOf(one)).toBe(1);
      expect(await totalOf(admin)).toBe(1);
      expect(await totalOf(other)).toBe(0);
    });

    it.each(['id', 'prefix', 'name'])('does not exist by its %s', async (by) => {
      const reference = { id: made, prefix: made.slice(0, 12), name: 'secret-of-one' }[by]!;
      for (const [method, path, body] of [
        ['GET', `/containers/${reference}`],
        ['POST', `/containers/${reference}/start`],
        ['POST', `/containers/${reference}/stop`],
        ['POST', `/containers/${reference}/kill`],
        ['GET', `/containers/${reference}/logs`],
        ['GET', `/containers/${reference}/top`],
        ['POST', `/containers/${reference}/restart`],
        ['POST', `/containers/${reference}/pause`],
        ['POST', `/containers/${reference}/unpause`],
        ['POST', `/containers/${reference}/rename`, { name: 'taken-over' }],
        ['PATCH', `/containers/${reference}`, { memory_limit: '64m' }],
        ['POST', `/containers/${reference}/exec`, { command: ['true'] }],
        ['GET', `/containers/${reference}/logs?follow=true`],
        ['GET', `/metrics/containers/${reference}?stream=true`],
        ['GET', `/metrics/containers/${reference}`],
        ['DELETE', `/containers/${reference}?force=true`],
      ] as [string, string, object?][]) {
        expect(await other.refused(404, method, path, body)).toEqual(['container_id']);
      }
    });

    it('has an image that others see as little of', async () => {
      const names = async (client: ContainersClient) =>
        (await client.data<{ items: { tags: string[] }[] }>('GET', '/images')).items.flatMap(
          ({ tags }) => tags,
        );
      expect(await names(one)).toEqual([image]);
      expect(await names(other)).toEqual([]);
      await other.refused(404, 'DELETE', `/images/${image}?force=true`);
      expect((await one.call('DELETE', `/images/${image}?force=true`)).status).toBe(403);
    });

    it('keeps values of its environment from those who may not see secrets', async () => {
      const of = async (client: ContainersClient) =>
        (await client.data<{ environment: Record<string, string> }>('GET', `/containers/${made}`))
          .environment;
      expect(await of(one)).toMatchObject({ KEY: secret });
      const reader = await clientWith('--account', '111111111111', '--scope', 'containers:read');
      expect(await of(reader)).toMatchObject({ KEY: '***' });
    });

    it("is in nobody else's events", async () => {
      const [own, others] = streams;
      await until('its start', async () => own!.lines.some((line) => line.includes('start')));
      const { id } = await other.data<{ id: string }>('POST', '/containers', { name: 'of-other', image });
      await other.data('DELETE', `/containers/${id}`);
      const isTold = async () => others!.lines.some((line) => line.includes('destroy'));
      await until('the end of the own', isTold, 60_000);
      expect(others!.lines.join()).not.toContain(made);
      expect(own!.lines.join()).not.toContain(id);
    });

    it('has no value of its environment in events, in the audit log and in errors', async () => {
      const body = { name: 'secret-of-one', image, environment: { KEY: secret } };
      const { status, body: refusal } = await one.call('POST', '/containers', body);
      expect(status).toBe(409);
      const headers = { 'x-api-key': adminKey };
      const audit = await fetch(`${server.url}/audit?operation=CreateContainer`, { headers });
      const told = [JSON.stringify(refusal), await audit.text(), streams[0]!.lines.join(), server.log()];
      expect(told[1]).toContain('CreateContainer');
      for (const text of told) expect(text).not.toContain(secret);
    });
  });

  it('keeps values of an environment from those who may not see secrets also in what came of a job', async () => {
    const secret = 'known-to-few';
    const body = { name: 'anew-of-one', image, command: ['sleep', '1000'], environment: { KEY: secret } };
    await one.data('POST', '/containers', body);
    const changed = { environment: { KEY: `${secret}-too` } };
    const begun = await one.call('POST', '/containers/anew-of-one/recreate', changed, {
      prefer: 'respond-async',
    });
    const path = `/jobs/${(begun.body.data as { id: string }).id}`;
    await until('its end', async () => {
      const { status } = await one.data<{ status: string }>('GET', path);
      return status === 'succeeded';
    });
    const reader = await clientWith('--account', '111111111111', '--scope', 'containers:read');
    for (const place of [path, '/jobs']) {
      expect(JSON.stringify(await one.data('GET', place))).toContain(secret);
      expect(JSON.stringify(await reader.data('GET', place))).not.toContain(secret);
    }
    await one.data('DELETE', '/containers/anew-of-one');
  });

  it("keeps one account's volumes, networks and jobs from another", async () => {
    await one.data('POST', '/volumes', { name: 'volume-of-one' });
    const { id } = await one.data<{ id: string }>('POST', '/networks', { name: 'network-of-one' });
    const headers = { prefer: 'respond-async' };
    const { body } = await one.call('POST', '/images/pull', { name: image }, headers);
    const job = (body.data as { id: string }).id;
    for (const [method, path, field] of [
      ['GET', '/volumes/volume-of-one', 'name'],
      ['DELETE', '/volumes/volume-of-one?force=true', 'name'],
      ['GET', '/networks/network-of-one', 'network_id'],
      ['GET', `/networks/${id}`, 'network_id'],
      ['DELETE', `/networks/${id}`, 'network_id'],
      ['GET', `/jobs/${job}`, 'job_id'],
      ['DELETE', `/jobs/${job}`, 'job_id'],
    ] as const) {
      expect(await other.refused(404, method, path)).toEqual([field]);
    }
    for (const [path, own] of [
      ['/volumes', 'volume-of-one'],
      ['/networks', 'network-of-one'],
      ['/jobs', job],
    ] as const) {
      expect(JSON.stringify(await one.data('GET', path))).toContain(own);
      expect(JSON.stringify(await other.data('GET', path))).not.toContain(own);
    }
    const taking = { image, volumes: [{ volume: 'volume-of-one', container_path: '/in' }] };
    expect(await other.refused(400, 'POST', '/containers', taking)).toEqual(['volumes[0].volume']);
    const joining = { image, network: 'network-of-one' };
    expect(await other.refused(400, 'POST', '/containers', joining)).toEqual(['network']);
    await one.data('DELETE', '/volumes/volume-of-one');
    await one.data('DELETE', `/networks/${id}`);
  });
}
