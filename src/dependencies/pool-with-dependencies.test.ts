/** Functions with dependencies in real sandboxes: what they find, and what they cannot do with it. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmFiles, startRegistry, tarball, type TestRegistry } from '../../test/fixtures/npm-registry.ts';
import { openTestPool } from '../../test/fixtures/sandbox-pool.ts';
import type { ArtifactStore } from '../core/ports/artifacts.ts';
import { SandboxError, type Sandbox, type SandboxPool } from '../core/ports/sandbox.ts';
import { nodejsRuntime } from '../runtimes/nodejs/runtime.ts';
import { ARTIFACTS_INSIDE } from '../sandboxes/compiler.ts';
import { openArtifactStore } from '../store/artifacts/artifact-store.ts';
import { npmInstaller } from './npm/npm-installer.ts';
import { npmPlatform } from './npm/npm-platform.ts';
import { poolWithDependencies } from './pool-with-dependencies.ts';

let registry: TestRegistry;
let directory: string;
let artifacts: ArtifactStore;
let plain: SandboxPool;
let pool: SandboxPool;

beforeAll(async () => {
  registry = await startRegistry();
  directory = await mkdtemp(join(tmpdir(), 'longshore-dependencies-'));
  artifacts = await openArtifactStore({
    directory: join(directory, 'artifacts'),
    maxBytes: 1 << 20,
    onError: (error) => {
      throw error;
    },
  });
  plain = await openTestPool([nodejsRuntime], { artifacts, warm: 2 });
  pool = poolWith(artifacts);
});
afterAll(async () => {
  await pool.close();
  await artifacts.close();
  await registry.close();
  await rm(directory, { recursive: true });
});

const poolWith = (kept: ArtifactStore) =>
  poolWithDependencies(plain, {
    installers: [npmInstaller({ registry: registry.url, platform: npmPlatform() })],
    artifacts: kept,
    inside: ARTIFACTS_INSIDE,
    secret: Buffer.alloc(32),
  });

const publish = async (name: string, files: Record<string, string>) =>
  registry.publish(name, '1.0.0', await tarball({ 'package.json': '{}', ...files }));

const claim = (
  files: Record<string, string>,
  timeoutMs = 20_000,
  signal?: AbortSignal,
  from: SandboxPool = pool,
) =>
  from.claim({
    ...(signal && { signal }),
    runtime: 'nodejs',
    use: { principal: 'user:test', session: 'session' },
    code: { digest: 'test', files, entry: Object.keys(files)[0]! },
    environment: {},
    timeoutMs,
  });

async function using<T>(files: Record<string, string>, use: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = await claim(files);
  return use(sandbox).finally(() => sandbox.destroy());
}

const call = async (sandbox: Sandbox, params: unknown = {}) =>
  (await sandbox.invoke({ params, context: {}, timeoutMs: 10_000 })).result;

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it worked'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(SandboxError);
      return error as SandboxError;
    },
  );

describe('functions with npm packages', () => {
  let packages: Record<string, object>;
  beforeAll(async () => {
    packages = {
      common: await publish('common', { 'index.js': 'exports.twice = (x) => require("inner").add(x, x);' }),
      'common/node_modules/inner': await publish('inner', { 'index.js': 'exports.add = (a, b) => a + b;' }),
      modern: await publish('modern', {
        'package.json': '{"type":"module","exports":{".":"./main.js"}}',
        'main.js': 'import { twice } from "common"; export const fourfold = (x) => twice(twice(x));',
      }),
    };
  });

  it.each<[string, Record<string, string>]>([
    [
      'an ES module',
      {
        'index.mjs':
          'import { fourfold } from "modern"; import c from "common"; export default (x) => [fourfold(x), c.twice(x)];',
      },
    ],
    [
      'a module by what it says',
      {
        'index.js':
          'import { fourfold } from "modern"; import c from "common"; export default (x) => [fourfold(x), c.twice(x)];',
      },
    ],
    [
      'a CommonJS module',
      {
        'index.js':
          'const c = require("common"); exports.handler = async (x) => [(await import("modern")).fourfold(x), c.twice(x)];',
      },
    ],
    [
      'a script',
      {
        'index.js':
          'const c = require("common"); return [(await import("modern")).fourfold(params), c.twice(params)];',
      },
    ],
    [
      'a file below',
      {
        'index.mjs': 'export { default } from "./lib/x.mjs";',
        'lib/x.mjs':
          'import { fourfold } from "modern"; import c from "common"; export default (x) => [fourfold(x), c.twice(x)];',
      },
    ],
  ])('find them in %s', async (_form, files) => {
    const result = await using({ ...files, ...npmFiles(packages) }, (sandbox) => call(sandbox, 3));
    expect(result).toEqual([12, 6]);
  });

  it('share one installation, and warm sandboxes serve them', async () => {
    registry.asked.length = 0;
    const answer = {
      'index.mjs': 'import c from "common"; export default (x) => c.twice(x);',
      ...npmFiles(packages),
    };
    const both = await Promise.all([claim(answer), claim(answer)]);
    expect(await Promise.all(both.map((each) => call(each, 4)))).toEqual([8, 8]);
    expect(registry.asked).toEqual([]);
    await Promise.all(both.map((each) => each.destroy()));
  });

  it('can neither change them, nor find those of others', async () => {
    const source = `
      import fs from 'node:fs';
      const attempt = (work) => { try { work(); return 'done'; } catch (error) { return error.code; } };
      const own = fs.realpathSync('/function/node_modules');
      export default () => ({
        write: attempt(() => fs.writeFileSync(own + '/common/index.js', '')),
        create: attempt(() => fs.writeFileSync(own + '/new', '')),
        chmod: attempt(() => fs.chmodSync(own + '/common/index.js', 0o777)),
        remove: attempt(() => fs.rmSync(own + '/common', { recursive: true })),
        list: attempt(() => fs.readdirSync('${ARTIFACTS_INSIDE}')),
        above: attempt(() => fs.readdirSync(own + '/../..')),
        up: attempt(() => fs.readdirSync(own + '/../../..')),
      });`;
    const found = await using({ 'index.mjs': source, ...npmFiles(packages) }, (sandbox) => call(sandbox));
    expect(found).toEqual({
      write: 'EROFS',
      create: 'EROFS',
      chmod: 'EROFS',
      remove: 'EROFS',
      list: 'EACCES',
      above: 'EACCES',
      up: 'EACCES',
    });
    const [name = ''] = await readdir(artifacts.directory);
    expect(
      await readFile(join(artifacts.directory, name, 'content/node_modules/common/package.json'), 'utf8'),
    ).toBe('{}');
  });

  it('tell where they failed without telling where they lie', async () => {
    const boom = await publish('boom', {
      'index.js': 'module.exports = () => { throw new Error("in " + __filename); };',
    });
    const files = {
      'index.mjs': 'import boom from "boom";\nexport default () => boom();',
      ...npmFiles({ boom }),
    };
    const error = await using(files, (sandbox) => failure(call(sandbox)));
    expect(error.position).toMatchObject({ file: 'index.mjs', line: 2 });
    expect(error.position.stack_trace).toMatch(/node_modules\/boom\/index\.js:1/);
    expect(JSON.stringify([error.message, error.position])).not.toContain(ARTIFACTS_INSIDE);
  });

  it('keep theirs while others need the room', async () => {
    const large = (name: string) =>
      publish(name, {
        data: 'x'.repeat(400 << 10),
        'index.js': 'module.exports = require("fs").readFileSync(__dirname + "/data").length;',
      });
    const lazily = { 'index.mjs': 'export default async ({ name }) => (await import(name)).default;' };
    const held = await claim({ ...lazily, ...npmFiles({ first: await large('first') }) });
    await using({ ...lazily, ...npmFiles({ second: await large('second') }) }, (sandbox) =>
      call(sandbox, { name: 'second' }),
    );
    const third = { ...lazily, ...npmFiles({ third: await large('third') }) };
    expect(await using(third, (sandbox) => call(sandbox, { name: 'third' }))).toBe(400 << 10);
    expect(await call(held, { name: 'first' })).toBe(400 << 10);
    await held.destroy();
  });

  it('say which package is missing and what to do, and take nothing', async () => {
    const missing = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` };
    const error = await failure(claim({ 'index.mjs': 'export default 1', ...npmFiles({ missing }) }));
    expect(error.code).toBe('INITIALIZATION_ERROR');
    expect(error.message).toMatch(/package missing 1\.0\.0: .*answers 404/);
    expect(error.position.file).toBe('package-lock.json');
    expect(pool.stats()['nodejs']).toMatchObject({ claimed: 0 });
  });

  it('tell nobody where this machine could not keep them', async () => {
    const files = { 'index.mjs': 'export default 1', ...npmFiles({ kept: await publish('kept', {}) }) };
    const place = join(directory, 'no-directory');
    const broken = await openArtifactStore({ directory: place, maxBytes: 1 << 20, onError: () => {} });
    await rm(place, { recursive: true });
    await writeFile(place, '');
    const error = await failure(claim(files, 20_000, undefined, poolWith(broken)));
    expect(error.code).toBe('UNAVAILABLE');
    expect(error.message).toMatch(/^dependencies could not be installed: /);
    expect(error.message).not.toContain(directory);
    await broken.close();
  });

  it('wait no longer than they are given, while the installation goes on for the next', async () => {
    const entry = await publish('slow', { 'index.js': 'module.exports = "at last";' });
    const path = '/slow/-/slow-1.0.0.tgz';
    const answer = registry.answers.get(path)!;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    registry.answers.set(path, (request, response) => void gate.then(() => answer(request, response)));
    const files = {
      'index.mjs': 'import slow from "slow"; export default () => slow;',
      ...npmFiles({ slow: entry }),
    };
    expect((await failure(claim(files, 300))).code).toBe('TIMEOUT');
    go();
    expect(await using(files, (sandbox) => call(sandbox))).toBe('at last');
    expect(registry.asked.filter((each) => each === path)).toHaveLength(1);
  });

  it('fail for the lockfile that has them at a wrong address, and for no other', async () => {
    const entry = await publish('placed', { 'index.js': 'module.exports = "found";' });
    const wrong = { ...entry, resolved: `${registry.url}gone/placed-1.0.0.tgz` };
    const code = { 'index.mjs': 'import placed from "placed"; export default () => placed;' };
    const [error, found] = await Promise.all([
      failure(claim({ ...code, ...npmFiles({ placed: wrong }) })),
      using({ ...code, ...npmFiles({ placed: entry }) }, (sandbox) => call(sandbox)),
    ]);
    expect(error.message).toContain('gone/placed-1.0.0.tgz');
    expect(found).toBe('found');
  });

  it('are not waited for by a claim that was given up before', async () => {
    const entry = await publish('unwanted', { 'index.js': '' });
    const held: ServerResponse[] = [];
    registry.answers.set('/unwanted/-/unwanted-1.0.0.tgz', (_request, response) => void held.push(response));
    const files = { 'index.mjs': 'export default 1', ...npmFiles({ unwanted: entry }) };
    const error = await failure(claim(files, 20_000, AbortSignal.abort()));
    expect(error.code).toBe('SANDBOX_ENDED');
    for (const response of held) response.destroy();
  });
});
