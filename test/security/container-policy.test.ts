/**
 * What a task definition may ask of the machine, through the ECS API. Prevents what happened in CVE-2026-44849 (limits
 * kept on one way of making a container and not on another) and in the escapes by mounted paths before it.
 */
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerDefinition, RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Ecs, exception } from '../fixtures/ecs.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let base: string;
let server: TestServer;
let ecs: Ecs;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'ls-policy-')));
  for (const name of ['open/inner', 'open-too', 'secret']) await mkdir(join(base, name), { recursive: true });
  await symlink(join(base, 'secret'), join(base, 'open/out'));
  await symlink('/', join(base, 'open/root'));
  server = await startServer({ flags: ['--host-path', join(base, 'open')] });
  ecs = new Ecs(server.url);
  await ecs.client.send(new CreateClusterCommand({}));
});
afterAll(async () => {
  await server?.stop();
  await rm(base, { recursive: true, force: true });
});

let families = 0;
async function run(
  container: Partial<ContainerDefinition>,
  members: Partial<RegisterTaskDefinitionCommandInput> = {},
): Promise<unknown> {
  return ecs.run(await ecs.register(`f${families++}`, [container], members));
}
const mounting = (sourcePath: string) =>
  run(
    { mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] },
    { volumes: [{ name: 'v', host: { sourcePath } }] },
  );

it.each(['open', 'open/inner', 'open/', 'open/inner/..'])('mounts %s, which was opened', async (path) => {
  await expect(mounting(`${base}/${path}`)).resolves.toHaveLength(1);
});

it.each([
  ['a directory beside it', '$/secret'],
  ['a name that only begins alike', '$/open-too'],
  ['the way out by ..', '$/open/../secret'],
  ['a link out', '$/open/out'],
  ['a link to the root', '$/open/root/etc'],
  ['the root', '/'],
  ['the root of a process', '/proc/self/root/etc'],
  ["an engine's socket", '/var/run/docker.sock'],
  ["the directory of an engine's socket", '/run'],
  ['the data directory', '@'],
  ['what is in the data directory', '@/longshore.db'],
])('does not mount %s', async (_, path) => {
  const sourcePath = path.replace('$', base).replace('@', server.dataDir);
  await expect(mounting(sourcePath)).rejects.toMatchObject(exception('InvalidParameterException', 'Volume'));
});

it.each(['secret', '../../etc', './open'])('does not even take the relative path %s', async (path) => {
  await expect(mounting(path)).rejects.toMatchObject(exception('ClientException', 'must be absolute'));
});

it.each<[string, Partial<ContainerDefinition>, Partial<RegisterTaskDefinitionCommandInput>?]>([
  ['privileged', { privileged: true }],
  ['SYS_ADMIN', { linuxParameters: { capabilities: { add: ['SYS_ADMIN'] } } }],
  ['ALL', { linuxParameters: { capabilities: { add: ['ALL'] } } }],
  ["pidMode 'host'", {}, { pidMode: 'host' }],
  ['--host-network', {}, { networkMode: 'host' }],
])('does not grant %s', async (what, container, members) => {
  await expect(run(container, members)).rejects.toMatchObject(exception('InvalidParameterException', what));
});

it.each<[string, Partial<ContainerDefinition>, Partial<RegisterTaskDefinitionCommandInput>?]>([
  ["ipcMode 'host'", {}, { ipcMode: 'host' }],
  ['devices', { linuxParameters: { devices: [{ hostPath: '/dev/sda' }] } }],
  ['dockerSecurityOptions', { dockerSecurityOptions: ['seccomp=unconfined'] }],
  [
    'dockerVolumeConfiguration',
    { mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] },
    {
      volumes: [
        {
          name: 'v',
          dockerVolumeConfiguration: {
            scope: 'task',
            driver: 'local',
            driverOpts: { type: 'none', o: 'bind', device: '/etc' },
          },
        },
      ],
    },
  ],
])('does not take %s', async (what, container, members) => {
  await expect(run(container, members)).rejects.toMatchObject(exception('UnsupportedFeatureException', what));
});

it('refuses a privileged container at RunTask whatever the overrides, and leaves no task behind', async () => {
  await expect(run({ privileged: true })).rejects.toThrow();
  const answer = await fetch(`${server.url}/v1/ListTasks`, { method: 'POST' });
  const { taskArns } = (await answer.json()) as { taskArns: string[] };
  // Those of the directories that may be mounted.
  expect(taskArns.length).toBe(4);
});
