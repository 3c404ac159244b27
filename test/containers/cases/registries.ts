/** Registries with stored credentials, and whether they have newer images: a real registry that asks for a password. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pushImage } from '../../fixtures/image.ts';
import { until } from '../../fixtures/processes.ts';
import { startRegistry, type Registry } from '../../fixtures/registry.ts';
import type { Suite } from '../suite.ts';

interface Check {
  image: string;
  status: string;
  current: string | null;
  latest: string | null;
  reason: string | null;
}

export function registryCases({ kind, workshop, client, clear }: Suite): void {
  let closed: Registry;
  let wrong: { address: string; username: string; password: string };
  beforeAll(async () => {
    closed = await startRegistry({ authenticated: true });
    wrong = { address: closed.host, username: closed.credentials!.username, password: 'wrong-and-unseen' };
  });
  afterAll(async () => {
    await clear();
    await closed?.stop();
  });

  const updateOf = (path: string) => client.data<Check>('GET', `${path}/update?refresh=true`);
  const push = async (name: string, content: string) =>
    (await pushImage(closed, name, { files: { '/v': content } })).reference;

  it('refuses what is no address, and plain HTTP that is not allowed', async () => {
    const base = { username: 'u', password: 'p' };
    for (const address of ['https://ghcr.io', 'u:p@ghcr.io', 'ghcr.io/team', 'builds']) {
      expect(await client.refused(400, 'POST', '/registries', { ...base, address })).toEqual(['address']);
    }
    const insecure = { ...base, address: 'registry.example', insecure: true };
    expect(await client.refused(400, 'POST', '/registries', insecure)).toEqual(['insecure']);
    expect(await client.refused(400, 'POST', '/registries', {})).toEqual(['address', 'username', 'password']);
    expect(await client.refused(404, 'GET', '/registries/reg-none')).toEqual(['registry_id']);
  });

  it('tries credentials, and uses those that are stored for pulls, tasks, updates and pushes', async () => {
    const image = await push('private:1', 'one');
    await client.refused(404, 'POST', '/images/pull', { name: image });
    expect(await client.refused(400, 'POST', '/registries?check=true', wrong)).toEqual(['password']);
    const made = await client.data<{ id: string }>('POST', '/registries', wrong);
    expect(made).toMatchObject({ address: closed.host, insecure: true, username: wrong.username });
    await client.refused(409, 'POST', '/registries', wrong);
    const check = () => client.data('POST', `/registries/${made.id}/check`);
    expect(await check()).toMatchObject({ status: 'refused' });
    await client.refused(404, 'POST', '/images/pull', { name: image });

    await client.data('PATCH', `/registries/${closed.host}`, { token: closed.credentials!.password });
    expect(await check()).toMatchObject({ status: 'ok' });
    await client.refused(400, 'PATCH', `/registries/${made.id}`, { address: 'elsewhere.example' });
    expect(await client.data('POST', '/images/pull', { name: image })).toMatchObject({ tag: '1' });
    expect(await updateOf(`/images/${image}`)).toMatchObject({ image, status: 'up_to_date' });

    const copy = { name: `${closed.host}/copied`, tag: '2' };
    await client.data('POST', `/images/${image}/tag`, copy);
    await client.data('POST', `/images/${copy.name}:2/push`);
    const own = await push('of-a-task:1', 'task');
    const task = await workshop.it.client.start([{ image: own, command: ['sleep', '1000'] }]);
    await workshop.it.client.running(task);
    await workshop.it.client.stop(task);
    await workshop.it.client.stopped(task);
    const header = Buffer.from(JSON.stringify(wrong)).toString('base64');
    const sent = await client.call('POST', '/images/pull', { name: own }, { 'x-registry-auth': header });
    expect(sent.status).toBe(404);
    await client.data('DELETE', `/registries/${made.id}`);
    const later = await push('later:1', 'later');
    await client.refused(404, 'POST', '/images/pull', { name: later });
  });

  it('tells nobody a password, and writes it down nowhere', async () => {
    const password = 'p4ssw0rd-in-no-file';
    const made = await client.call('POST', '/registries', { ...wrong, password });
    const { id } = made.body.data as { id: string };
    const answers = [
      made,
      await client.call('GET', '/registries'),
      await client.call('GET', `/registries/${id}`),
      await client.call('POST', `/registries/${id}/check`),
      await client.call('POST', '/images/pull', { name: `${closed.host}/private:9` }),
      await client.call('PATCH', `/registries/${id}`, { name: 7, password }),
    ];
    await client.data('DELETE', `/registries/${id}`);
    expect(JSON.stringify(answers)).not.toContain(password);
    expect(workshop.it.server.log()).not.toContain(password);
    const { dataDir } = workshop.it;
    for (const directory of [dataDir, join(dataDir, 'audit')]) {
      for (const entry of await readdir(directory, { withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const file = join(directory, entry.name);
        expect((await readFile(file)).includes(password), file).toBe(false);
      }
    }
    const audit = await (await fetch(`${workshop.it.server.url}/audit?operation=CreateRegistry`)).text();
    expect(audit).toContain(closed.host);
  });

  it('tells of newer images, of one, of many, and of what a container is made of', async () => {
    const { username, password } = closed.credentials!;
    await client.data('POST', '/registries?check=true', { address: closed.host, username, password });
    const image = await push('moving:1', 'first');
    const container = { image, name: 'moved', command: ['sleep', '1000'] };
    const { id } = await client.data<{ id: string }>('POST', '/containers', container);
    expect(await updateOf('/containers/moved')).toMatchObject({
      status: 'up_to_date',
      image_replaced: false,
    });
    const { digest } = await pushImage(closed, 'moving:1', { files: { '/v': 'second' } });
    const newer = { image, status: 'update_available', latest: digest };
    expect(await updateOf(`/images/${image}`)).toMatchObject(newer);
    expect(await updateOf('/containers/moved')).toMatchObject({ ...newer, container_id: id });
    const all = await client.data<{ update_available: number; items: Check[] }>(
      'POST',
      '/images/check-updates',
      { refresh: true },
    );
    expect(all.update_available).toBeGreaterThanOrEqual(1);
    expect(all.items).toContainEqual(expect.objectContaining(newer));

    await client.data('POST', '/images/pull', { name: image });
    expect(await updateOf(`/images/${image}`)).toMatchObject({ status: 'up_to_date', current: digest });
    expect(await updateOf('/containers/moved')).toMatchObject({ ...newer, image_replaced: true });
    await client.data('DELETE', '/containers/moved?force=true');
    await client.data('DELETE', `/registries/${closed.host}`);
    expect(await updateOf(`/images/${image}`)).toMatchObject({ status: 'not_checkable', reason: 'refused' });
  });

  it('says of what it cannot tell why, and checks many as a job', async () => {
    const local = { name: `${workshop.it.registry.host}/made-here`, tag: '1' };
    // Podman has the digest under every name, so that the registry has to be asked.
    const reason = kind.startsWith('docker') ? 'local' : 'missing';
    await client.data('POST', '/images/pull', { name: workshop.it.image });
    await client.data('POST', `/images/${workshop.it.image}/tag`, local);
    const pinned = `${workshop.it.image.replace(/:[^:/]*$/, '')}@${(await updateOf(`/images/${workshop.it.image}`)).latest}`;
    const images = [`${local.name}:1`, pinned, workshop.it.image];
    const headers = { prefer: 'respond-async' };
    const begun = await client.call('POST', '/images/check-updates', { images }, headers);
    expect(begun.status).toBe(202);
    const { id } = begun.body.data as { id: string };
    const job = () => client.data<{ status: string; result: { items: Check[] } }>('GET', `/jobs/${id}`);
    await until('its end', async () => (await job()).status !== 'running');
    const { status, result } = await job();
    expect(status).toBe('succeeded');
    expect(result.items.map((item) => [item.image, item.status, item.reason])).toEqual([
      [`${local.name}:1`, 'not_checkable', reason],
      [pinned, 'not_checkable', 'pinned'],
      [workshop.it.image, 'up_to_date', null],
    ]);
    await client.data('DELETE', `/images/${local.name}:1`);
    expect(
      await client.refused(404, 'POST', '/images/check-updates', { images: ['127.0.0.1:1/not-here:1'] }),
    ).toEqual(['image_id']);
  });

  it('asks the mirror for images of Docker Hub', async () => {
    await workshop.it.push('library/mirrored-update:1', { files: { '/v': 'one' } });
    await client.data('POST', '/images/pull', { name: 'mirrored-update:1' });
    expect(await updateOf('/images/mirrored-update:1')).toMatchObject({ status: 'up_to_date' });
    await workshop.it.push('library/mirrored-update:1', { files: { '/v': 'two' } });
    expect(await updateOf('/images/mirrored-update:1')).toMatchObject({ status: 'update_available' });
    expect(await updateOf('/images/docker.io/library/mirrored-update:1')).toMatchObject({
      status: 'update_available',
    });
  });
}
