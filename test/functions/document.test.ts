/**
 * The functions API's document, example by example and table by table: what it shows is sent, and what it promises is
 * what comes back. Everything runs in real sandboxes.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const context = { environment: 'production', user_id: 'user-123', timeout_ms: 30000, retain_session: true };
const params = { operation: 'add', values: [1, 2, 3] };

let server: TestServer;
let client: FunctionsClient;

beforeAll(async () => {
  server = await startServer({ flags: ['--rate-exclude', '127.0.0.1'] });
  client = functionsClient(server.url);
});
afterAll(() => server.stop());

describe('2.1 initialize', () => {
  it('answers the example', async () => {
    const before = Date.now();
    const { status, body } = await client.post(
      '/initialize',
      { context },
      { 'language-title': 'nodejs-calculator' },
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      request_id: expect.stringMatching(uuid) as string,
      status: 'initialized',
      expires_at: expect.stringMatching(time) as string,
    });
    const life = Date.parse(body['expires_at'] as string) - before;
    expect(life).toBeGreaterThan(2 * 3_600_000 - 2000);
    expect(life).toBeLessThan(2 * 3_600_000 + 5000);
  });

  it("takes the client's X-Request-ID as the request_id, once", async () => {
    const headers = { 'language-title': 'nodejs-calculator', 'x-request-id': 'client-made-1' };
    const first = await client.post('/initialize', { context }, headers);
    expect(first.status).toBe(200);
    expect(first.body['request_id']).toBe('client-made-1');
    expect(first.headers.get('x-request-id')).toBe('client-made-1');
    const again = await client.post('/initialize', { context }, headers);
    expect(again.status).toBe(400);
    expect(again.body).toMatchObject({
      error: { code: 'INVALID_REQUEST', details: { field: 'X-Request-ID' } },
    });
    const executed = await client.post('/execute/client-made-1', { params });
    expect(executed.body).toMatchObject({ request_id: 'client-made-1', result: { value: 6 } });
  });

  it.each([
    [
      'a malformed X-Request-ID',
      { 'language-title': 'nodejs-calculator', 'x-request-id': 'no spaces' },
      400,
      'INVALID_REQUEST',
    ],
    ['no Language-Title', {}, 400, 'INVALID_REQUEST'],
    ['a malformed Language-Title', { 'language-title': '../../etc/passwd' }, 400, 'INVALID_REQUEST'],
    ['an unknown function', { 'language-title': 'nodejs-nothing' }, 404, 'NOT_FOUND'],
  ])('refuses %s', async (_, headers, status, code) => {
    const answer = await client.post('/initialize', { context }, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error: { code, message: expect.any(String) as string, details: expect.any(Object) as object },
    });
  });

  it.each([
    [{ context: { timeout_ms: 0 } }, 'context.timeout_ms'],
    [{ context: { timeout_ms: '100' } }, 'context.timeout_ms'],
    [{ context: { retain_session: 'yes' } }, 'context.retain_session'],
    [{ context: { text: 'x'.repeat(70_000) } }, 'context'],
  ])('refuses the context %j', async (body, field) => {
    const answer = await client.post('/initialize', body, { 'language-title': 'nodejs-calculator' });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code: 'INVALID_REQUEST', details: { field } } });
  });

  it('says where code that is sent along cannot be loaded', async () => {
    const body = { script_content: 'const a = 1;\nreturn { value: a + };' };
    const { status, body: answer } = await client.post('/initialize', body, {
      'language-title': 'nodejs-adhoc',
    });
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      error: {
        code: 'INITIALIZATION_ERROR',
        message: expect.stringContaining('SyntaxError') as string,
        details: { line: 2, column: expect.any(Number) as number, stack_trace: expect.any(String) as string },
      },
    });
  });
});

describe('2.2 execute', () => {
  it('answers the example', async () => {
    const id = await client.initialize('nodejs-calculator', { context });
    const { status, headers, body } = await client.post(`/execute/${id}`, { params });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body).toEqual({
      request_id: id,
      language_title: 'nodejs-calculator',
      execution_time: expect.any(Number) as number,
      cached: false,
      result: { value: 6 },
    });
    expect(Number.isInteger(body['execution_time'])).toBe(true);
  });

  it('runs the other samples', async () => {
    const id = await client.initialize('python-text-processor');
    const answer = await client.post(`/execute/${id}`, { params: { operation: 'words', text: 'a b A' } });
    expect(answer.body).toMatchObject({ result: { frequencies: { a: 2, b: 1 } } });
  });

  it('tells line, column and stack of what the function threw', async () => {
    const id = await client.initialize('nodejs-calculator');
    const body = { params: { operation: 'divide', values: [1, 0] } };
    const { status, body: answer } = await client.post(`/execute/${id}`, body);
    expect(status).toBe(500);
    expect(answer).toEqual({
      request_id: id,
      error: {
        code: 'RUNTIME_ERROR',
        message: 'Error: the result of divide is no number: Infinity',
        details: {
          file: 'index.js',
          line: 11,
          column: expect.any(Number) as number,
          stack_trace: expect.stringContaining('at handler (index.js:11') as string,
        },
      },
    });
    const good = await client.post(`/execute/${id}`, { params });
    expect(good.body).toMatchObject({ result: { value: 6 } });
  });

  it('names the path of each fault in the params', async () => {
    const id = await client.initialize('nodejs-calculator');
    const body = { params: { operation: 'power', values: [1, 'two'] } };
    const { status, body: answer } = await client.post(`/execute/${id}`, body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      request_id: id,
      error: {
        code: 'INVALID_PARAMS',
        details: { errors: [{ path: '/params/operation' }, { path: '/params/values/1' }] },
      },
    });
  });

  it.each([
    ['no params', '{}', 400],
    ['a body that is no JSON', '{"params":', 400],
    ['JSON that is too deep', `{"params":${'['.repeat(300)}${']'.repeat(300)}}`, 400],
    ['__proto__ in the params', '{"params":{"__proto__":{"admin":true}}}', 400],
    ['more than a mebibyte', JSON.stringify({ params: 'x'.repeat(1_100_000) }), 413],
  ])('refuses %s as INVALID_REQUEST', async (_, body, status) => {
    const id = await client.initialize('nodejs-calculator');
    const answer = await client.post(`/execute/${id}`, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ request_id: id, error: { code: 'INVALID_REQUEST' } });
  });

  it('answers 404 for a request_id that nobody was given', async () => {
    const { status, body } = await client.post('/execute/f8c3de3d-1234-5678-9abc-def012345678', { params });
    expect(status).toBe(404);
    expect(body).toMatchObject({
      request_id: 'f8c3de3d-1234-5678-9abc-def012345678',
      error: { code: 'NOT_FOUND', details: {} },
    });
  });

  it('answers 504 soon after timeout_ms, and the session goes on with a fresh process', async () => {
    const id = await client.initialize('nodejs-loop', {
      context: { timeout_ms: 1000 },
      script_content:
        'globalThis.count = (globalThis.count ?? 0) + 1;\nwhile (event.params.loop) {}\nreturn count;',
    });
    expect((await client.post(`/execute/${id}`, { params: { loop: false } })).body['result']).toBe(1);
    const begun = performance.now();
    const late = await client.post(`/execute/${id}`, { params: { loop: true } });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1000);
    expect(performance.now() - begun).toBeLessThan(6000);
    expect(late.status).toBe(504);
    expect(late.body).toMatchObject({ request_id: id, error: { code: 'TIMEOUT' } });
    const after = await client.post(`/execute/${id}`, { params: { loop: false, again: true } });
    expect(after.body['result']).toBe(1);
  });
});

describe('retain_session', () => {
  const script_content = 'globalThis.count = (globalThis.count ?? 0) + 1;\nreturn count;';
  const counts = async (id: string) => {
    const results = [];
    for (const n of [1, 2, 3])
      results.push((await client.post(`/execute/${id}`, { params: n })).body['result']);
    return results;
  };

  it('true, the default: the same process and its state', async () => {
    expect(await counts(await client.initialize('nodejs-count', { script_content }))).toEqual([1, 2, 3]);
  });

  it('false: a fresh process at each execute', async () => {
    const body = { script_content, context: { retain_session: false } };
    expect(await counts(await client.initialize('nodejs-count', body))).toEqual([1, 1, 1]);
  });

  it('shares nothing with another session', async () => {
    const [one, other] = [
      await client.initialize('nodejs-count', { script_content }),
      await client.initialize('nodejs-count', { script_content }),
    ];
    expect(await counts(one)).toEqual([1, 2, 3]);
    expect(await counts(other)).toEqual([1, 2, 3]);
  });
});

describe('2.3 session state', () => {
  it('answers the example, with exact counts under concurrency', async () => {
    const id = await client.initialize('nodejs-calculator', { context });
    expect((await client.get(`/sessions/${id}`)).body).toMatchObject({
      status: 'initialized',
      execution_count: 0,
      last_executed_at: null,
    });
    const asked = Array.from({ length: 40 }, (_, n) =>
      client.post(`/execute/${id}`, { params: { operation: 'add', values: [n, 1] } }),
    );
    const answers = await Promise.all(asked);
    expect(answers.map(({ body }) => (body['result'] as { value: number }).value)).toEqual(
      answers.map((_, n) => n + 1),
    );
    const { status, body } = await client.get(`/sessions/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      request_id: id,
      language_title: 'nodejs-calculator',
      status: 'active',
      created_at: expect.stringMatching(time) as string,
      expires_at: expect.stringMatching(time) as string,
      execution_count: 40,
      last_executed_at: expect.stringMatching(time) as string,
    });
  });

  it('answers 404 for one that is not there', async () => {
    const { status, body } = await client.get('/sessions/nothing');
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});

describe('2.2 list of functions', () => {
  it('has the samples, in pages, with the total of all', async () => {
    const { status, body } = await client.get('/functions');
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 3, page: 1, per_page: 20 });
    expect(body['functions']).toEqual(
      ['nodejs-calculator', 'python-text-processor', 'rust-data-validator'].map((name) => ({
        language: name.split('-')[0],
        title: name.slice(name.indexOf('-') + 1),
        language_title: name,
        description: expect.any(String) as string,
        created_at: expect.stringMatching(time) as string,
        updated_at: expect.stringMatching(time) as string,
      })),
    );
    const second = await client.get('/functions?page=2&per_page=2');
    expect(second.body).toMatchObject({ total: 3, page: 2, per_page: 2 });
    expect(second.body['functions']).toMatchObject([{ language_title: 'rust-data-validator' }]);
    expect((await client.get('/functions?page=9')).body).toMatchObject({ total: 3, functions: [] });
    const filtered = await client.get('/functions?language=python');
    expect(filtered.body).toMatchObject({
      total: 1,
      functions: [{ language_title: 'python-text-processor' }],
    });
    expect((await client.get('/functions?language=cobol')).body).toMatchObject({ total: 0, functions: [] });
  });

  it.each(['per_page=101', 'per_page=0', 'page=0', 'page=x'])('refuses %s', async (query) => {
    const { status, body } = await client.get(`/functions?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
  });
});

describe('2.3 one function', () => {
  it('answers the example', async () => {
    const { status, body } = await client.get('/functions/nodejs-calculator');
    const sample = new URL('../../samples/functions/nodejs-calculator/function.json', import.meta.url);
    const { schema, examples } = JSON.parse(await readFile(sample, 'utf8')) as Record<string, unknown>;
    expect(status).toBe(200);
    expect(body).toEqual({
      language: 'nodejs',
      title: 'calculator',
      language_title: 'nodejs-calculator',
      description: '基本的な計算機能を提供',
      created_at: expect.stringMatching(time) as string,
      updated_at: expect.stringMatching(time) as string,
      schema,
      examples,
    });
    expect(examples).toEqual([
      { description: '足し算の例', request: { params }, response: { result: { value: 6 } } },
    ]);
  });

  it('answers 404 for one that is not there', async () => {
    const { status, body } = await client.get('/functions/nodejs-nothing');
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});

describe('8 cache', () => {
  const script_content = 'return { at: process.hrtime.bigint().toString() };';
  const execute = (id: string, n: number, control?: string) =>
    client.post(`/execute/${id}`, { params: { b: n, a: 1 } }, control ? { 'x-cache-control': control } : {});

  it('answers equal params from the cache for an hour, unless it is told otherwise', async () => {
    const id = await client.initialize('nodejs-now', { script_content });
    const first = await execute(id, 1);
    expect(first.body['cached']).toBe(false);
    const again = await client.post(`/execute/${id}`, '{"params":{"a":1,"b":1}}');
    expect(again.body).toMatchObject({ cached: true, execution_time: 0, result: first.body['result'] });
    expect((await execute(id, 2)).body['cached']).toBe(false);
    const fresh = await execute(id, 1, 'no-cache');
    expect(fresh.body['cached']).toBe(false);
    expect(fresh.body['result']).not.toEqual(first.body['result']);
    expect((await execute(id, 1, 'max-age=3600')).body).toMatchObject({
      cached: true,
      result: fresh.body['result'],
    });
    expect((await execute(id, 1, 'max-age=0')).body['cached']).toBe(false);
  });

  it('is not shared between retained sessions, and is between others of one caller', async () => {
    const retained = [
      await client.initialize('nodejs-now', { script_content }),
      await client.initialize('nodejs-now', { script_content }),
    ];
    const results = [];
    for (const id of retained) results.push(await execute(id, 3));
    expect(results.map(({ body }) => body['cached'])).toEqual([false, false]);
    const body = { script_content, context: { retain_session: false } };
    const others = [
      await client.initialize('nodejs-now', body),
      await client.initialize('nodejs-now', body),
      await client.initialize('nodejs-now', { ...body, context: { ...body.context, user_id: 'other' } }),
    ];
    const cached = [];
    for (const id of others) cached.push((await execute(id, 4)).body['cached']);
    expect(cached).toEqual([false, true, false]);
  });

  it('runs what is asked several times at once only once', async () => {
    const id = await client.initialize('nodejs-now', { script_content });
    const answers = await Promise.all(Array.from({ length: 10 }, () => execute(id, 5)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body['result']))).size).toBe(1);
    expect(answers.filter(({ body }) => body['cached'] === false)).toHaveLength(1);
  });

  it('refuses what it does not understand', async () => {
    const id = await client.initialize('nodejs-now', { script_content });
    const { status, body } = await execute(id, 6, 'for-ever');
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
  });
});
