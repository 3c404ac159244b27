/** Who may do what with containers, and that nobody sees what is another account's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersClient, type ContainersClient } from '../../fixtures/containers.ts';
import { createKey } from '../../fixtures/keys.ts';
import type { TestServer } from '../../fixtures/server.ts';
import type { Suite } from '../suite.ts';

export function accessCases({ workshop }: Suite): void {
  let server: TestServer;
  let image: string;
  let admin: ContainersClient;
  let viewer: ContainersClient;
  let one: ContainersClient;
  let other: ContainersClient;

  const clientWith = async (...flags: string[]) =>
    containersClient(server.url, (await createKey(server.dataDir, ...flags)).key);

  beforeAll(async () => {
    image = await workshop.it.push('box:1', { files: { '/box': 'box' } });
    server = await workshop.it.serveBeside({ flags: ['--auth', 'required'] });
    admin = await clientWith('--role', 'admin');
    viewer = await clientWith('--role', 'viewer');
    one = await clientWith('--role', 'operator', '--account', '111111111111');
    other = await clientWith('--role', 'operator', '--account', '222222222222');
  });
  afterAll(() => server?.stop());

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
    let made: string;
    beforeAll(async () => {
      const body = {
        name: 'secret-of-one',
        image,
        command: ['sleep', '1000'],
        environment: { KEY: 'value' },
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
      for (const [method, path] of [
        ['GET', `/containers/${reference}`],
        ['POST', `/containers/${reference}/start`],
        ['POST', `/containers/${reference}/stop`],
        ['POST', `/containers/${reference}/kill`],
        ['GET', `/containers/${reference}/logs`],
        ['GET', `/containers/${reference}/top`],
        ['GET', `/metrics/containers/${reference}`],
        ['DELETE', `/containers/${reference}?force=true`],
      ] as const) {
        expect(await other.refused(404, method, path)).toEqual(['container_id']);
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
      expect(await of(one)).toMatchObject({ KEY: 'value' });
      const reader = await clientWith('--account', '111111111111', '--scope', 'containers:read');
      expect(await of(reader)).toMatchObject({ KEY: '***' });
    });
  });
}
