/** What is installed of a lockfile, and what is not, from a registry on loopback. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  integrityOf,
  npmFiles,
  packedTwice,
  rawTarball,
  startRegistry,
  tarball,
  type TarEntry,
  type TestRegistry,
} from '../../../test/fixtures/npm-registry.ts';
import { filesOpenIn } from '../../../test/fixtures/open-files.ts';
import type { ArtifactStore } from '../../core/ports/artifacts.ts';
import { openArtifactStore } from '../../store/artifacts/artifact-store.ts';
import { DependencyError } from '../dependency-error.ts';
import { npmInstaller, type NpmOptions } from './npm-installer.ts';

const run = promisify(execFile);
const platform = { os: 'linux', cpu: 'x64', libc: 'glibc' };

let registry: TestRegistry;
let elsewhere: TestRegistry;
let directory: string;
let store: ArtifactStore;

beforeAll(async () => {
  [registry, elsewhere] = [await startRegistry(), await startRegistry()];
});
afterAll(async () => {
  await registry.close();
  await elsewhere.close();
});
beforeEach(async () => {
  registry.asked.length = elsewhere.asked.length = 0;
  directory = await mkdtemp(join(tmpdir(), 'longshore-npm-'));
  store = await openArtifactStore({
    directory: join(directory, 'artifacts'),
    maxBytes: 1 << 30,
    onError: (error) => {
      throw error;
    },
  });
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

async function install(files: Record<string, string>, options: Partial<NpmOptions> = {}): Promise<string> {
  const plan = await npmInstaller({ registry: registry.url, platform, ...options }).plan(files);
  if (plan === undefined) throw new Error('it asks for nothing');
  return (await store.take(plan.digest, plan.install)).directory;
}

/** Fails, and leaves nothing in the store, nor open. Answers with what it says. */
async function refusal(files: Record<string, string>, options: Partial<NpmOptions> = {}): Promise<string> {
  const error: unknown = await install(files, options).then(
    () => expect.fail('it was installed'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DependencyError);
  expect(await readdir(store.directory)).toEqual([]);
  expect(await filesOpenIn(directory)).toEqual([]);
  return (error as DependencyError).message;
}

const listed = async (at: string) =>
  (await readdir(at, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1))
    .sort();

describe('npm packages', () => {
  it('lie where the lockfile has them, with the scripts they bring not run', async () => {
    const marker = join(directory, 'script-was-run');
    const scripts = {
      preinstall: `touch ${marker}`,
      install: `touch ${marker}`,
      postinstall: `touch ${marker}`,
    };
    const manifest = JSON.stringify({ name: 'one', version: '1.0.0', scripts });
    const one = await tarball({
      'package.json': manifest,
      'index.js': 'module.exports = 1',
      'lib/deep/x.js': '',
    });
    const scoped = await rawTarball([
      { name: 'any-name/run.sh', mode: 0o4777, content: '#!/bin/sh\n' },
      { name: 'any-name/data', mode: 0o600, content: 'data' },
    ]);
    const files = npmFiles({
      one: registry.publish('one', '1.0.0', one),
      'one/node_modules/@some/two': registry.publish('@some/two', '2.0.0', scoped),
      renamed: { ...registry.publish('@some/two', '2.0.0', scoped), name: '@some/two' },
      'for-tests': { version: '1.0.0', resolved: 'git+ssh://nowhere/x.git', dev: true },
      'for-mac': {
        version: '1.0.0',
        resolved: `${registry.url}no`,
        integrity: 'x',
        optional: true,
        os: ['darwin'],
      },
      'one/node_modules/brought-along': { version: '1.0.0', inBundle: true },
    });
    const at = await install(files);
    expect(await listed(at)).toEqual([
      'node_modules/one/index.js',
      'node_modules/one/lib/deep/x.js',
      'node_modules/one/node_modules/@some/two/data',
      'node_modules/one/node_modules/@some/two/run.sh',
      'node_modules/one/package.json',
      'node_modules/renamed/data',
      'node_modules/renamed/run.sh',
    ]);
    const modes = ['node_modules/renamed/run.sh', 'node_modules/renamed/data', 'node_modules/renamed'].map(
      async (name) => (await stat(join(at, name))).mode & 0o7777,
    );
    expect(await Promise.all(modes)).toEqual([0o755, 0o644, 0o755]);
    await expect(stat(marker)).rejects.toThrow('ENOENT');
  });

  it('are fetched once for the same packages, whatever else the lockfile says', async () => {
    const entry = registry.publish('same', '1.0.0', await tarball({ 'index.js': '' }));
    const both = await Promise.all([
      install(npmFiles({ same: entry })),
      install(npmFiles({ same: { ...entry, license: 'MIT' } })),
    ]);
    expect(both[0]).toBe(both[1]);
    expect(registry.asked).toEqual(['/same/-/same-1.0.0.tgz']);
  });

  it('come from a mirror of the usual registry, with or without an address in the lockfile', async () => {
    const { integrity, version } = registry.publish(
      '@a/mirrored',
      '1.0.0',
      await tarball({ 'index.js': '' }),
    );
    const resolved = 'https://registry.npmjs.org/@a/mirrored/-/mirrored-1.0.0.tgz';
    expect(
      await listed(await install(npmFiles({ '@a/mirrored': { version, resolved, integrity } }))),
    ).toEqual(['node_modules/@a/mirrored/index.js']);
    expect(
      await listed(await install(npmFiles({ other: { name: '@a/mirrored', version, integrity } }))),
    ).toEqual(['node_modules/other/index.js']);
  });

  it('are those that npm itself packs and locks', async () => {
    const source = join(directory, 'source');
    await run('mkdir', ['-p', source]);
    await writeFile(
      join(source, 'package.json'),
      JSON.stringify({ name: 'packed', version: '1.2.3', main: 'main.js' }),
    );
    await writeFile(join(source, 'main.js'), 'exports.value = 42;');
    await run('npm', ['pack', '--pack-destination', directory], { cwd: source });
    const entry = registry.publish('packed', '1.2.3', await readFile(join(directory, 'packed-1.2.3.tgz')));
    registry.answers.set('/packed', (_request, response) => {
      const dist = { tarball: entry.resolved, integrity: entry.integrity };
      const versions = { '1.2.3': { name: 'packed', version: '1.2.3', dist } };
      response.end(JSON.stringify({ name: 'packed', 'dist-tags': { latest: '1.2.3' }, versions }));
    });
    const user = join(directory, 'user');
    await run('mkdir', [user]);
    await writeFile(join(user, 'package.json'), JSON.stringify({ dependencies: { packed: '^1.0.0' } }));
    const flags = ['--registry', registry.url, '--cache', join(directory, 'cache'), '--no-audit'];
    await run('npm', ['install', '--package-lock-only', ...flags], { cwd: user });
    const read = (name: string) => readFile(join(user, name), 'utf8');
    const at = await install({
      'package.json': await read('package.json'),
      'package-lock.json': await read('package-lock.json'),
    });
    expect(await listed(at)).toEqual(['node_modules/packed/main.js', 'node_modules/packed/package.json']);
  });

  it('are none where package.json asks for none', async () => {
    const plan = (files: Record<string, string>) => npmInstaller({ registry: '', platform }).plan(files);
    expect(await plan({ 'index.js': '' })).toBeUndefined();
    expect(await plan({ 'package.json': '{"type":"module","devDependencies":{"x":"1"}}' })).toBeUndefined();
  });
});

describe('npm lockfiles are refused', () => {
  const good = { version: '1.0.0', integrity: integrityOf(Buffer.from('x')) };
  it.each<[string, Record<string, string>, RegExp]>([
    [
      'without one',
      { 'package.json': '{"dependencies":{"a":"1"}}' },
      /no package-lock.json: run "npm install/,
    ],
    [
      'that are no JSON',
      { ...npmFiles({ a: good }), 'package-lock.json': '{' },
      /package-lock.json: it is no JSON/,
    ],
    ['of version 1', npmFiles({ a: good }, { lockfileVersion: 1 }), /lockfileVersion is 1/],
    [
      'of other dependencies',
      { ...npmFiles({ a: good }), 'package.json': '{"dependencies":{"a":"2"}}' },
      /dependencies\.a of package.json/,
    ],
    [
      'with a local package',
      npmFiles({ a: { ...good, resolved: 'file:../a' } }),
      /"node_modules\/a"\]\.resolved is "file:/,
    ],
    [
      'with a repository',
      npmFiles({ a: { ...good, resolved: 'git+ssh://git@host/a.git' } }),
      /\.resolved is "git\+ssh/,
    ],
    ['with a link', npmFiles({ a: { resolved: 'a', link: true } }), /"node_modules\/a"\]\.link is true/],
    ['with a path out of node_modules', npmFiles({ 'a/../../b': good }), /is no path in node_modules/],
    ['with a hidden path', npmFiles({ '.bin': good }), /is no path in node_modules/],
    ['with a name that is a path', npmFiles({ a: { ...good, name: '../a' } }), /\.name is no name/],
    ['without a digest', npmFiles({ a: { version: '1.0.0' } }), /\.integrity has no SHA-512/],
    [
      'with a weak digest',
      npmFiles({ a: { ...good, integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' } }),
      /\.integrity has no SHA-512/,
    ],
    ['for other machines', npmFiles({ a: { ...good, os: ['win32'] } }), /\.os is \["win32"\]/],
    [
      'with too much',
      npmFiles(Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`a${n}`, good]))),
      /may have 1000; these are 1001/,
    ],
    ['of an odd shape', npmFiles({ a: { ...good, optional: 'yes' } }), /package-lock.json: \/packages/],
  ])('%s', async (_what, files, message) => {
    expect(await refusal(files)).toMatch(message);
    expect(registry.asked).toEqual([]);
  });

  it.each([
    'http://127.0.0.1:1/a.tgz',
    'http://169.254.169.254/latest/meta-data/',
    'http://localhost/a.tgz',
    'https://registry.npmjs.org.evil.example/a.tgz',
    'http://user:password@ORIGIN/a/-/a-1.0.0.tgz',
    'http://ORIGIN/a/-/a-1.0.0.tgz?redirect=1',
    'http://ORIGIN@169.254.169.254/',
  ])('with the address %s, which is asked for nothing', async (text) => {
    const resolved = text.replace('ORIGIN', new URL(registry.url).host);
    expect(await refusal(npmFiles({ a: { ...good, resolved } }))).toMatch(
      /"node_modules\/a"\]\.resolved is .* asks http/,
    );
    expect(registry.asked).toEqual([]);
  });

  it('beside the part of the origin that the registry has', async () => {
    const options = { registry: `${registry.url}npm/` };
    for (const path of ['a.tgz', 'npm/../a.tgz', 'npm/%2e%2e/a.tgz', 'npmx/a.tgz']) {
      expect(await refusal(npmFiles({ a: { ...good, resolved: registry.url + path } }), options)).toMatch(
        /\.resolved is/,
      );
    }
    expect(registry.asked).toEqual([]);
  });

  it('where no registry is set', async () => {
    expect(await refusal(npmFiles({ a: good }), { registry: '' })).toMatch(
      /installs no packages of npm: start it with --npm-registry/,
    );
  });
});

