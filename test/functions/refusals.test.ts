/** What is refused before anything runs says what is wrong and what to send. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let server: TestServer;
let client: FunctionsClient;

beforeAll(async () => {
  server = await startServer({ flags: ['--rate-exclude', '127.0.0.1'] });
  client = functionsClient(server.url);
});
afterAll(() => server?.stop());

it('refuses a body that is not said to be JSON, and says what to send', async () => {
  const answer = await client.post('/execute/any', '{"params":{}}', { 'content-type': 'text/plain' });
  expect(answer.status).toBe(415);
  expect(answer.body).toEqual({
    request_id: 'any',
    error: {
      code: 'INVALID_REQUEST',
      message: 'Send the body as JSON, with Content-Type: application/json.',
      details: { field: 'Content-Type' },
    },
  });
});

it.each([
  ['a query', () => client.get('/functions?per_page=101'), 'per_page'],
  ['a body', () => client.post('/execute/any', {}), 'params'],
  ['a header', () => client.post('/initialize', {}), 'language-title'],
  [
    'a part of a body',
    () => client.put('/functions/nodejs-x', { source: 'x', limits: { memory_mb: 1 } }),
    'limits.memory_mb',
  ],
  ['a member nobody knows', () => client.put('/functions/nodejs-x', { sauce: 'x' }), 'sauce'],
])('names the field of %s that does not fit', async (_, ask, field) => {
  const { status, body } = await ask();
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: { code: 'INVALID_REQUEST', details: { field } } });
});
