/** What would give a container more of the machine than the operator opened: when it is made, and when it is changed. */
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Suite } from '../suite.ts';

const image = 'nginx:latest';

/** Members that hand over something of the machine, and how a refusal calls each. */
const takings: [member: Record<string, unknown>, field: string][] = [
  [{ privileged: true }, 'privileged'],
  [{ cap_add: ['SYS_ADMIN'] }, 'cap_add'],
  [{ cap_add: ['CAP_SYS_MODULE'] }, 'cap_add'],
  [{ cap_add: ['all'] }, 'cap_add'],
  [{ devices: ['/dev/sda'] }, 'devices'],
  [{ security_opt: ['seccomp=unconfined'] }, 'security_opt'],
  [{ security_opt: ['apparmor=unconfined'] }, 'security_opt'],
  [{ security_opt: ['label=disable'] }, 'security_opt'],
  [{ network: 'host' }, 'network'],
  [{ network: 'container:other' }, 'network'],
  [{ network: 'ns:/proc/1/ns/net' }, 'network'],
  [{ pid_mode: 'host' }, 'pid_mode'],
  [{ ipc_mode: 'host' }, 'ipc_mode'],
  [{ uts_mode: 'host' }, 'uts_mode'],
  [{ userns_mode: 'host' }, 'userns_mode'],
  [{ cgroup_parent: '/' }, 'cgroup_parent'],
  [{ volumes_from: ['other'] }, 'volumes_from'],
  [{ tmpfs: { '/run': '' } }, 'tmpfs'],
  [{ mounts: [{ Type: 'bind', Source: '/etc', Target: '/etc' }] }, 'mounts'],
  [{ binds: ['/etc:/etc'] }, 'binds'],
  [{ HostConfig: { Binds: ['/etc:/etc'] } }, 'HostConfig'],
];

export function refusedAccessCases(suite: Suite): void {
  const { workshop, client, clear } = suite;
  const opened = (path: string) => join(suite.directory, 'open', path);

  beforeAll(async () => {
    await mkdir(join(suite.directory, 'openX'));
    await symlink('/etc', opened('out'));
    await symlink(dirname(workshop.it.traced.socket), opened('engine'));
  });

  afterEach(clear);

  describe('making a container', () => {
    it.each(takings)('with %j', async (member, field) => {
      expect(await client.refused(400, 'POST', '/containers', { image, ...member })).toEqual([field]);
    });

    it.each<[what: string, path: () => string]>([
      ['a directory of the machine', () => '/etc'],
      ['all of the machine', () => '/'],
      ['all of the machine, in many words', () => '//.//'],
      ['all of the machine by way of a process', () => '/proc/self/root'],
      ['all of the machine by way of the first process', () => '/proc/1/root'],
      ['a socket of Docker', () => '/var/run/docker.sock'],
      ['the socket of the engine', () => workshop.it.traced.socket],
      ['the directory of that socket', () => dirname(workshop.it.traced.socket)],
      ['what holds that socket, by a link', () => opened('engine')],
      ['a directory whose name only begins like the open one', () => join(suite.directory, 'openX')],
      ['what the open directory is in', () => suite.directory],
      ['a link out of the open directory', () => opened('out')],
      ['a link out of it, with a slash', () => `${opened('out')}/`],
      ['a way back up', () => opened('') + '/../openX'],
      ['a way back up to the machine', () => opened('') + '/../../../etc'],
      ['what is not there', () => opened('missing')],
      ['the data of the server', () => workshop.it.dataDir],
      ['a path with NUL', () => opened('\0/etc')],
      ['a relative path', () => 'open'],
      ['no path', () => ''],
    ])('does not mount %s', async (_what, path) => {
      const body = { image, volumes: [{ host_path: path(), container_path: '/in' }] };
      expect(await client.refused(400, 'POST', '/containers', body)).toEqual(['volumes[0].host_path']);
    });

    it('mounts what is open, with a slash or without', async () => {
      for (const [index, path] of [opened(''), `${opened('')}/`].entries()) {
        const body = {
          ...{ image: workshop.it.image, name: `mounts-${index}` },
          volumes: [{ host_path: path, container_path: '/in', read_only: true }],
        };
        expect(await client.data('POST', '/containers', body)).toMatchObject({
          mounts: [{ container_path: '/in', read_only: true }],
        });
      }
    });

    it('names all that is refused at once', async () => {
      const body = {
        ...{ image, privileged: true, devices: ['/dev/sda'], network: 'host' },
        volumes: [{ host_path: '/etc', container_path: '/a' }],
      };
      expect((await client.refused(400, 'POST', '/containers', body)).sort()).toEqual([
        ...['devices', 'network', 'privileged', 'volumes[0].host_path'],
      ]);
    });

    it('makes nothing of all that', async () => {
      expect(await client.data('GET', '/containers')).toEqual({ total: 0, items: [] });
    });
  });

  it.each(takings)('changing a container, with %j', async (member) => {
    const body = { ...member, memory_limit: '64m' };
    expect(await client.refused(400, 'PATCH', '/containers/any', body)).toEqual(Object.keys(member));
  });

  describe('a volume', () => {
    it.each<[object, string[]]>([
      [{ driver_opts: { type: 'none', o: 'bind', device: '/etc' } }, ['driver_opts']],
      [{ driver_opts: { type: 'tmpfs', device: 'tmpfs' } }, ['driver_opts']],
      [{ driver: 'rclone' }, ['driver']],
      [{ mountpoint: '/etc' }, ['mountpoint']],
      [{ labels: { 'longshore.task': 'x' } }, ['labels["longshore.task"]']],
    ])('%j', async (member, fields) => {
      expect(await client.refused(400, 'POST', '/volumes', { name: 'taking', ...member })).toEqual(fields);
    });
  });

  describe('a network', () => {
    it.each<[object, string[]]>([
      [{ driver: 'macvlan' }, ['driver']],
      [{ driver: 'host' }, ['driver']],
      [{ options: { parent: 'eth0' } }, ['options']],
      [{ subnet: 'everything' }, ['subnet']],
      [{ gateway: '10.0.0.1' }, ['gateway']],
    ])('%j', async (member, fields) => {
      expect(await client.refused(400, 'POST', '/networks', { name: 'taking', ...member })).toEqual(fields);
    });
  });
}