describe('npm tarballs are refused', () => {
  const refused = async (content: Buffer, options: Partial<NpmOptions> = {}) =>
    refusal(npmFiles({ evil: registry.publish('evil', '1.0.0', content) }), options);

  it.each<[string, TarEntry, RegExp]>([
    [
      'a path that leads out',
      { name: 'package/../../../out', content: 'x' },
      /"\.\.\/\.\.\/out", which leads out|leads out of it/,
    ],
    ['an absolute path', { name: '/etc/longshore-out', content: 'x' }, /absolute|no plain path/],
    ['a path with empty parts', { name: 'package//etc/out', content: 'x' }, /absolute|no plain path/],
    ['a path with backslashes', { name: 'package/..\\..\\out', content: 'x' }, /no path may have/],
    ['a symbolic link', { name: 'package/link', type: 'symlink', linkname: '/etc' }, /a SymbolicLink/],
    ['a hard link', { name: 'package/link', type: 'link', linkname: '/etc/passwd' }, /a Link/],
    [
      'a device',
      { name: 'package/null', type: 'character-device', devmajor: 1, devminor: 3 },
      /a CharacterDevice/,
    ],
    ['a pipe', { name: 'package/pipe', type: 'fifo' }, /a FIFO/],
  ])('with %s', async (_what, entry, message) => {
    const content = await rawTarball([{ name: 'package/index.js', content: '' }, entry]);
    const said = await refused(content);
    expect(said).toMatch(/package evil 1\.0\.0: its tarball cannot be used/);
    expect(said).toMatch(message);
    await expect(stat('/etc/longshore-out')).rejects.toThrow('ENOENT');
  });

  it('with a file below a file, without a path of this machine', async () => {
    const said = await refused(await tarball({ a: '', 'a/b': '' }));
    expect(said).toMatch(
      /package evil 1\.0\.0: its tarball cannot be used: it holds the path "evil\/a\/b", /,
    );
    expect(said).not.toContain(directory);
  });

  it('with more than its digest says', async () => {
    const entry = registry.publish('evil', '1.0.0', await tarball({ 'index.js': 'changed' }));
    const said = await refusal(
      npmFiles({ evil: { ...entry, integrity: integrityOf(Buffer.from('what it was')) } }),
    );
    expect(said).toMatch(/package evil 1\.0\.0: .*evil-1\.0\.0\.tgz is not what its integrity says/);
  });

  it('with more bytes, files or packing than allowed', async () => {
    const limits = { bytes: 1 << 20, files: 100, downloadBytes: 1 << 16 };
    const bomb = await tarball({ zeros: '\0'.repeat(8 << 20) });
    expect(bomb.length).toBeLessThan(limits.downloadBytes);
    expect(await refused(bomb, { limits })).toMatch(/bytes when it is unpacked|bytes when they are unpacked/);
    const many = await rawTarball(
      Array.from({ length: 200 }, (_, n) => ({ name: `package/${n}`, content: '' })),
    );
    expect(await refused(many, { limits })).toMatch(/more than 100 files/);
    const directories = Array.from({ length: 4000 }, (_, n): TarEntry => ({
      name: `package/${n}`,
      type: 'directory',
    }));
    expect(await refused(await rawTarball(directories), { limits })).toMatch(/bytes when it is unpacked/);
    const large = Buffer.concat([await tarball({ 'index.js': '' }), Buffer.alloc(1 << 17)]);
    expect(await refused(large, { limits })).toMatch(/sends more than 65536 bytes/);
    expect(await refused(gzipSync(bomb))).toMatch(/packed twice/);
    expect(await refused(packedTwice(bomb))).toMatch(/packed twice/);
  });

  it('with headers that are larger than any package has', async () => {
    const pax = { comment: 'x'.repeat(2 << 20) };
    expect(await refused(await rawTarball([{ name: 'package/a', pax, content: '' }]))).toMatch(
      /header that is too large/,
    );
  });

  it('that are cut off, or no tarballs', async () => {
    const whole = await tarball({ 'index.js': 'x'.repeat(5000) });
    expect(await refused(whole.subarray(0, whole.length - 20))).toMatch(/cannot be used/);
    expect(await refused(Buffer.from('<html>'))).toMatch(/cannot be used/);
    expect(await refused(gzipSync(Buffer.from('no tar file'.repeat(100))))).toMatch(/cannot be used/);
    const part = gzipSync((await import('node:zlib')).gunzipSync(whole).subarray(0, 1024));
    expect(await refused(part)).toMatch(/middle of a file|cannot be used/);
  });
});

