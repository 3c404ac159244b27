/** A container made anew: the new one is good before the old one goes, and whatever fails, the old one is back. */
import { createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { containersClient } from '../../fixtures/containers.ts';
import { until } from '../../fixtures/processes.ts';
import { sleeper } from '../../fixtures/task-client.ts';
import type { Suite } from '../suite.ts';

interface Made {
  id: string;
  name: string;
  status: string;
  started_at: string;
  labels: Record<string, string>;
  environment: Record<string, string>;
  aliases: string[];
}
interface Recreated extends Made {
  recreated: {
    replaced_id: string;
    order: string;
    downtime: boolean;
    downtime_seconds: number;
    reasons: string[];
    changes: { field: string; from: unknown; to: unknown }[];
    steps: { step: string; status: string }[];
  };
}

export function recreationCases({ kind, workshop, client, clear }: Suite): void {
  afterEach(clear);
  afterEach(async () => {
    await client.call('DELETE', '/volumes/kept');
    for (const kind of ['volumes', 'networks']) await client.data('POST', `/${kind}/prune`);
  });

  const script = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
  const make = (body: object = {}) =>
    client.data<Made>('POST', '/containers', {
      image: workshop.it.image,
      command: ['sh', '-c', script],
      start: true,
      name: 'web',
      stop_timeout: 2,
      ...body,
    });
  const recreate = (body: object, query = '') =>
    client.call('POST', `/containers/web/recreate${query}`, { stable_seconds: 0.5, ...body });
  const recreated = async (body: object, query = ''): Promise<Recreated> => {
    const answer = await recreate(body, query);
    expect(answer.body).toMatchObject({ code: 200 });
    return answer.body.data as Recreated;
  };
  const names = async () =>
    (await client.data<{ items: Made[] }>('GET', '/containers')).items.map(({ name }) => name);
  const seen = () => client.data<Made>('GET', '/containers/web');
  /** The original, as it was, and nothing beside it. */
  const expectBack = async (original: Made, status = 'running') => {
    expect(await seen()).toMatchObject({ id: original.id, status });
    expect(await names()).toEqual(['web']);
  };

  it('takes the place of the old one, which goes on until the new one is good', async () => {
    const { id } = await make({ environment: { A: '1', B: '2' }, labels: { mine: 'yes' } });
    const done = await recreated({ environment: { A: 'other', B: null, C: '3' }, labels: { more: 'x' } });
    expect(done).toMatchObject({ name: 'web', status: 'running', labels: { mine: 'yes', more: 'x' } });
    expect(done.id).not.toBe(id);
    expect(done.environment).toMatchObject({ A: 'other', C: '3' });
    expect(done.environment).not.toHaveProperty('B');
    expect(done.recreated).toMatchObject({
      ...{ replaced_id: id, order: 'start-first', downtime: false, downtime_seconds: 0, reasons: [] },
      changes: [
        { field: 'labels["more"]', from: null, to: 'x' },
        { field: 'environment["A"]', from: '1', to: 'other' },
        { field: 'environment["B"]', from: '2', to: null },
        { field: 'environment["C"]', from: null, to: '3' },
      ],
    });
    expect(done.recreated.steps.map(({ step }) => step)).toEqual([
      ...['pull', 'create', 'start', 'health', 'swap', 'remove-original'],
    ]);
    await client.refused(404, 'GET', `/containers/${id}`);
    expect(await names()).toEqual(['web']);
    // And again, from what was made so.
    expect((await recreated({})).recreated.changes).toEqual([]);
    expect(await names()).toEqual(['web']);
  });

  it('takes from another image what that one gives, and keeps what was asked for', async () => {
    const cmd = ['sh', '-c', script];
    const one = await workshop.it.push('anew:1', { env: ['VERSION=1'], labels: { of: 'one' }, cmd });
    const two = await workshop.it.push('anew:2', { env: ['VERSION=2'], labels: { of: 'two' }, cmd });
    await make({ image: one, command: null, environment: { OWN: 'x' } });
    const done = await recreated({ image: two });
    expect(done.environment).toMatchObject({ VERSION: '2', OWN: 'x' });
    expect(done.labels).toMatchObject({ of: 'two' });
    expect(done.recreated.changes).toEqual([{ field: 'image', from: one, to: two }]);
  });

  it('leaves one that does not run as it is: made, not run', async () => {
    const { id } = await make({ start: false });
    const done = await recreated({ command: ['sleep', '1000'] });
    expect(done).toMatchObject({ name: 'web', status: 'created', command: ['sleep', '1000'] });
    expect(done.recreated.steps.map(({ step }) => step)).not.toContain('start');
    await client.refused(404, 'GET', `/containers/${id}`);
    expect(await recreated({ start: true, command: ['sh', '-c', script] })).toMatchObject({
      status: 'running',
    });
  });

  it('keeps volumes, also those without a name, and networks with the names there', async () => {
    const image = await workshop.it.push('with-volume:1', { volumes: ['/data'] });
    await client.data('POST', '/networks', { name: 'front' });
    await client.data('POST', '/networks', { name: 'back' });
    await make({ image, network: 'front', volumes: [{ volume: 'kept', container_path: '/kept' }] });
    await client.data('POST', '/networks/back/connect', { container: 'web', aliases: ['db'] });
    const write = `echo written > /data/f; echo too > /kept/f; ${script}`;
    const first = await recreated({ command: ['sh', '-c', write] });
    expect(first.recreated).toMatchObject({ order: 'stop-first', downtime: true });
    const read = `cat /data/f /kept/f; ${script}`;
    const done = await recreated({ command: ['sh', '-c', read] });
    const lines = async () =>
      (await client.data<{ items: { message: string }[] }>('GET', '/containers/web/logs')).items;
    await until('its output', async () => (await lines()).length === 2);
    expect((await lines()).map(({ message }) => message)).toEqual(['written', 'too']);
    expect(done).toMatchObject({
      networks: expect.arrayContaining(['front', 'back']) as string[],
    });
    expect(
      (done as unknown as { addresses: { network: string; aliases: string[] }[] }).addresses,
    ).toContainEqual(expect.objectContaining({ network: 'back', aliases: ['db'] }));
    // What failed takes nothing along.
    expect((await recreate({ command: ['false'] })).status).toBe(409);
    await until('its output again', async () => (await lines()).length === 4);
    expect((await lines()).map(({ message }) => message)).toEqual(['written', 'too', 'written', 'too']);
    const renewed = await recreated({ renew_anonymous_volumes: true });
    expect(renewed.recreated.changes).toMatchObject([{ field: 'volumes' }]);
  });

  it('brings the old one back where the new one ends, with what that one said', async () => {
    const original = await make();
    const failing = { command: ['sh', '-c', 'echo no good >&2; sleep 0.1; exit 3'] };
    const { status, body } = await recreate(failing);
    expect(status).toBe(409);
    expect(body.message).toMatch(/exit code 3.*original is back as it was/);
    expect(body.errors).toEqual([
      { field: 'step', message: 'health' },
      { field: 'output', message: 'no good' },
    ]);
    await expectBack(original);
    expect((await seen()).started_at).toBe(original.started_at);
    // Also where it had to stop first.
    expect((await recreate({ ...failing, order: 'stop-first' })).status).toBe(409);
    await expectBack(original);
    // And one that did not run is left so.
    await client.data('POST', '/containers/web/stop');
    expect((await recreate({ ...failing, start: true })).status).toBe(409);
    await expectBack(original, 'exited');
  });

  it('waits for the health check, and takes none that does not become healthy', async () => {
    const original = await make();
    const check = { interval: 0.5, timeout: 2, retries: 2 };
    const late = { command: ['sh', '-c', `sleep 1; touch /good; ${script}`] };
    const done = await recreated({ ...late, healthcheck: { ...check, retries: 20, test: 'test -e /good' } });
    expect(done.recreated.steps.map(({ step }) => step)).toContain('health');
    const { status, body } = await recreate({
      healthcheck: { ...check, test: 'exit 1' },
      timeout_seconds: 4,
    });
    expect(status).toBe(409);
    expect(body.errors).toContainEqual({ field: 'step', message: 'health' });
    await expectBack(done);
    expect(done.id).not.toBe(original.id);
  });

  it('stops the old one for a port that both publish, and says so', async () => {
    const port = await freePort();
    const page = (text: string) => [
      ...['sh', '-c', `mkdir /www; echo ${text} > /www/index.html; exec httpd -f -p 80 -h /www`],
    ];
    const answers = async () => (await (await fetch(`http://127.0.0.1:${port}/`)).text()).trim();
    const original = await make({ command: page('one'), ports: { '80/tcp': port } });
    await until('the first page', async () => (await answers().catch(() => '')) === 'one');
    expect((await recreate({ order: 'start-first' })).body.errors).toMatchObject([{ field: 'order' }]);
    const shown = await recreated({ command: page('two') }, '?dry_run=true');
    expect(shown).toMatchObject({ order: 'stop-first', downtime: true, reasons: [`port ${port}/tcp`] });
    await expectBack(original);
    const done = await recreated({ command: page('two') });
    expect(done.recreated).toMatchObject({ order: 'stop-first', reasons: [`port ${port}/tcp`] });
    expect(done.recreated.downtime_seconds).toBeGreaterThan(0);
    await until('the second page', async () => (await answers().catch(() => '')) === 'two');
    // One that ends leaves the port to the one that was there.
    expect((await recreate({ command: ['false'] })).status).toBe(409);
    await until('the second page again', async () => (await answers().catch(() => '')) === 'two');
    await expectBack(done);
  });

  it('leaves the old one alone where the port is a stranger’s', async () => {
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const { port } = stranger.address() as { port: number };
    try {
      const original = await make();
      const { status, body } = await recreate({ ports: { '80/tcp': port } });
      expect({ status, errors: body.errors }).toMatchObject({
        status: 409,
        errors: [{ field: 'step', message: 'start' }],
      });
      await expectBack(original);
    } finally {
      stranger.close();
    }
  });

  it('leaves the old one alone where the image is not to be had', async () => {
    const original = await make();
    const missing = workshop.it.image.replace(/:[^:]*$/, '-not:1');
    const { status, body } = await recreate({ image: missing });
    expect(status).toBe(404);
    expect(body).toMatchObject({ errors: [{ field: 'step', message: 'pull' }] });
    expect(body.message).toContain('not touched');
    expect((await recreate({ image: missing, pull: 'never' })).status).toBe(404);
    await expectBack(original);
  });

  it('refuses what may not be, of the whole container', async () => {
    await make();
    expect(
      await client.refused(400, 'POST', '/containers/web/recreate', { privileged: true, ports: [] }),
    ).toEqual(['ports']);
    const body = { volumes: [{ host_path: '/etc', container_path: '/e' }], privileged: true, name: 'xy' };
    expect(await client.refused(400, 'POST', '/containers/web/recreate', body)).toEqual(['name']);
    const { name: _, ...rest } = body;
    expect((await client.refused(400, 'POST', '/containers/web/recreate', rest)).sort()).toEqual([
      ...['privileged', 'volumes[0].host_path'],
    ]);
    expect(await client.refused(400, 'POST', '/containers/web/recreate', { imgae: 'x' })).toEqual(['imgae']);
    await client.refused(404, 'POST', '/containers/none/recreate', {});
    await client.data('POST', '/containers/web/pause');
    await client.refused(409, 'POST', '/containers/web/recreate', {});
  });

  it('is done once at a time, as a job with steps, and may be ended', async () => {
    const original = await make();
    const slow = { stable_seconds: 60 };
    const { status, body } = await client.call('POST', '/containers/web/recreate', slow, {
      prefer: 'respond-async',
    });
    expect(status).toBe(202);
    const { id } = body.data as { id: string };
    const job = () =>
      client.data<{ status: string; progress: { step: string; status: string }[] }>('GET', `/jobs/${id}`);
    const step = async () => (await job()).progress.at(-1);
    await until('the health step', async () => (await step())?.step === 'health');
    await client.refused(409, 'POST', '/containers/web/recreate', {});
    for (const action of ['stop', 'rename', 'pause']) {
      await client.refused(
        409,
        'POST',
        `/containers/web/${action}`,
        action === 'rename' ? { name: 'xy' } : undefined,
      );
    }
    await client.refused(409, 'DELETE', '/containers/web?force=true');
    expect(await names()).toHaveLength(2);
    expect(await client.data('DELETE', `/jobs/${id}`)).toMatchObject({
      status: 'cancelled',
      kind: 'recreate',
    });
    await expectBack(original);
    expect((await recreate({})).status).toBe(200);
  });

  it('loses neither of the two to a prune meanwhile, and no change of its networks', async () => {
    const original = await make();
    await client.data('POST', '/networks', { name: 'front' });
    const slow = { stable_seconds: 60, order: 'stop-first' };
    const { body } = await client.call('POST', '/containers/web/recreate', slow, { prefer: 'respond-async' });
    const path = `/jobs/${(body.data as { id: string }).id}`;
    const step = async () =>
      (await client.data<{ progress: { step: string }[] }>('GET', path)).progress.at(-1)?.step;
    await until('the health step', async () => (await step()) === 'health');
    for (const query of ['', '?preview=true']) {
      expect(await client.data('POST', `/containers/prune${query}`)).toMatchObject({ items: [], bytes: 0 });
    }
    for (const way of ['connect', 'disconnect']) {
      const about = { container: 'web' };
      expect(await client.refused(409, 'POST', `/networks/front/${way}`, about)).toEqual(['container']);
    }
    expect(await client.data('DELETE', path)).toMatchObject({ status: 'cancelled', error: null });
    await expectBack(original);
  });

  it.skipIf(kind === 'embedded')(
    'brings the old one back also where somebody else takes the new one away',
    async () => {
      const original = await make();
      const slow = { stable_seconds: 60, order: 'stop-first' };
      const { body } = await client.call('POST', '/containers/web/recreate', slow, {
        prefer: 'respond-async',
      });
      const job = () =>
        client.data<{ status: string; error: { message: string } | null; progress: { step: string }[] }>(
          'GET',
          `/jobs/${(body.data as { id: string }).id}`,
        );
      await until('the health step', async () => (await job()).progress.at(-1)?.step === 'health');
      // It knows nothing of what this one is about.
      const beside = await workshop.it.serveBeside({});
      try {
        const next = `web-next-${original.id.slice(0, 12)}`;
        await containersClient(beside.url).data('DELETE', `/containers/${next}?force=true`);
        await until('the end of the job', async () => (await job()).status === 'failed');
        expect((await job()).error?.message).toMatch(/failed at health.*original is back as it was/);
        await expectBack(original);
      } finally {
        await beside.stop();
      }
    },
  );

  it('leaves containers of tasks to their task', async () => {
    const arn = await workshop.it.client.start([sleeper()]);
    await workshop.it.client.running(arn);
    const { items } = await client.data<{ items: Made[] }>('GET', '/containers');
    const { status, body } = await client.call('POST', `/containers/${items[0]!.id}/recreate`, {});
    expect(status).toBe(409);
    expect(body.message).toMatch(/UpdateService/);
    await workshop.it.client.stop(arn);
    await workshop.it.client.stopped(arn);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
