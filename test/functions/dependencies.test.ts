/** Functions with packages of npm and wheels, over the public API, in real sandboxes, through kills of the server. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { program } from '../fixtures/program.ts';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { npmFiles, startRegistry, tarball, type TestRegistry } from '../fixtures/npm-registry.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';
import { sha256Of, wheel } from '../fixtures/wheels.ts';

const run = promisify(execFile);

let registry: TestRegistry;
let directory: string;
let server: TestServer;
let client: FunctionsClient;

const start = async () => {
  const flags = [
    '--rate-exclude',
    '127.0.0.1',
    '--npm-registry',
    registry.url,
    '--pip-index',
    join(directory, 'wheels'),
  ];
  server = await startServer({ dataDir: join(directory, 'data'), flags });
  client = functionsClient(server.url);
};
beforeAll(async () => {
  registry = await startRegistry();
  directory = await mkdtemp(join(tmpdir(), 'longshore-dependencies-'));
  await mkdir(join(directory, 'wheels'));
  await start();
});
afterAll(async () => {
  await server.stop();
  await registry.close();
  await rm(directory, { recursive: true });
});

const publish = async (name: string, source: string) =>
  registry.publish(name, '1.0.0', await tarball({ 'package.json': '{}', 'index.js': source }));
const addWheel = async (name: string, files: Record<string, string | Buffer>): Promise<string> => {
  const content = wheel(name, '1.0', files);
  await writeFile(join(directory, 'wheels', `${name}-1.0-py3-none-any.whl`), content);
  return `${name}==1.0 --hash=sha256:${sha256Of(content)}\n`;
};
const artifacts = () => readdir(join(directory, 'data', 'artifacts'));
const resultOf = async (name: string, params: unknown) => {
  const { body } = await client.post(
    `/functions/${name}/invoke`,
    { params },
    { 'x-cache-control': 'no-cache' },
  );
  return body['result'] ?? body;
};

describe('functions with dependencies', () => {
  it('are published when their examples hold with them, and keep them for sessions', async () => {
    const left = await publish('left', 'exports.pad = (text, width) => text.padStart(width);');
    const files = {
      'index.js': 'import { pad } from "left"; export default ({ text }) => pad(text, 5);',
      ...npmFiles({ left }),
    };
    const examples = [{ request: { params: { text: 'ab' } }, response: { result: '   ab' } }];
    const made = await client.post('/functions', { language_title: 'nodejs-padder', files, examples });
    expect(made).toMatchObject({ status: 201 });
    expect(await resultOf('nodejs-padder', { text: 'abc' })).toBe('  abc');
    const id = await client.initialize('nodejs-padder');
    expect((await client.post(`/execute/${id}`, { params: { text: 'x' } })).body['result']).toBe('    x');
    const wrong = [{ request: { params: { text: 'ab' } }, response: { result: 'ab' } }];
    const refused = await client.put('/functions/nodejs-padder', { files, examples: wrong });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'INVALID_REQUEST' } } });
  });

  it('in Python find what wheels bring, compiled modules too', async () => {
    const { stdout } = await run('/usr/bin/env', [
      'python3',
      '-c',
      'import _bisect; print(_bisect.__file__)',
    ]);
    const compiled = stdout.trim();
    const native = await addWheel('native', {
      'native/__init__.py': 'from native._bisect import bisect_right as bisect',
      [`native/${compiled.split('/').pop()}`]: await readFile(compiled),
    });
    const plain = await addWheel('plain', {
      'plain.py': 'from native import bisect\ndef find(x): return bisect([1, 2, 3], x)',
    });
    const files = {
      'main.py':
        'import native, plain\ndef handler(params, context):\n  return [plain.find(params), native._bisect.__file__.endswith(".so")]',
      'requirements.txt': native + plain,
    };
    const examples = [{ request: { params: 2 }, response: { result: [2, true] } }];
    const made = await client.post('/functions', { language_title: 'python-finder', files, examples });
    expect(made.body).toMatchObject({ version: 1 });
    expect(await resultOf('python-finder', 3)).toEqual([3, true]);
    const wrong = { ...files, 'main.py': 'from native import nothing' };
    const { body } = await client.put('/functions/python-finder', { files: wrong });
    expect(JSON.stringify(body)).toContain("cannot import name 'nothing'");
    expect(JSON.stringify(body)).not.toContain('/artifacts');
  });

  it('load addons of Node.js', async () => {
    const { stdout } = await run('find', [
      join(process.cwd(), 'node_modules/@photostructure/sqlite'),
      '-name',
      `*.node`,
    ]);
    const found = stdout
      .split('\n')
      .find((path) => path.includes('linux-x64') || path.includes('build/Release'));
    const addon = await readFile(found!);
    const content = await tarball({
      'package.json': '{}',
      'index.js': 'module.exports = require("./addon.node");',
      'addon.node': addon,
    });
    const files = {
      'index.js': 'import addon from "addon"; export default () => typeof addon.DatabaseSync;',
      ...npmFiles({ addon: registry.publish('addon', '1.0.0', content) }),
    };
    expect(await client.post('/functions', { language_title: 'nodejs-addon', files })).toMatchObject({
      status: 201,
    });
    expect(await resultOf('nodejs-addon', {})).toBe('function');
  });

  it('are refused with the package and the fix, and nothing is published', async () => {
    const post = (files: Record<string, string>, language_title = 'nodejs-refused') =>
      client.post('/functions', {
        language_title,
        files: { 'index.js': 'export default () => 1;', ...files },
      });
    const missing = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` };
    const failed = await post(npmFiles({ missing }));
    expect(failed.status).toBe(400);
    expect(failed.body['error']).toMatchObject({
      code: 'INITIALIZATION_ERROR',
      message: expect.stringMatching(/^package-lock\.json: package missing 1\.0\.0: .*answers 404/) as string,
      details: { file: 'package-lock.json' },
    });
    const unlocked = await post({ 'package.json': '{"dependencies":{"left":"*"}}' });
    expect(unlocked.body['error']).toMatchObject({
      code: 'INITIALIZATION_ERROR',
      message: expect.stringContaining('npm install --package-lock-only') as string,
    });
    const repository = await post(
      npmFiles({ evil: { ...missing, resolved: 'git+ssh://git@host/evil.git' } }),
    );
    expect(repository.body['error']).toMatchObject({
      message: expect.stringContaining('packages["node_modules/evil"].resolved') as string,
    });
    const unpinned = await client.post('/functions', {
      language_title: 'python-refused',
      files: { 'main.py': 'def handler(params, context): return 1', 'requirements.txt': 'requests\n' },
      entry: 'main.py',
    });
    expect(unpinned.body['error']).toMatchObject({ message: expect.stringContaining('line 1') as string });
    for (const name of ['nodejs-refused', 'python-refused'])
      expect((await client.get(`/functions/${name}`)).status).toBe(404);
  });

  it('are deployed from a directory', async () => {
    const left = await publish('left', 'exports.pad = (text, width) => text.padStart(width);');
    const source = join(directory, 'nodejs-deployed');
    await mkdir(source);
    const files = {
      'function.json': '{"examples": [{"request": {"params": "x"}, "response": {"result": "  x"}}]}',
      'index.js': 'import { pad } from "left";\nexport default (text) => pad(text, 3);\n',
      ...npmFiles({ left }),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(source, name), content);
    const argv = ['function', 'deploy', source, '--data-dir', join(directory, 'data')];
    await run(process.execPath, [...program, ...argv]);
    expect(await resultOf('nodejs-deployed', 'abc')).toBe('abc');
  });

  it('leave nothing half-made when the server is killed meanwhile, and are installed after', async () => {
    const slow = await publish('slow', 'module.exports = "whole";');
    const path = '/slow/-/slow-1.0.0.tgz';
    const answer = registry.answers.get(path)!;
    registry.answers.set(path, (_request, response) => void response.write('beginning'));
    const files = {
      'index.js': 'import slow from "slow"; export default () => slow;',
      ...npmFiles({ slow }),
    };
    const before = await artifacts();
    const lost = client
      .post('/functions', { language_title: 'nodejs-slow', files })
      .catch((error: unknown) => error);
    await vi.waitFor(() => expect(registry.asked).toContain(path), 20_000);
    expect((await artifacts()).filter((name) => name.startsWith('.making-'))).toHaveLength(1);
    await server.kill();
    await lost;
    registry.answers.set(path, answer);
    await start();
    expect((await artifacts()).sort()).toEqual(before.sort());
    registry.asked.length = 0;
    expect(await resultOf('nodejs-padder', { text: 'kept' })).toBe(' kept');
    expect(registry.asked).toEqual([]);
    expect(await client.post('/functions', { language_title: 'nodejs-slow', files })).toMatchObject({
      status: 201,
    });
    expect(await resultOf('nodejs-slow', {})).toBe('whole');
  });
});
