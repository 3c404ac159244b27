/** A server that is killed while functions run: nothing of its sandboxes goes on, and no session is lost. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDataDirectory } from '../../src/data-directory.ts';
import { functionsClient } from '../fixtures/functions.ts';
import { until } from '../fixtures/processes.ts';
import { tracesOf } from '../fixtures/sandbox-pool.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const params = { operation: 'add', values: [1, 2, 3] };
const flags = ['--rate-exclude', '127.0.0.1'];
const noCache = { 'x-cache-control': 'no-cache' };
let dataDir: string;
let server: TestServer;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'longshore-kill-'));
  server = await startServer({ dataDir, flags });
});
afterEach(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it('leaves no sandbox after the restart, and every session with its counts', async () => {
  const { owner } = openDataDirectory(dataDir);
  const processes = async () => (await tracesOf(owner)).filter((trace) => trace.startsWith('process'));
  const before = functionsClient(server.url);
  const id = await before.initialize('nodejs-calculator');
  expect((await before.post(`/execute/${id}`, { params }, noCache)).status).toBe(200);
  expect((await before.get(`/sessions/${id}`)).body).toMatchObject({ execution_count: 1 });
  const endless = await before.initialize('python-endless', {
    script_content: 'while True: pass\nresult = 1\n',
  });
  const running = before.post(`/execute/${endless}`, { params: {} }).catch((error: unknown) => error);
  await until('a sandbox that runs', async () => (await processes()).length > 0);
  await server.kill();
  await running;
  const left = await processes();
  expect(left).not.toEqual([]);

  server = await startServer({ dataDir, flags });
  // By itself: nobody asks for a function.
  await until('the end of what was left', async () => {
    const now = await processes();
    return left.every((trace) => !now.includes(trace));
  });
  const after = functionsClient(server.url);
  const again = await after.post(`/execute/${id}`, { params }, noCache);
  expect(again).toMatchObject({ status: 200, body: { result: { value: 6 } } });
  expect((await after.get(`/sessions/${id}`)).body).toMatchObject({ status: 'active', execution_count: 2 });
  await server.stop();
  expect(await tracesOf(owner)).toEqual([]);
});
