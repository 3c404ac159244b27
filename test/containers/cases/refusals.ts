/** Bad input of the containers face: each field that is wrong is named, all of them at once, and nothing is made. */
import { mkdir, symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Suite } from '../suite.ts';

export function refusalCases(suite: Suite): void {
  const { workshop, client } = suite;
  beforeAll(async () => {
    await mkdir(join(suite.directory, 'openX'));
    await symlink('/etc', join(suite.directory, 'open', 'out'));
  });

  describe('a list', () => {
    it.each([
      ['status=nonsense', ['status']],
      ['status=running,nonsense', ['status']],
      ['status=constructor', ['status']],
      ['limit=0', ['limit']],
      ['limit=1001', ['limit']],
      ['limit=ten', ['limit']],
      ['limit=1.5', ['limit']],
      ['limit=1e2', ['limit']],
      ['limit=', ['limit']],
      ['offset=-1', ['offset']],
      ['limit=1&limit=2', ['limit']],
      ['sort=size', ['sort']],
      ['stauts=running', ['stauts']],
      ['status=x&limit=x&offset=x', ['limit', 'offset', 'status']],
    ])('%s', async (query, fields) => {
      expect((await client.refused(400, 'GET', `/containers?${query}`)).sort()).toEqual(fields);
    });

    it.each([
      'status=all',
      'status=stopped,running',
      'limit=1000&offset=5',
      'sort=-created',
      'name=a&label=b&q=c',
    ])('takes %s', async (query) => {
      expect(await client.data('GET', `/containers?${query}`)).toMatchObject({ items: [] });
    });
  });

  describe('making a container', () => {
    const image = 'nginx:latest';
    it.each<[unknown, string[]]>([
      [undefined, ['image']],
      [{}, ['image']],
      [[], ['body', 'image']],
      [{ image: 5 }, ['image']],
      [{ image: '' }, ['image']],
      [{ image: 'a b' }, ['image']],
      [{ image: '../etc/passwd' }, ['image']],
      [{ image, name: 'x' }, ['name']],
      [{ image, name: '../x' }, ['name']],
      [{ image, name: 'a\r\nb' }, ['name']],
      [{ image, nmae: 'web' }, ['nmae']],
      [{ image, ports: [80] }, ['ports']],
      [{ image, ports: { http: 80 } }, ['ports["http"]']],
      [{ image, ports: { '80/icmp': 80 } }, ['ports["80/icmp"]']],
      [{ image, ports: { '0/tcp': 80, '65536/tcp': 80 } }, ['ports["0/tcp"]', 'ports["65536/tcp"]']],
      [{ image, ports: { '80/tcp': 65536 } }, ['ports["80/tcp"]']],
      [{ image, ports: { '80/tcp': 'eighty' } }, ['ports["80/tcp"]']],
      [{ image, ports: { '80/tcp': '999.0.0.1:80' } }, ['ports["80/tcp"]']],
      [{ image, ports: { '80/tcp': '0.0.0.0:8080' } }, ['ports["80/tcp"]']],
      [{ image, ports: { '80/tcp': 8080, '81/tcp': 8080 } }, ['ports["81/tcp"]']],
      [{ image, environment: { 'A=B': 'x' } }, ['environment["A=B"]']],
      [{ image, environment: { A: {} } }, ['environment["A"]']],
      [{ image, environment: ['NOVALUE'] }, ['environment[0]']],
      [{ image, environment: { A: 'a\u0000b' } }, ['environment["A"]']],
      [{ image, volumes: {} }, ['volumes']],
      [{ image, volumes: [{ container_path: '/x' }] }, ['volumes[0].host_path']],
      [{ image, volumes: [{ host_path: 'x', container_path: '/x' }] }, ['volumes[0].host_path']],
      [{ image, volumes: ['/a:/b'] }, ['volumes[0]']],
      [{ image, labels: { 'longshore.account': '1' } }, ['labels["longshore.account"]']],
      [{ image, memory_limit: 'lots' }, ['memory_limit']],
      [{ image, memory_limit: 1024 }, ['memory_limit']],
      [{ image, cpu_limit: -1 }, ['cpu_limit']],
      [{ image, restart_policy: 'sometimes' }, ['restart_policy']],
      [{ image, pull: 'perhaps', start: 'yes' }, ['pull', 'start']],
      [{ image, privileged: true }, ['privileged']],
      [{ image, network: 'host' }, ['network']],
      [{ image, network: 'nothing-here' }, ['network']],
      [{ image, cap_add: ['SYS_ADMIN'] }, ['cap_add']],
      [{ image, devices: ['/dev/sda'] }, ['devices']],
      [{ image, security_opt: ['seccomp=unconfined'] }, ['security_opt']],
      [{ name: 'x', ports: { x: 1 }, environment: 5 }, ['environment', 'image', 'name', 'ports["x"]']],
    ])('%j', async (body, fields) => {
      expect((await client.refused(400, 'POST', '/containers', body)).sort()).toEqual(fields);
    });

    it.each([
      '/etc',
      '/',
      '/proc/self/root',
      '/var/run/docker.sock',
      'DIR/openX',
      'DIR/open/out',
      'DIR/open/../openX',
      'DIR/missing',
      'DATA',
    ])('does not mount %s', async (path) => {
      const host_path = path.replace('DIR', suite.directory).replace('DATA', workshop.it.dataDir);
      const body = { image, volumes: [{ host_path, container_path: '/in' }] };
      expect(await client.refused(400, 'POST', '/containers', body)).toEqual(['volumes[0].host_path']);
    });

    it.each(['{', '{"image":', 'null x', '{"image":"a","__proto__":{"x":1}}'])(
      'is refused as JSON: %s',
      async (text) => {
        await client.refused(400, 'POST', '/containers', text);
      },
    );

    it('is refused in another type, with the field', async () => {
      const headers = { 'content-type': 'text/plain' };
      const { status, body } = await client.call('POST', '/containers', '{}', headers);
      expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 415, field: 'Content-Type' });
    });

    it('makes nothing of all that', async () => {
      expect(await client.data('GET', '/containers')).toEqual({ total: 0, items: [] });
    });
  });

  describe('the name of a container', () => {
    it.each(['%2e%2e%2finfo', 'a%2Fb', 'a%3Fb', 'a%23b', 'a%0d%0ab', '%00', 'x'.repeat(129), '-a', 'ü'])(
      'is refused: %s',
      async (name) => {
        expect(await client.refused(400, 'GET', `/containers/${encodeURI(decodeURI(name))}`)).toEqual([
          'container_id',
        ]);
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
    });

    it('walks nowhere, however it is written', async () => {
      const { port } = new URL(workshop.it.server.url);
      const status = await new Promise((resolve, reject) => {
        const path = '/api/v1/containers/../../info/start';
        request({ host: '127.0.0.1', port, method: 'POST', path }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .once('error', reject)
          .end();
      });
      expect(status).toBe(404);
    });
  });

  describe('logs', () => {
    it.each([
      ['tail=-1', ['tail']],
      ['tail=junk', ['tail']],
      ['tail=10001', ['tail']],
      ['since=yesterday', ['since']],
      ['since=2025-13-45', ['since']],
      ['since=10m&until=1h', ['until']],
      ['stdout=false&stderr=false', ['stdout']],
      ['format=xml', ['format']],
      ['follow=maybe', ['follow']],
      ['tail=x&since=x&until=x', ['since', 'tail', 'until']],
    ])('%s', async (query, fields) => {
      expect((await client.refused(400, 'GET', `/containers/any/logs?${query}`)).sort()).toEqual(fields);
    });
  });
}
