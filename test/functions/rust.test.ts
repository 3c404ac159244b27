/** Functions in Rust over HTTP, and the samples of every language against their own examples. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRuntimes } from '../../src/runtimes/index.ts';
import { prepareKits, seedKits } from '../fixtures/artifacts.ts';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const samples = fileURLToPath(new URL('../../samples/functions/', import.meta.url));

let dataDir: string;
let server: TestServer;
let client: FunctionsClient;

beforeAll(async () => {
  await prepareKits(createRuntimes());
  dataDir = await mkdtemp(join(tmpdir(), 'longshore-test-'));
  await mkdir(join(dataDir, 'artifacts'));
  await seedKits(join(dataDir, 'artifacts'), createRuntimes());
  server = await startServer({ dataDir, flags: ['--rate-exclude', '127.0.0.1'] });
  client = functionsClient(server.url);
}, 300_000);
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const built = () => readdir(join(dataDir, 'artifacts'));

it.each(readdirSync(samples))('%s does what its examples say', async (name) => {
  const { examples } = JSON.parse(await readFile(join(samples, name, 'function.json'), 'utf8')) as {
    examples: { request: object; response: { result: unknown } }[];
  };
  expect(examples.length).toBeGreaterThan(0);
  for (const { request, response } of examples) {
    const { status, body } = await client.post(`/functions/${name}/invoke`, request);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body['result']).toEqual(response.result);
  }
});

it('is ok in /health', async () => {
  const answer = await fetch(`${server.url}/health`);
  expect(await answer.json()).toMatchObject({ components: { runtimes: { rust: 'ok' } } });
});

it('says where code that is sent along does not compile', async () => {
  const source = [
    'fn handler(params: Value, _: Value) -> Result<Value, String> {',
    '    Ok(json!(parms))',
    '}',
  ];
  const body = { script_content: source.join('\n') };
  const answer = await client.post('/initialize', body, { 'language-title': 'rust-adhoc' });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({
    error: {
      code: 'INITIALIZATION_ERROR',
      message: 'error[E0425]: cannot find value `parms` in this scope',
      details: {
        file: 'main.rs',
        line: 2,
        column: 14,
        stack_trace: expect.stringContaining('main.rs:2:14') as string,
      },
    },
  });
});

it('answers what the handler refuses and where it panics, and compiles the same code once', async () => {
  const source = `fn handler(params: Value, _: Value) -> Result<Value, String> {
    if params["refuse"] == json!(true) {
        return Err("it is refused".to_owned());
    }
    let values = params["values"].as_array().unwrap();
    Ok(values[2].clone())
}`;
  const first = await client.initialize('rust-adhoc', { script_content: source });
  const before = await built();
  const id = await client.initialize('rust-adhoc', { script_content: source });
  expect(await built()).toEqual(before);
  const refused = await client.post(`/execute/${id}`, { params: { refuse: true } });
  expect(refused.status).toBe(500);
  expect(refused.body).toMatchObject({ error: { code: 'RUNTIME_ERROR', message: 'it is refused' } });
  const panicked = await client.post(`/execute/${id}`, { params: { values: [1, 2] } });
  expect(panicked.body).toMatchObject({
    error: {
      code: 'RUNTIME_ERROR',
      message: expect.stringContaining('the len is 2 but the index is 2') as string,
      details: { file: 'main.rs', line: 6, column: 8, stack_trace: expect.any(String) as string },
    },
  });
  for (const session of [id, first]) {
    const { body } = await client.post(`/execute/${session}`, { params: { values: [1, 2, 3] } });
    expect(body['result']).toBe(3);
  }
});
