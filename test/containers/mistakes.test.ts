/** What people ask for wrongly beside the document: told with the field and the fix, and the same on every engine. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersClient, type ContainersClient } from '../fixtures/containers.ts';
import { LOCAL_ENGINES, useWorkshop } from '../fixtures/workshop.ts';

describe.each(LOCAL_ENGINES)('%s', (kind) => {
  const workshop = useWorkshop(kind);
  let client: ContainersClient;
  let image: string;
  beforeAll(async () => {
    client = containersClient(workshop.it.server.url);
    image = workshop.it.image;
    await client.data('POST', '/images/pull', { name: image });
    for (const name of ['first', 'second']) {
      await client.data('POST', '/containers', { name, image, command: ['sleep', '100000'], start: true });
    }
  });
  afterAll(async () => {
    for (const name of ['first', 'second']) await client.data('DELETE', `/containers/${name}?force=true`);
  });

  const load = async (archive: Buffer, type = 'application/x-tar') =>
    (
      await fetch(`${workshop.it.server.url}/api/v1/images/load`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(archive),
      })
    ).json() as Promise<{ code: number; data?: { loaded: string[] }; errors?: { field: string }[] }>;
  const saved = async (path: string) =>
    Buffer.from(await (await fetch(`${workshop.it.server.url}/api/v1${path}`)).arrayBuffer());

  it('knows the signals there are', async () => {
    for (const signal of ['SIGFOO', '99', '0', 'RTMIN%2B16', 'term']) {
      for (const action of ['kill', 'stop', 'restart']) {
        expect(await client.refused(400, 'POST', `/containers/first/${action}?signal=${signal}`)).toEqual([
          'signal',
        ]);
      }
    }
    for (const signal of ['SIGWINCH', 'URG', '28']) {
      await client.data('POST', `/containers/first/kill?signal=${signal}`);
    }
  });

  it('tells who is asked for a name that is taken no more than that', async () => {
    for (const [path, body] of [
      ['/containers/first/rename', { name: 'second' }],
      ['/containers', { name: 'second', image }],
    ] as const) {
      const { status, body: answer } = await client.call('POST', path, body);
      const message = "The name 'second' is taken; choose another, or remove the container that has it.";
      expect({ path, status, answer }).toEqual({
        path,
        status: 409,
        answer: { code: 409, message, errors: [{ field: 'name', message }] },
      });
    }
  });

  it('lists the processes of one that is paused, or says why not', async () => {
    await client.data('POST', '/containers/first/pause');
    const { status, body } = await client.call('GET', '/containers/first/top');
    if (kind === 'docker') expect(status).toBe(200);
    else expect([status, body.message]).toEqual([409, expect.stringContaining('paused') as string]);
    await client.data('POST', '/containers/first/unpause');
  });

  it('names what is wrong with a network', async () => {
    const refused = (body: object, status = 400) => client.refused(status, 'POST', '/networks', body);
    expect(await refused({ name: 'n1', subnet: '10.300.0.0/16' })).toEqual(['subnet']);
    expect(await refused({ name: 'n1', subnet: '172.30.0.0/33' })).toEqual(['subnet']);
    expect(await refused({ name: 'n1', subnet: '172.30.0.0' })).toEqual(['subnet']);
    expect(await refused({ name: 'n1', subnet: '172.30.0.0/16', gateway: '10.99.0.1' })).toEqual(['gateway']);
    expect(await refused({ name: 'n1', subnet: '172.30.0.0/16', gateway: 'fd00::1' })).toEqual(['gateway']);
    expect(await refused({ name: 'n1', gateway: '172.30.0.1' })).toEqual(['gateway']);
    expect(await refused({ name: 'bridge' })).toEqual(['name']);
    await client.data('POST', '/networks', { name: 'n1', subnet: '172.30.0.0/16', gateway: '172.30.0.1' });
    expect(await refused({ name: 'n1' }, 409)).toEqual(['name']);
    expect(await refused({ name: 'n2', subnet: '172.30.4.0/24' })).toEqual(['subnet']);
    await client.data('POST', '/networks/n1/connect', { container: 'first' });
    await client.data('POST', '/networks/n1/connect', { container: 'first' });
    const again = { container: 'first', aliases: ['other'] };
    expect(await client.refused(409, 'POST', '/networks/n1/connect', again)).toEqual(['aliases']);
    const nobody = { container: 'nobody' };
    expect(await client.refused(404, 'POST', '/networks/n1/connect', nobody)).toEqual(['container']);
    await client.data('POST', '/networks/n1/disconnect', { container: 'first' });
    await client.data('DELETE', '/networks/n1');
  });

  it('tags no image with a digest, and pushes to no registry that is not there', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    for (const name of [`some@${digest}`, 'Some/Thing', 'some thing']) {
      expect(await client.refused(400, 'POST', `/images/${image}/tag`, { name })).toEqual(['name']);
    }
    // Nobody listens on the first of all ports.
    await client.data('POST', `/images/${image}/tag`, { name: '127.0.0.1:1/some', tag: 'v1' });
    await client.refused(503, 'POST', '/images/127.0.0.1:1/some:v1/push');
    expect(await client.data('DELETE', '/images/127.0.0.1:1/some:v1')).toMatchObject({
      untagged: ['127.0.0.1:1/some:v1'],
    });
  });

  it('tells names that are taken away as it tells names', async () => {
    await client.data('POST', `/images/${image}/tag`, { name: 'short', tag: 'v1' });
    expect(await client.data('DELETE', '/images/short:v1')).toEqual({ untagged: ['short:v1'], deleted: [] });
  });

  it('saves several images at once, and loads them, compressed or not', async () => {
    await client.data('POST', `/images/${image}/tag`, { name: 'short', tag: 'v2' });
    const one = await saved(`/images/${image}/save`);
    const archive = await saved(`/images/save?name=${image}&name=short:v2`);
    // What they share is in it once.
    expect(archive.length).toBeLessThan(one.length * 1.5);
    for (const [sent, type] of [
      [archive, 'application/x-tar'],
      [gzipSync(archive), 'application/gzip'],
      [archive, 'application/octet-stream'],
    ] as const) {
      await client.data('DELETE', '/images/short:v2');
      const { data } = await load(sent, type);
      expect(data?.loaded.map((name) => name.replace(/^docker\.io\/library\//, '')).sort()).toEqual(
        [image, 'short:v2'].sort(),
      );
      await client.data('GET', '/images/short:v2');
    }
    await client.data('DELETE', '/images/short:v2');
    await client.refused(400, 'GET', '/images/save');
    expect(await client.refused(404, 'GET', `/images/save?name=${image}&name=nothing`)).toEqual(['image_id']);
  });

  it('loads no junk', async () => {
    const archive = await saved(`/images/${image}/save`);
    for (const [what, junk] of [
      ['noise', Buffer.alloc(100_000, 'junk')],
      ['nothing', Buffer.alloc(0)],
      ['half of one', archive.subarray(0, archive.length / 2)],
      ['gzip that is none', Buffer.concat([Buffer.of(0x1f, 0x8b), Buffer.alloc(1000, 'x')])],
    ] as const) {
      const { code, errors } = await load(junk);
      expect([what, code, errors?.map(({ field }) => field)]).toEqual([what, 400, ['body']]);
    }
  });
});
