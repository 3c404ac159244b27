/** Bodies that say something wrong: each field that is wrong is named, all of them at once, and nothing is made. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Suite } from '../suite.ts';

type Refusal = [body: unknown, fields: string[]];

const image = 'nginx:latest';

const creations: Refusal[] = [
  [undefined, ['image']],
  [{}, ['image']],
  [[], ['body', 'image']],
  [{ image: 5 }, ['image']],
  [{ image: '' }, ['image']],
  [{ image: 'a b' }, ['image']],
  [{ image: 'Nginx' }, ['image']],
  [{ image: 'nginx:' }, ['image']],
  [{ image: 'nginx@sha256:short' }, ['image']],
  [{ image: '../etc/passwd' }, ['image']],
  [{ image: 'a'.repeat(600) }, ['image']],
  [{ image, name: 'x' }, ['name']],
  [{ image, name: 5 }, ['name']],
  [{ image, name: '../x' }, ['name']],
  [{ image, name: 'a\r\nb' }, ['name']],
  [{ image, name: 'a'.repeat(129) }, ['name']],
  [{ image, nmae: 'web' }, ['nmae']],
  [{ name: 'x', ports: { x: 1 }, environment: 5 }, ['environment', 'image', 'name', 'ports["x"]']],
];

const ports: Refusal[] = [
  [[80], ['ports']],
  [8080, ['ports']],
  [{ http: 80 }, ['ports["http"]']],
  [{ '80/icmp': 80 }, ['ports["80/icmp"]']],
  [{ '-1/tcp': 80 }, ['ports["-1/tcp"]']],
  [{ '0/tcp': 80, '65536/tcp': 80 }, ['ports["0/tcp"]', 'ports["65536/tcp"]']],
  [{ '80/tcp': 0 }, ['ports["80/tcp"]']],
  [{ '80/tcp': 65536 }, ['ports["80/tcp"]']],
  [{ '80/tcp': 80.5 }, ['ports["80/tcp"]']],
  [{ '80/tcp': true }, ['ports["80/tcp"]']],
  [{ '80/tcp': 'eighty' }, ['ports["80/tcp"]']],
  [{ '80/tcp': [8080, 'x'] }, ['ports["80/tcp"]']],
  [{ '80/tcp': { host_prot: 8080 } }, ['ports["80/tcp"]']],
  [{ '80/tcp': { host_ip: 'here', host_port: 8080 } }, ['ports["80/tcp"]']],
  [{ '80/tcp': '999.0.0.1:80' }, ['ports["80/tcp"]']],
  [{ '80/tcp': '0.0.0.0:8080' }, ['ports["80/tcp"]']],
  [{ '80/tcp': 8080, '81/tcp': 8080 }, ['ports["81/tcp"]']],
];

const environments: Refusal[] = [
  [5, ['environment']],
  [{ 'A=B': 'x' }, ['environment["A=B"]']],
  [{ '': 'x' }, ['environment[""]']],
  [{ A: {} }, ['environment["A"]']],
  [{ A: ['b'] }, ['environment["A"]']],
  [{ A: 'a\u0000b' }, ['environment["A"]']],
  [{ 'A\u0000': 'b' }, ['environment["A\u0000"]']],
  [['NOVALUE'], ['environment[0]']],
  [
    ['A=b', '=x', 5],
    ['environment[1]', 'environment[2]'],
  ],
];

const volumes: Refusal[] = [
  [{}, ['volumes']],
  [['/a:/b'], ['volumes[0]']],
  [[null], ['volumes[0]']],
  [[{ container_path: '/x' }], ['volumes[0].host_path']],
  [[{ host_path: '/x' }], ['volumes[0].container_path']],
  [[{ host_path: 'x', container_path: '/x' }], ['volumes[0].host_path']],
  [[{ host_path: 5, container_path: '/x' }], ['volumes[0].host_path']],
  [[{ volume: 'data', container_path: 'x' }], ['volumes[0].container_path']],
  [[{ volume: 'data', container_path: '/' }], ['volumes[0].container_path']],
  [[{ volume: 'data', container_path: '/a/../..' }], ['volumes[0].container_path']],
  [[{ volume: '../data', container_path: '/x' }], ['volumes[0].volume']],
  [[{ volume: 'data', host_path: '/x', container_path: '/x' }], ['volumes[0].host_path']],
  [[{ volume: 'data', container_path: '/x', mode: 'z' }], ['volumes[0].mode']],
  [[{ volume: 'data', container_path: '/x', read_only: 'yes' }], ['volumes[0].read_only']],
  [[{ volume: 'data', container_path: '/x', propagation: 'shared' }], ['volumes[0].propagation']],
  [
    [
      { volume: 'data', container_path: '/x' },
      { volume: 'more', container_path: '/x' },
    ],
    ['volumes[1].container_path'],
  ],
];

const others: Refusal[] = [
  [{ labels: { 'longshore.account': '1' } }, ['labels["longshore.account"]']],
  [{ labels: ['a=b'] }, ['labels']],
  [{ labels: { '': 'x' } }, ['labels[""]']],
  [{ command: 5 }, ['command[0]']],
  [{ command: ['sleep', 5] }, ['command[1]']],
  [{ command: 'sh -c "echo' }, ['command']],
  [{ entrypoint: { sh: true } }, ['entrypoint[0]']],
  [{ working_dir: 'data' }, ['working_dir']],
  [{ user: 'a b' }, ['user']],
  [{ hostname: '-x' }, ['hostname']],
  [{ tty: 'yes', init: 1, read_only: 'no' }, ['init', 'read_only', 'tty']],
  [{ memory_limit: 'lots' }, ['memory_limit']],
  [{ memory_limit: 1024 }, ['memory_limit']],
  [{ memory_limit: -1, shm_size: 'x' }, ['memory_limit', 'shm_size']],
  [{ cpu_limit: -1 }, ['cpu_limit']],
  [{ cpu_limit: '1' }, ['cpu_limit']],
  [{ pids_limit: 1.5, cpu_shares: 'all' }, ['cpu_shares', 'pids_limit']],
  [{ restart_policy: 'sometimes' }, ['restart_policy']],
  [{ restart_policy: 'always:3' }, ['restart_policy']],
  [{ restart_policy: { name: 'sometimes' } }, ['restart_policy.name']],
  [{ restart_policy: {} }, ['restart_policy.name']],
  [{ healthcheck: 5 }, ['healthcheck']],
  [{ healthcheck: {} }, ['healthcheck.test']],
  [{ healthcheck: { test: ['SHELL', 'x'], interval: -1 } }, ['healthcheck.test']],
  [
    { healthcheck: { test: 'true', interval: '5s', retries: 1.5 } },
    ['healthcheck.interval', 'healthcheck.retries'],
  ],
  [{ stop_signal: 'TERM; rm', stop_timeout: -1 }, ['stop_signal', 'stop_timeout']],
  [{ sysctls: { a: {} } }, ['sysctls["a"]']],
  [{ pull: 'perhaps', start: 'yes' }, ['pull', 'start']],
  [{ privileged: 'yes', cap_add: [5] }, ['cap_add[0]', 'privileged']],
  [{ network: 'nothing-here' }, ['network']],
];

const pulls: Refusal[] = [
  [undefined, ['name']],
  [{}, ['name']],
  [{ name: '' }, ['name']],
  [{ name: 5 }, ['name']],
  [{ name: '../x' }, ['name']],
  [{ name: 'nginx\r\nX-Y: z' }, ['name']],
  [{ name: 'Nginx' }, ['name']],
  [{ name: 'nginx', tag: 'a b' }, ['tag']],
  [{ name: 'nginx', tag: '../x' }, ['tag']],
  [{ name: 'nginx', tag: 5 }, ['tag']],
  [{ name: 'nginx', all: true }, ['all']],
  [{ name: 5, tag: 5 }, ['name', 'tag']],
];

const more: [route: string, refusals: Refusal[]][] = [
  ['/images/pull', pulls],
  [
    '/containers/any/rename',
    [
      [{}, ['name']],
      [{ name: 'x' }, ['name']],
      [{ nmae: 'xx' }, ['name', 'nmae']],
    ],
  ],
  [
    '/volumes',
    [
      [{ name: '../x' }, ['name']],
      [{ name: 'xx', labels: 5 }, ['labels']],
      [[], ['body']],
    ],
  ],
  [
    '/networks',
    [
      [{}, ['name']],
      [{ name: '../x' }, ['name']],
      [{ name: 'xx', internal: 'yes' }, ['internal']],
    ],
  ],
  ['/networks/any/connect', [[{}, ['container']]]],
];

export function refusedBodyCases({ workshop, client, clear }: Suite): void {
  const refused = async (route: string, body: unknown) =>
    (await client.refused(400, 'POST', route, body)).sort();

  afterEach(clear);

  describe('making a container', () => {
    const whole = [
      ...creations,
      ...others.map(([body, fields]): Refusal => [{ image, ...(body as object) }, fields]),
    ];
    it.each(whole)('%j', async (body, fields) => {
      expect(await refused('/containers', body)).toEqual(fields);
    });
    it.each(ports)('ports: %j', async (given, fields) => {
      expect(await refused('/containers', { image, ports: given })).toEqual(fields);
    });
    it.each(environments)('environment: %j', async (given, fields) => {
      expect(await refused('/containers', { image, environment: given })).toEqual(fields);
    });
    it.each(volumes)('volumes: %j', async (given, fields) => {
      expect(await refused('/containers', { image, volumes: given })).toEqual(fields);
    });

    it.each([
      '{',
      '{"image":',
      'null x',
      '{"image":"a","__proto__":{"x":1}}',
      '{"constructor":{"prototype":1}}',
    ])('is refused as JSON: %s', async (text) => {
      await client.refused(400, 'POST', '/containers', text);
    });

    it('is refused in another type, with the field', async () => {
      const headers = { 'content-type': 'text/plain' };
      const { status, body } = await client.call('POST', '/containers', '{}', headers);
      expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 415, field: 'Content-Type' });
    });

    it('is refused where it is larger than any container needs', async () => {
      const body = { image, command: ['x'.repeat(1_200_000)] };
      expect(await client.refused(413, 'POST', '/containers', body)).toEqual([]);
    });

    it('makes nothing of all that', async () => {
      expect(await client.data('GET', '/containers')).toEqual({ total: 0, items: [] });
    });

    it.each<[given: unknown, read: object]>([
      [{ '80/tcp': '18080' }, { '80/tcp': [{ host_port: 18080 }] }],
      [{ '80': 18080 }, { '80/tcp': [{ host_port: 18080 }] }],
      [{ '80/tcp': null }, { '80/tcp': [{}] }],
      [{ '53/udp': { host_ip: '127.0.0.2', host_port: 18080 } }, { '53/udp': [{ host_ip: '127.0.0.2' }] }],
      [{ '80/tcp': '127.0.0.2:18080' }, { '80/tcp': [{ host_ip: '127.0.0.2', host_port: 18080 }] }],
      [{ '80/tcp': [18080, 18081] }, { '80/tcp': [{ host_port: 18080 }, { host_port: 18081 }] }],
    ])('takes ports as %j', async (given, read) => {
      const body = { image: workshop.it.image, ports: given };
      const { requested_ports } = await client.data<{ requested_ports: object }>('POST', '/containers', body);
      expect(requested_ports).toMatchObject(read);
    });

    it('takes numbers, truth and nothing as values of the environment', async () => {
      const environment = { N: 5, T: true, E: '', PATH: null };
      const body = { image: workshop.it.image, environment };
      const made = await client.data<{ environment: object }>('POST', '/containers', body);
      expect(made.environment).toMatchObject({ N: '5', T: 'true', E: '', PATH: '/bin' });
    });
  });

  it('what is nowhere is told in the forms of both faces that share the prefix', async () => {
    const { status, body } = await client.call('GET', '/nothing/here');
    expect({ status, body }).toMatchObject({
      status: 404,
      body: {
        code: 404,
        message: expect.any(String) as string,
        errors: [],
        error: { code: expect.any(String) as string },
      },
    });
  });

  describe.each(more)('%s', (route, refusals) => {
    it.each(refusals)('%j', async (body, fields) => {
      expect(await refused(route, body)).toEqual(fields);
    });
  });

  it.each(['nonsense', 'e30x=', Buffer.from('[]').toString('base64'), 'x'.repeat(9000)])(
    'credentials of a registry are not %s',
    async (sent) => {
      const headers = { 'x-registry-auth': sent };
      const { status, body } = await client.call('POST', '/images/pull', { name: 'nginx' }, headers);
      expect({ status, fields: body.errors?.map(({ field }) => field) }).toEqual({
        status: 400,
        fields: ['X-Registry-Auth'],
      });
      expect(JSON.stringify(body)).not.toContain(sent);
    },
  );
}
