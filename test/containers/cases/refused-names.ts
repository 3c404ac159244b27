/** Names and ids that would lead to another route of the engine, or to nothing: refused before any engine is asked. */
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Suite } from '../suite.ts';

/** As they stand in a URL. */
const hostile = [
  '%2e%2e%2finfo',
  '..%2F..%2Finfo',
  'a%2Fb%2F',
  'a%3Fb',
  'a%23b',
  'a%0d%0ab',
  '%00',
  '-a',
  '%C3%BC',
];

const kinds: [what: string, path: (name: string) => string, field: string][] = [
  ['container', (name) => `/containers/${name}`, 'container_id'],
  ['usage of a container', (name) => `/metrics/containers/${name}`, 'container_id'],
  ['output of a container', (name) => `/containers/${name}/logs`, 'container_id'],
  ['image', (name) => `/images/${name}`, 'image_id'],
  ['volume', (name) => `/volumes/${name}`, 'name'],
  ['network', (name) => `/networks/${name}`, 'network_id'],
];

export function refusedNameCases({ workshop, client, clear }: Suite): void {
  afterEach(clear);

  describe.each(kinds)('the name of a %s', (what, path, field) => {
    const isImage = what === 'image';
    it.each([...hostile, 'x'.repeat(isImage ? 600 : 300)])('is not %s', async (name) => {
      // Of an image a name may have slashes.
      if (isImage && name === 'a%2Fb%2F') return;
      expect(await client.refused(400, 'GET', path(name))).toEqual([field]);
    });
  });

  it.each(['a//b', './a', 'a/../b', 'a/./b', 'a%2F..%2Fb', '%2e%2e', 'a%20b', 'a%0ab'])(
    'the name of an image is not %s',
    async (name) => {
      for (const method of ['GET', 'DELETE']) {
        const { status, errors } = await raw(workshop.it.server.url, method, `/api/v1/images/${name}`);
        expect({ method, status, errors }).toEqual({ method, status: 400, errors: ['image_id'] });
      }
    },
  );

  it.each(['../../info', '../info/start', '%2e%2e/info', '..%2finfo', './x/../../info'])(
    'walks nowhere: %s',
    async (path) => {
      const { status } = await raw(workshop.it.server.url, 'POST', `/api/v1/containers/${path}`);
      expect([400, 404]).toContain(status);
    },
  );

  it('is nobody, whatever is done to it', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/start'],
      ['POST', '/stop'],
      ['POST', '/restart'],
      ['POST', '/kill'],
      ['POST', '/pause'],
      ['POST', '/unpause'],
      ['GET', '/logs'],
      ['GET', '/top'],
      ['DELETE', ''],
    ] as const) {
      expect(await client.refused(404, method, `/containers/nobody${path}`)).toEqual(['container_id']);
    }
    await client.refused(404, 'GET', '/metrics/containers/nobody');
    expect(await client.refused(404, 'GET', '/volumes/nobody')).toEqual(['name']);
    expect(await client.refused(404, 'GET', '/networks/nobody')).toEqual(['network_id']);
    expect(await client.refused(404, 'GET', '/images/nobody')).toEqual(['image_id']);
    expect(await client.refused(404, 'GET', '/jobs/nobody')).toEqual(['job_id']);
  });

  it('is refused where it is the beginning of several ids', async () => {
    const made = new Map<string, string>();
    const first = async () => {
      const { id } = await client.data<{ id: string }>('POST', '/containers', { image: workshop.it.image });
      const twin = made.get(id[0]!);
      made.set(id[0]!, id);
      return twin === undefined ? undefined : id[0]!;
    };
    let shared = await first();
    // With sixteen digits the seventeenth at the latest has the first of another.
    while (shared === undefined) shared = await first();
    expect(await client.refused(400, 'GET', `/containers/${shared}`)).toEqual(['container_id']);
  });
}

/** As it is written, which `fetch` would tidy up. */
function raw(
  url: string,
  method: string,
  path: string,
): Promise<{ status: number | undefined; errors: string[] | undefined }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        const { errors } = JSON.parse(text) as { errors?: { field: string }[] };
        resolve({ status: answer.statusCode, errors: errors?.map(({ field }) => field) });
      });
    });
    sent.once('error', reject).end();
  });
}
