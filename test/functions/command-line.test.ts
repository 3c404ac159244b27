/** `longshore function` against a running server, over its data directory's socket and over HTTP. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { program } from '../fixtures/program.ts';
import { createKey } from '../fixtures/keys.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const run = promisify(execFile);
const cwd = fileURLToPath(new URL('../../', import.meta.url));
let server: TestServer;
let sources: string;

beforeAll(async () => {
  server = await startServer({ flags: ['--auth', 'required'] });
  sources = await mkdtemp(join(tmpdir(), 'longshore-sources-'));
  await mkdir(join(sources, 'nodejs-greeting/lib'), { recursive: true });
});
afterAll(async () => {
  await server.stop();
  await rm(sources, { recursive: true, force: true });
});

const longshore = (...argv: string[]) => longshoreWithKey(undefined, ...argv);

/** What it printed, with the key in the environment. Rejects with what it printed to standard error. */
async function longshoreWithKey(key: string | undefined, ...argv: string[]): Promise<string> {
  const env = { ...process.env, ...(key !== undefined && { LONGSHORE_API_KEY: key }) };
  try {
    return (await run(process.execPath, [...program, 'function', ...argv], { cwd, env })).stdout;
  } catch (error) {
    throw new Error((error as { stderr: string }).stderr);
  }
}

async function write(word: string, example = word): Promise<string> {
  const directory = join(sources, 'nodejs-greeting');
  const examples = [{ request: { params: { name: 'Ann' } }, response: { result: `${example} Ann` } }];
  await writeFile(join(directory, 'function.json'), JSON.stringify({ examples, entry: 'index.mjs' }));
  await writeFile(join(directory, 'lib/word.mjs'), `export const word = '${word}';`);
  await writeFile(
    join(directory, 'index.mjs'),
    "import { word } from './lib/word.mjs';\nexport default ({ name }) => `${word} ${name}`;",
  );
  return directory;
}

it('deploys a directory, again as a new version, and calls both', async () => {
  const here = ['--data-dir', server.dataDir];
  expect(await longshore('deploy', await write('Hello'), ...here)).toBe('nodejs-greeting is at version 1\n');
  await expect(longshore('deploy', await write('Bye', 'Hi'), ...here)).rejects.toThrow(
    'examples[0]: the function answers "Bye Ann", and the example says "Hi Ann"',
  );
  const { key } = await createKey(server.dataDir, '--role', 'admin');
  const remote = ['--endpoint', server.url, '--key', key];
  expect(await longshore('deploy', await write('Hi'), ...remote)).toBe('nodejs-greeting is at version 2\n');
  const params = ['--params', '{"name":"Bob"}'];
  expect(await longshore('invoke', 'nodejs-greeting', ...params, ...remote)).toBe('"Hi Bob"\n');
  expect(await longshore('invoke', 'nodejs-greeting:1', ...params, ...here)).toBe('"Hello Bob"\n');
  expect(await longshore('list', '--language', 'nodejs', ...here)).toMatch(/^nodejs-greeting /m);
  await expect(longshore('list', '--endpoint', server.url)).rejects.toThrow('UNAUTHORIZED');
});

it('shows the key in the environment, and --key before it', async () => {
  const { key } = await createKey(server.dataDir, '--role', 'viewer');
  const list = ['list', '--endpoint', server.url];
  expect(await longshoreWithKey(key, ...list)).toContain('FUNCTION');
  expect(await longshoreWithKey('lsk_wrong', ...list, '--key', key)).toContain('FUNCTION');
  await expect(longshoreWithKey('lsk_wrong', ...list)).rejects.toThrow('UNAUTHORIZED');
});

it('names file, line and column of what does not load', async () => {
  const directory = join(sources, 'nodejs-broken');
  await mkdir(directory);
  await writeFile(join(directory, 'function.json'), '{}');
  await writeFile(join(directory, 'index.mjs'), '// Mistyped:\n\nexport default => 1;\n');
  await expect(longshore('deploy', directory, '--data-dir', server.dataDir)).rejects.toThrow(
    "longshore: index.mjs:3:16: SyntaxError: Unexpected token '=>'",
  );
  const { key } = await createKey(server.dataDir, '--role', 'admin');
  await expect(longshoreWithKey(key, 'deploy', directory, '--endpoint', server.url)).rejects.toThrow(
    'INITIALIZATION_ERROR: index.mjs:3:16: SyntaxError',
  );
});

it('prints what executions wrote, newest first', async () => {
  const directory = join(sources, 'nodejs-talking');
  await mkdir(directory);
  await writeFile(join(directory, 'function.json'), '{"cacheable": false}');
  await writeFile(
    join(directory, 'index.js'),
    "export default ({ word }) => { console.log(word); console.error('\\u001b[2Jlow'); };",
  );
  const here = ['--data-dir', server.dataDir];
  await longshore('deploy', directory, ...here);
  for (const word of ['one', 'two'])
    await longshore('invoke', 'nodejs-talking', '--params', JSON.stringify({ word }), ...here);
  expect(await longshore('logs', 'nodejs-talking', ...here)).toMatch(
    /^\S+Z {2}version 1 {2}\S+ {2}\S+ ms {2}ok\n {2}two\n {2}\\u001b\[2Jlow\n\S+Z .*\n {2}one\n/,
  );
  const last = await longshore('logs', 'nodejs-talking', '--limit', '1', '--json', ...here);
  expect(JSON.parse(last)).toMatchObject({ stdout: 'two\n', status: 'ok', version: 1 });
  await expect(longshore('logs', 'nodejs-talking', '--limit', '201', ...here)).rejects.toThrow('1 to 200');
});

it('says so where what answers is no Longshore server', async () => {
  const other = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  try {
    await expect(longshore('list', '--endpoint', `http://127.0.0.1:${port}`)).rejects.toThrow(
      `http://127.0.0.1:${port} answered 200 with no JSON`,
    );
  } finally {
    other.close();
  }
});

it('says what to do where no server runs', async () => {
  await expect(longshore('list', '--data-dir', sources)).rejects.toThrow('start one with longshore serve');
});