describe('a registry', () => {
  const content = tarball({ 'index.js': '' });
  const missing = { version: '1.0.0', integrity: integrityOf(Buffer.from('x')) };
  it('may redirect within itself', async () => {
    const entry = registry.publish('moved', '1.0.0', await content);
    registry.answers.set('/old.tgz', (_request, response) =>
      response.writeHead(302, { location: '/moved/-/moved-1.0.0.tgz' }).end(),
    );
    const at = await install(npmFiles({ moved: { ...entry, resolved: `${registry.url}old.tgz` } }));
    expect(await listed(at)).toEqual(['node_modules/moved/index.js']);
  });

  it('may not redirect to others, who are not asked', async () => {
    const entry = elsewhere.publish('moved', '1.0.0', await content);
    registry.answers.set('/old.tgz', (_request, response) =>
      response.writeHead(302, { location: entry.resolved }).end(),
    );
    const said = await refusal(npmFiles({ moved: { ...entry, resolved: `${registry.url}old.tgz` } }));
    expect(said).toMatch(/package moved 1\.0\.0: it cannot be fetched: it is at http.* and only http/);
    expect(elsewhere.asked).toEqual([]);
  });

  it('that lacks a package or cannot be reached is told of, with the package', async () => {
    expect(await refusal(npmFiles({ lacking: missing }))).toMatch(/package lacking 1\.0\.0: .*answers 404/);
    const gone = await startRegistry();
    await gone.close();
    expect(await refusal(npmFiles({ lacking: missing }), { registry: gone.url })).toMatch(
      /package lacking 1\.0\.0: .*cannot be reached/,
    );
  });

  it('is not waited for once the server stops', async () => {
    let asked: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    registry.answers.set('/slow.tgz', (_request, response) => {
      response.write('x');
      asked();
    });
    const entry = { ...missing, resolved: `${registry.url}slow.tgz` };
    const outcome = expect(install(npmFiles({ slow: entry }))).rejects.toThrow();
    await waiting;
    await store.close();
    await outcome;
    expect(await readdir(store.directory)).toEqual([]);
  });
});
