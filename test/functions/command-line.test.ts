/** `longshore function` against a running server, over its data directory's socket and over HTTP. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

/** What it printed. Rejects with what it printed to standard error. */
async function longshore(...argv: string[]): Promise<string> {
  try {
    return (await run(process.execPath, [...program, 'function', ...argv], { cwd })).stdout;
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

it('says what to do where no server runs', async () => {
  await expect(longshore('list', '--data-dir', sources)).rejects.toThrow('start one with longshore serve');
});
