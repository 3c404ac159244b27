/** What people expect beside the document: the rest of a container's life, pruning, volumes, networks, tags. */
import { afterEach, expect, it } from 'vitest';
import { until } from '../../fixtures/processes.ts';
import { sleeper } from '../../fixtures/task-client.ts';
import type { Suite } from '../suite.ts';

interface Made {
  id: string;
  name: string;
  status: string;
}

/** All that only the task of a container decides. */
const deeds = [
  ['POST', '/start'],
  ['POST', '/stop'],
  ['POST', '/restart'],
  ['POST', '/kill'],
  ['POST', '/pause'],
  ['POST', '/unpause'],
  ['POST', '/rename', { name: 'another' }],
  ['PATCH', '', { memory_limit: '64m' }],
  ['DELETE', ''],
] as const;

export function besideCases({ kind, workshop, client, clear }: Suite): void {
  afterEach(clear);

  const script = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
  const make = (body: object = {}) =>
    client.data<Made>('POST', '/containers', {
      image: workshop.it.image,
      command: ['sh', '-c', script],
      start: true,
      ...body,
    });

  it('restarts, freezes, kills and renames', async () => {
    const { id } = await make({ name: 'first' });
    const state = async () => (await client.data<Made>('GET', `/containers/${id}`)).status;
    expect(await client.data('POST', `/containers/${id}/restart`)).toMatchObject({ status: 'running' });
    expect(await client.data('POST', `/containers/${id}/pause`)).toMatchObject({
      status: 'paused',
      changed: true,
    });
    expect(await client.data('POST', `/containers/${id}/pause`)).toMatchObject({ changed: false });
    expect(await client.data('POST', `/containers/${id}/unpause`)).toMatchObject({ status: 'running' });
    expect(await client.data('POST', `/containers/${id}/rename`, { name: 'second' })).toMatchObject({
      name: 'second',
    });
    await client.refused(404, 'GET', '/containers/first');
    expect(await client.refused(400, 'POST', `/containers/${id}/rename`, {})).toEqual(['name']);
    await client.data('POST', `/containers/${id}/kill`);
    await until('its end', async () => (await state()) === 'exited');
    await client.refused(409, 'POST', `/containers/${id}/kill`);
    await client.refused(409, 'GET', `/containers/${id}/top`);
    await client.refused(409, 'POST', `/containers/${id}/pause`);
  });

  it('refuses a name that is taken', async () => {
    await make({ name: 'taken' });
    const body = { image: workshop.it.image, name: 'taken' };
    expect(await client.refused(409, 'POST', '/containers', body)).toEqual(['name']);
  });

  it('lists processes, and changes limits of a container that runs', async () => {
    const { id } = await make();
    const top = await client.data<{ titles: string[]; processes: string[][] }>(
      'GET',
      `/containers/${id}/top`,
    );
    expect(top.processes.length).toBeGreaterThan(0);
    const changed = await client.data('PATCH', `/containers/${id}`, { memory_limit: '64m' });
    // A Podman of others changes the running one alone, and tells nobody.
    expect(changed).toMatchObject(
      kind === 'podman'
        ? { warnings: [expect.any(String)] }
        : { limits: { memory_limit: 64 * 1024 ** 2 }, warnings: [] },
    );
    expect(await client.refused(400, 'PATCH', `/containers/${id}`, {})).toEqual(['body']);
    expect(await client.refused(400, 'PATCH', `/containers/${id}`, { image: 'x' })).toContain('image');
  });

  it('shows what it would prune, and prunes that', async () => {
    const { id } = await make({ start: false });
    const runs = await make();
    const shown = await client.data<{ items: { id: string }[] }>('POST', '/containers/prune?preview=true');
    expect(shown.items.map((item) => item.id)).toEqual([id]);
    await client.data('GET', `/containers/${id}`);
    expect(await client.data('POST', '/containers/prune')).toMatchObject({ items: [{ id }], kept: [] });
    await client.refused(404, 'GET', `/containers/${id}`);
    await client.data('GET', `/containers/${runs.id}`);
  });

  it('makes volumes, mounts and removes them', async () => {
    expect(await client.data('POST', '/volumes', { name: 'kept', labels: { a: 'b' } })).toMatchObject({
      name: 'kept',
      labels: { a: 'b' },
      used_by: [],
    });
    await client.refused(409, 'POST', '/volumes', { name: 'kept' });
    const hidden = { name: 'hidden', driver_opts: { type: 'none', o: 'bind', device: '/etc' } };
    expect(await client.refused(400, 'POST', '/volumes', hidden)).toEqual(['driver_opts']);
    await make({ name: 'user', volumes: [{ volume: 'kept', container_path: '/kept' }] });
    expect(await client.data('GET', '/volumes/kept')).toMatchObject({ used_by: ['user'] });
    await client.refused(409, 'DELETE', '/volumes/kept');
    await client.data('DELETE', '/containers/user?force=true');
    expect(await client.data('DELETE', '/volumes/kept')).toEqual({ name: 'kept', removed: true });
    expect(await client.refused(404, 'GET', '/volumes/kept')).toEqual(['name']);
  });

  it('makes networks, and puts containers on them', async () => {
    const { id } = await client.data<{ id: string }>('POST', '/networks', { name: 'inner', internal: true });
    await client.refused(409, 'POST', '/networks', { name: 'inner' });
    expect(await client.refused(400, 'POST', '/networks', { name: 'wide', driver: 'macvlan' })).toEqual([
      'driver',
    ]);
    await make({ name: 'member', network: 'inner' });
    expect(await client.data('GET', `/networks/${id}`)).toMatchObject({
      internal: true,
      containers: ['member'],
    });
    await client.refused(409, 'DELETE', '/networks/inner');
    await client.data('DELETE', '/containers/member?force=true');
    expect(await client.data('DELETE', '/networks/inner')).toEqual({ id, removed: true });
  });

  it('tags an image, and tells its layers', async () => {
    const image = workshop.it.image;
    await client.data('POST', '/images/pull', { name: image });
    const name = image.replace(/:[^:]*$/, '-again');
    expect(await client.data('POST', `/images/${image}/tag`, { name, tag: 'v1' })).toMatchObject({
      tags: expect.arrayContaining([image, `${name}:v1`]) as string[],
    });
    expect(await client.data('GET', `/images/${image}/history`)).toMatchObject({ total: 1 });
    await client.data('DELETE', `/images/${name}:v1`);
    expect(await client.data('GET', `/images/${image}`)).toMatchObject({ tag: '1', os: 'linux' });
    expect(await client.refused(404, 'GET', `/images/${image}-not`)).toEqual(['image_id']);
    await client.refused(404, 'POST', `/images/${image}`);
  });

  it('refuses an image that bears labels of ours', async () => {
    const image = await workshop.it.push('forged:1', { labels: { 'longshore.task': 'arn:aws:ecs:x' } });
    expect(await client.refused(400, 'POST', '/containers', { image })).toEqual(['image']);
  });

  it('shows the containers of tasks, and leaves them to their task', async () => {
    const arn = await workshop.it.client.start([sleeper()]);
    await workshop.it.client.running(arn);
    const { items } = await client.data<{ items: (Made & { task: object })[] }>('GET', '/containers');
    const { taskDefinitionArn = '' } = await workshop.it.client.task(arn);
    const definition = taskDefinitionArn.split('/').at(-1);
    const task = { arn, cluster: 'default', definition, container: 'app' };
    expect(items).toMatchObject([{ task, status: 'running' }]);
    const { id, name } = items[0]!;
    expect(await client.data('GET', `/containers/${id}`)).toMatchObject({ task });
    const refusals = new Set<string>();
    for (const [method, path, body] of deeds) {
      const { status, body: refusal } = await client.call(method, `/containers/${id}${path}`, body);
      expect([path, status]).toEqual([path, 409]);
      expect(refusal.errors).toMatchObject([{ field: 'container_id' }]);
      refusals.add(refusal.message!);
    }
    expect([...refusals]).toEqual([expect.stringMatching(/Stop the task instead, or say force=true/)]);
    expect(await client.data('GET', `/containers/${id}`)).toMatchObject({ name, status: 'running' });
    await client.data('DELETE', `/containers/${id}?force=true`);
    await workshop.it.client.stopped(arn);
  });

  it('changes containers of tasks by force, and their task can still be stopped', async () => {
    const arn = await workshop.it.client.start([sleeper()]);
    await workshop.it.client.running(arn);
    const [{ id }] = (await client.data<{ items: [Made] }>('GET', '/containers')).items;
    await client.data('POST', `/containers/${id}/rename?force=true`, { name: 'forced' });
    await client.data('PATCH', '/containers/forced?force=true', { memory_limit: '48m' });
    await client.data('POST', '/containers/forced/pause?force=true');
    expect(await client.data('POST', '/containers/forced/unpause?force=true')).toMatchObject({
      status: 'running',
      changed: true,
    });
    expect(await client.data('POST', '/containers/forced/start?force=true')).toMatchObject({
      changed: false,
    });
    await client.data('POST', '/containers/forced/pause?force=true');
    await workshop.it.client.stop(arn);
    await workshop.it.client.stopped(arn);
    expect(await client.data('GET', '/containers')).toMatchObject({ total: 0 });
  });

  it('tells of the engine', async () => {
    expect(await client.data('GET', '/system/info')).toMatchObject({
      product: kind === 'docker' ? 'Docker' : 'Podman',
      version: expect.any(String) as string,
    });
  });
}
