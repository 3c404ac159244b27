/** Requests that would take a parser's time or memory, or that two readers could read in two ways. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const invokePath = '/api/v1/functions/nodejs-echo/invoke';
let server: TestServer;
let client: FunctionsClient;

beforeAll(async () => {
  server = await startServer();
  client = functionsClient(server.url);
  const made = await client.post('/functions', {
    language_title: 'nodejs-echo',
    source: 'export default (params) => ({ type: typeof params, params });',
  });
  expect(made.status).toBe(201);
});
afterAll(() => server.stop());

async function send(body: string | Uint8Array<ArrayBuffer>) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(server.url + invokePath, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('is refused:', () => {
  it.each<[string, () => string | Uint8Array<ArrayBuffer>, number]>([
    ['JSON of 100,000 levels', () => `{"params":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
    ['brackets that are never closed', () => `{"params":${'['.repeat(100_000)}`, 400],
    ['seven megabytes', () => JSON.stringify({ params: 'x'.repeat(7 << 20) }), 413],
    ['a number that never ends', () => `{"params":${'9'.repeat(100_000)}x}`, 400],
    ['a number that is none', () => '{"params":NaN}', 400],
    ['bytes that are no UTF-8', () => new Uint8Array(Buffer.from('{"params":"\xff\xfe"}', 'latin1')), 400],
    ['a way to the prototype', () => '{"params":{"constructor":{"prototype":{"a":1}}}}', 400],
    ['nothing', () => '', 400],
  ])('%s', async (_, body, status) => {
    const answer = await send(body());
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
    expect((await client.get('/functions')).status).toBe(200);
  });
});

it('of a key that is given twice the last counts', async () => {
  const { body } = await send('{"params":1,"params":{"a":1,"a":2}}');
  expect(body).toMatchObject({ result: { params: { a: 2 } } });
});

it('a number larger than any is no number, and does not come back as one', async () => {
  const { status, body } = await send('{"params":1e999}');
  expect(status).toBe(200);
  expect(body).toMatchObject({ result: { type: 'object', params: null } });
});
