/**
 * What an execution of a function costs through the whole path (HTTP, API key, limits, validation of params and
 * result, sandbox), beside a bare echo route. The result cache is off where it is not what is measured. Contenders
 * take turns, round by round.
 */
import { createApiKey } from '../src/core/credentials.ts';
import { ownerOfData } from '../src/core/principal.ts';
import { openSealer } from '../src/store/secrets/sealer.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { systemClock } from '../src/telemetry/clock.ts';
import { withCleanup, type Cleanup } from './harness/cleanup.ts';
import { Figures } from './harness/figures.ts';
import { applyLoad, postRequest, type LoadResult } from './harness/http-load.ts';
import { startLongshore, type Longshore } from './harness/longshore.ts';
import { readOptions } from './harness/options.ts';
import { startPeer } from './harness/peer.ts';

const rounds = 5;
const measureMs = 1000;
const warmUpMs = 2000;
const account = '000000000000';
const concurrencies = [1, 16];
/** New sessions of code in Rust that was not compiled before. */
const compilations = 5;

const samples = {
  nodejs: { name: 'nodejs-calculator', params: { operation: 'add', values: [1, 2, 3] } },
  python: { name: 'python-text-processor', params: { operation: 'count', text: 'one two three' } },
  rust: {
    name: 'rust-data-validator',
    params: { data: { age: 20 }, rules: [{ field: 'age', type: 'number', min: 18 }] },
  },
} as const;

interface Contender {
  name: string;
  port: number;
  requests: readonly Buffer[];
  connections: number;
}

async function main(): Promise<void> {
  const { json } = readOptions(process.argv.slice(2));
  await withCleanup(async (cleanup) => {
    const figures = new Figures();
    const contenders = await start(cleanup, figures);
    const cells = new Map<string, LoadResult[]>(contenders.map(({ name }) => [name, []]));
    for (const each of contenders) await applyLoad({ ...each, durationMs: warmUpMs });
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < contenders.length; turn++) {
        const each = contenders[(round + turn) % contenders.length]!;
        cells.get(each.name)!.push(await applyLoad({ ...each, durationMs: measureMs }));
      }
    }
    putFigures(figures, cells);
    figures.print('functions', json);
  });
}

async function start(cleanup: Cleanup, figures: Figures): Promise<Contender[]> {
  const key = { value: '' };
  const prepare = async (dataDir: string) => void (key.value = await makeKey(dataDir));
  const headers = () => ({ 'x-api-key': key.value });
  const flags = ['--engine', 'simulated', '--auth', 'required', '--rate-exclude', '127.0.0.1'];
  const server = await startLongshore(cleanup, flags, { prepare, headers });
  await compile({ port: server.port, key: key.value }, figures);
  const echo = await startPeer(cleanup, 'http-echo');
  const contenders: Contender[] = [];
  for (const connections of concurrencies) {
    const body = { params: samples.nodejs.params };
    const plain = [postRequest('/', { 'content-type': 'application/json' }, body)];
    contenders.push({ name: `echo c${connections}`, port: echo.port, requests: plain, connections });
    for (const [language, sample] of Object.entries(samples)) {
      const call = { server, key: key.value, sample, connections };
      const add = async (name: string, context: object, cache: string) =>
        contenders.push({
          name: `${name} c${connections}`,
          port: server.port,
          requests: await executions(call, context, cache),
          connections,
        });
      await add(`${language} warm`, { retain_session: true }, 'no-cache');
      await add(`${language} fresh`, { retain_session: false }, 'no-cache');
      if (language === 'nodejs') await add('cache hit', { retain_session: true }, 'max-age=3600');
    }
  }
  return contenders;
}

/** Executions of as many sessions as there are connections. */
async function executions(
  call: {
    server: Longshore;
    key: string;
    sample: (typeof samples)[keyof typeof samples];
    connections: number;
  },
  context: object,
  cache: string,
): Promise<Buffer[]> {
  const { server, key, sample, connections } = call;
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  const requests: Buffer[] = [];
  for (let session = 0; session < connections; session++) {
    const id = await initialize({ port: server.port, key }, sample.name, { context });
    const control = { ...headers, 'x-cache-control': cache };
    requests.push(postRequest(`/api/v1/execute/${id}`, control, { params: sample.params }));
  }
  return requests;
}

/** What the first function in Rust on a machine takes, which prepares the language, and what each new one takes after. */
async function compile(target: { port: number; key: string }, figures: Figures): Promise<void> {
  const source = 'fn handler(params: Value, _: Value) -> Result<Value, String> { Ok(params) }';
  const context = { timeout_ms: 300_000 };
  const took = async (script_content: string) => {
    const begun = performance.now();
    await initialize(target, 'rust-compiled', { context, script_content });
    return performance.now() - begun;
  };
  figures.put('prepare and compile the first (rust)', 's', [(await took(source)) / 1000]);
  const times: number[] = [];
  for (let turn = 0; turn < compilations; turn++) times.push(await took(`${source} // ${turn}`));
  figures.put('initialize, compiled anew (rust)', 'ms', times);
  const again: number[] = [];
  for (let turn = 0; turn < compilations; turn++) again.push(await took(source));
  figures.put('initialize, compiled before (rust)', 'ms', again, { goal: { atMost: 20 } });
}

/** The session's id. */
async function initialize(
  { port, key }: { port: number; key: string },
  title: string,
  body: object,
): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/initialize`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'language-title': title },
    body: JSON.stringify(body),
  });
  const { request_id: id } = (await response.json()) as { request_id?: string };
  if (id === undefined) throw new Error(`initialize answered ${response.status}`);
  return id;
}

async function makeKey(dataDir: string): Promise<string> {
  const store = await openSqliteStore({ directory: dataDir });
  try {
    const core = { store, clock: systemClock, sealer: openSealer(dataDir) };
    return (await createApiKey(core, ownerOfData(account), { role: 'admin' })).key;
  } finally {
    await store.close();
  }
}

function putFigures(figures: Figures, cells: ReadonlyMap<string, LoadResult[]>): void {
  const echo = cells.get('echo c1')!;
  for (const language of ['nodejs', 'rust']) {
    const warm = cells.get(`${language} warm c1`)!;
    const over = warm.map((cell, round) => cell.p50Ms - echo[round]!.p50Ms);
    figures.put(`warm p50 over echo (${language} c1)`, 'ms', over, { goal: { atMost: 1 } });
  }
  const goals: Record<string, number> = {
    'nodejs warm c16': 3000,
    'python warm c16': 2000,
    'rust warm c16': 2000,
  };
  for (const [name, rounds] of cells) {
    const goal = goals[name] === undefined ? {} : { goal: { atLeast: goals[name] } };
    figures.put(
      `rps (${name})`,
      'requests/s',
      rounds.map((cell) => cell.requestsPerSecond),
      goal,
    );
    figures.put(
      `p50 (${name})`,
      'ms',
      rounds.map((cell) => cell.p50Ms),
    );
    figures.put(
      `p99 (${name})`,
      'ms',
      rounds.map((cell) => cell.p99Ms),
    );
  }
}

await main();
