import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeConfiguration } from './configuration.ts';
import type { RegistrySettings } from './configuration.ts';
import { locationsOf } from './locations.ts';
import { embeddedRequirements } from './requirements.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'configuration-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const write = (registries: RegistrySettings) =>
  writeConfiguration({
    locations: locationsOf(join(directory, 'da"ta'), join(directory, 'run')),
    registries,
    programs: { conmon: '/usr/bin/conmon', runtime: '/usr/bin/crun', init: undefined },
    ulimits: ['nofile=20:20'],
    storageDriver: 'overlay',
  });
const file = (name: string) => readFile(join(directory, 'da"ta/configuration', name), 'utf8');

it('lets loopback, named registries and plain mirrors go without TLS, and no other', async () => {
  await write({
    insecure: ['registry.example:5000'],
    mirrors: ['http://plain.example', 'https://safe.example/hub'],
  });
  const text = await file('registries.conf');
  const locations = [...text.matchAll(/^location = "(.*)"\ninsecure = true$/gm)].map(
    ([, location]) => location,
  );
  expect(locations).toEqual(['localhost', '127.0.0.1', '[::1]', 'registry.example:5000', 'plain.example']);
  expect(text).not.toContain('safe.example');
});

it('has one hash for one configuration, and another for another', async () => {
  const none = { insecure: [], mirrors: [] };
  const { hash } = await write(none);
  expect((await write(none)).hash).toBe(hash);
  expect((await write({ ...none, insecure: ['registry.example'] })).hash).not.toBe(hash);
});

it('escapes what it writes, and leaves out an init that is not there', async () => {
  await write({ insecure: [], mirrors: [] });
  expect(await file('storage.conf')).toContain(`graphroot = "${directory}/da\\"ta/storage"`);
  expect(await file('containers.conf')).not.toContain('init_path');
  expect((await stat(join(directory, 'da"ta/configuration/conmon'))).mode & 0o777).toBe(0o700);
});

it('meets its requirements where its tests run', async () => {
  const missing = (await embeddedRequirements(join(directory, 'not/there/yet'))).filter(
    ({ status }) => status === 'missing',
  );
  expect(missing).toEqual([]);
});
