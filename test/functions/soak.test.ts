/** Executions without end: what the server holds does not grow with how many there were. */
import { readFile, readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDataDirectory } from '../../src/data-directory.ts';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { until } from '../fixtures/processes.ts';
import { tracesOf } from '../fixtures/sandbox-pool.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const EXECUTIONS = process.env['LONGSHORE_LONG'] === '1' ? 1_000_000 : 10_000;
/** One of so many gets a sandbox of its own, which is destroyed after. */
const FRESH = 100;
const CALLERS = 8;
const MIB = 1 << 20;
const samples = {
  nodejs: { name: 'nodejs-calculator', params: { operation: 'add', values: [1, 2, 3] } },
  python: { name: 'python-text-processor', params: { operation: 'count', text: 'one two three' } },
};

let server: TestServer;
let client: FunctionsClient;

beforeAll(async () => {
  server = await startServer({ flags: ['--rate-exclude', '127.0.0.1'] });
  client = functionsClient(server.url, { 'x-cache-control': 'no-cache' });
});
afterAll(() => server.stop());

interface Held {
  descriptors: number;
  memoryMib: number;
  sandboxes: number;
}

/** Of the server's process and of the machine, for this server. */
async function held(): Promise<Held> {
  const { owner } = openDataDirectory(server.dataDir);
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  return {
    descriptors: (await readdir(`/proc/${server.pid}/fd`)).length,
    memoryMib: (Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024) / MIB,
    sandboxes: (await tracesOf(owner)).filter((trace) => trace.startsWith('process')).length,
  };
}

async function execute(times: number): Promise<void> {
  let left = times;
  const call = async (number: number) => {
    const { name, params } = number % 2 === 0 ? samples.nodejs : samples.python;
    const id = await client.initialize(name);
    while (left-- > 0) {
      const path = left % FRESH === 0 ? `/functions/${name}/invoke` : `/execute/${id}`;
      const { status, body } = await client.post(path, { params });
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, number) => call(number)));
}

it(`holds as much after ${EXECUTIONS} executions as after a few`, { timeout: 6 * 3_600_000 }, async () => {
  await execute(EXECUTIONS / 5);
  const before = await held();
  await execute((EXECUTIONS * 4) / 5);
  // The second half's sessions keep their sandboxes, and those that ended are replaced.
  const kept = { descriptors: 6 * CALLERS, sandboxes: 6 * CALLERS };
  await until('what ended to be gone', async () => {
    const after = await held();
    return (
      after.descriptors <= before.descriptors + kept.descriptors &&
      after.sandboxes <= before.sandboxes + kept.sandboxes
    );
  });
  const after = await held();
  expect(after.memoryMib, JSON.stringify({ before, after })).toBeLessThan(before.memoryMib * 1.25 + 32);
});
