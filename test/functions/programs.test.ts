/** Functions that are programs, from their publication to their end. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFunctionDirectory } from '../../src/function-directory.ts';
import { callRecords, nativeCode } from '../../src/sandboxes/attacks/native-code.ts';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let server: TestServer;
let client: FunctionsClient;

beforeAll(async () => {
  server = await startServer({ flags: ['--rate-exclude', '127.0.0.1'] });
  client = functionsClient(server.url);
});
afterAll(() => server.stop());

const count =
  '#!/bin/sh\necho said >&2\ncat > /dev/null\necho >> /tmp/calls\nprintf \'{"calls":%d}\' "$(wc -l < /tmp/calls)"\n';

it('publishes a script, runs its examples, and keeps its files within a session', async () => {
  const examples = [{ request: { params: {} }, response: { result: { calls: 1 } } }];
  const made = await client.post('/functions', { language_title: 'exec-count', source: count, examples });
  expect(made.status).toBe(201);
  const id = await client.initialize('exec-count');
  for (const calls of [1, 2]) {
    const { body } = await client.post(`/execute/${id}`, { params: calls });
    expect(body).toMatchObject({ language_title: 'exec-count', result: { calls } });
  }
  const { body } = await client.get('/functions/exec-count/logs');
  expect(body).toMatchObject({ logs: [{ stdout: '', stderr: 'said\n' }, {}] });
});

it('refuses what is no program, and tells how one failed', async () => {
  const refused = await client.post('/functions', { language_title: 'exec-none', source: 'echo 1' });
  expect(refused.status).toBe(400);
  expect(refused.body).toMatchObject({ error: { code: 'INITIALIZATION_ERROR' } });
  await client.post('/functions', { language_title: 'exec-fails', source: '#!/bin/sh\nexit 7\n' });
  const { status, body } = await client.post('/functions/exec-fails/invoke', { params: 1 });
  expect(status).toBe(500);
  expect(body).toMatchObject({
    error: { code: 'RUNTIME_ERROR', message: expect.stringContaining('exit code 7') as string },
  });
});

it('runs code that is sent along', async () => {
  const id = await client.initialize('exec-adhoc', { script_content: '#!/bin/sh\ncat' });
  const { body } = await client.post(`/execute/${id}`, { params: [1, 'zwei'] });
  expect(body).toMatchObject({ result: { params: [1, 'zwei'] } });
});

it.runIf(process.arch === 'x64')('takes binaries of a directory as they are', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'longshore-programs-'));
  const own = join(directory, 'exec-binary');
  try {
    await mkdir(own);
    await writeFile(join(own, 'function.json'), '{"entry": "main.sh"}');
    await writeFile(join(own, 'main.sh'), '#!/bin/sh\n./calls 0<> records\nod -An -td8 -j56 -N8 records\n');
    await writeFile(join(own, 'calls'), nativeCode());
    await chmod(join(own, 'calls'), 0o755);
    await writeFile(join(own, 'records'), Buffer.concat([callRecords([[39]]), Buffer.from([0xff])]));
    const { languageTitle, definition } = readFunctionDirectory(own);
    expect(definition).toMatchObject({ base64: expect.arrayContaining(['calls', 'records']) as string[] });
    const made = await client.post('/functions', { language_title: languageTitle, ...definition });
    expect(made.status).toBe(201);
    const { body } = await client.post('/functions/exec-binary/invoke', { params: {} });
    expect(body['result']).toBeGreaterThan(1);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
