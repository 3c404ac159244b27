/** How functions get in, change, go back and go; samples; what outlives a crash. Everything runs in real sandboxes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { until } from '../fixtures/processes.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const flags = ['--rate-exclude', '127.0.0.1'];
let server: TestServer;
let client: FunctionsClient;

beforeAll(async () => {
  server = await startServer({ flags });
  client = functionsClient(server.url);
});
afterAll(() => server.stop());

const answering = (value: number) => `export default async () => ({ value: ${value} });`;
const invoke = async (reference: string, params: unknown = {}, control = 'no-cache') =>
  client.post(`/functions/${reference}/invoke`, { params }, { 'x-cache-control': control });
const valueOf = async (reference: string) =>
  ((await invoke(reference)).body['result'] as { value: number } | undefined)?.value;

describe('publish', () => {
  it('makes versions, points aliases to them, and rolls back at once', async () => {
    const made = await client.post('/functions', { language_title: 'nodejs-answer', source: answering(1) });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ language_title: 'nodejs-answer', version: 1, aliases: { current: 1 } });
    const same = await client.put('/functions/nodejs-answer', { source: answering(1) });
    expect(same.body).toMatchObject({ version: 1, digest: made.body['digest'] });
    for (const value of [2, 3]) await client.put('/functions/nodejs-answer', { source: answering(value) });
    expect(await valueOf('nodejs-answer')).toBe(3);
    expect((await client.put('/functions/nodejs-answer/aliases/stable', { version: 2 })).body).toMatchObject({
      aliases: { current: 3, stable: 2 },
    });
    expect(await valueOf('nodejs-answer:stable')).toBe(2);
    expect(await valueOf('nodejs-answer:1')).toBe(1);
    const back = await client.post('/functions/nodejs-answer/rollback');
    expect(back.body).toMatchObject({ version: 2, aliases: { current: 2 } });
    expect(await valueOf('nodejs-answer')).toBe(2);
    await client.post('/functions/nodejs-answer/rollback', { version: 3 });
    expect(await valueOf('nodejs-answer')).toBe(3);
    const { body } = await client.get('/functions/nodejs-answer/versions');
    expect((body['versions'] as { version: number }[]).map(({ version }) => version)).toEqual([3, 2, 1]);
    expect((await client.delete('/functions/nodejs-answer/aliases/stable')).status).toBe(200);
    expect((await invoke('nodejs-answer:stable')).status).toBe(404);
  });

  it('leaves a session with the version it began with', async () => {
    await client.post('/functions', { language_title: 'nodejs-pinned', source: answering(1) });
    const id = await client.initialize('nodejs-pinned');
    await client.put('/functions/nodejs-pinned', { source: answering(2) });
    expect((await client.post(`/execute/${id}`, { params: {} })).body).toMatchObject({
      result: { value: 1 },
    });
    expect(await valueOf('nodejs-pinned')).toBe(2);
    expect((await client.delete('/functions/nodejs-pinned')).status).toBe(204);
    expect((await client.post(`/execute/${id}`, { params: 1 })).status).toBe(404);
    await client.post('/functions', { language_title: 'nodejs-pinned', source: answering(9) });
    expect((await client.post(`/execute/${id}`, { params: 2 })).status).toBe(404);
  });

  it('ends the sessions of a deleted function at once, also what runs', async () => {
    const source = 'export default ({ endless }) => { while (endless); return 1; };';
    await client.post('/functions', { language_title: 'nodejs-ended', source });
    const id = await client.initialize('nodejs-ended');
    expect((await client.post(`/execute/${id}`, { params: {} })).status).toBe(200);
    const running = client.post(`/execute/${id}`, { params: { endless: true } });
    await until('the execution', async () => {
      const { body } = await client.get(`/sessions/${id}`);
      return body['execution_count'] === 2;
    });
    expect((await client.delete('/functions/nodejs-ended')).status).toBe(204);
    expect(await running).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    expect((await client.get(`/sessions/${id}`)).status).toBe(404);
  });

  it.each([
    ['code that does not load', { source: 'export default (' }, 'INITIALIZATION_ERROR'],
    ['code without a handler', { source: 'module.exports = 1' }, 'INITIALIZATION_ERROR'],
    [
      'an example that fails',
      { examples: [{ request: { params: {} }, response: { result: 2 } }] },
      'INVALID_REQUEST',
    ],
    [
      'an example beside its schema',
      {
        schema: { params: { type: 'string' } },
        examples: [{ request: { params: 1 }, response: { result: { value: 1 } } }],
      },
      'INVALID_REQUEST',
    ],
    ['a remote $ref', { schema: { params: { $ref: 'http://127.0.0.1/schema' } } }, 'INVALID_REQUEST'],
    ['a pattern that cannot be bounded', { schema: { params: { pattern: '(a)\\1' } } }, 'INVALID_REQUEST'],
    ['a path that leads out', { source: undefined, files: { '../../etc/cron.d/x': '' } }, 'INVALID_REQUEST'],
    ['no code', { source: undefined }, 'INVALID_REQUEST'],
    ['an unknown member', { sources: 'x' }, 'INVALID_REQUEST'],
    ['an unknown language', { language_title: 'cobol-x' }, 'INVALID_REQUEST'],
    ['a name that is taken', { language_title: 'nodejs-calculator' }, 'INVALID_REQUEST'],
    ['a variable with a bad name', { environment: { 'A=B': 'x' } }, 'INVALID_REQUEST'],
  ])('refuses %s', async (_, changes, code) => {
    const body = { language_title: 'nodejs-refused', source: answering(1), ...changes };
    const answer = await client.post('/functions', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code } });
    expect((await client.get('/functions/nodejs-refused')).status).toBe(404);
  });

  it('takes several files, environment and secrets, and never shows a secret', async () => {
    const body = {
      language_title: 'nodejs-files',
      files: {
        'index.mjs':
          "import { secret } from './lib/secret.mjs';\nexport default () => ({ value: secret(), level: process.env.LEVEL });",
        'lib/secret.mjs': 'export const secret = () => process.env.TOKEN;',
      },
      entry: 'index.mjs',
      environment: { LEVEL: 'debug' },
      secrets: { TOKEN: 'hunter2-very-secret' },
    };
    const made = await client.post('/functions', body);
    expect(made.status).toBe(201);
    const shown = [
      made,
      await client.get('/functions/nodejs-files'),
      await client.get('/functions/nodejs-files/versions'),
    ];
    expect(JSON.stringify(shown.map((answer) => answer.body))).not.toContain('hunter2');
    expect((await invoke('nodejs-files')).body['result']).toEqual({
      value: 'hunter2-very-secret',
      level: 'debug',
    });
    const { secrets: _, language_title: __, ...without } = body;
    await client.put('/functions/nodejs-files', { ...without, environment: { LEVEL: 'info' } });
    expect((await invoke('nodejs-files')).body['result']).toEqual({
      value: 'hunter2-very-secret',
      level: 'info',
    });
    expect(server.log()).not.toContain('hunter2');
  });

  it('keeps no result of a function that is not cacheable, nor past a change of secrets', async () => {
    const source = 'export default () => ({ at: process.hrtime.bigint().toString() });';
    await client.post('/functions', { language_title: 'nodejs-impure', source, cacheable: false });
    for (const _ of [1, 2])
      expect((await invoke('nodejs-impure', {}, 'max-age=60')).body['cached']).toBe(false);
    await client.put('/functions/nodejs-impure', { source, secrets: { A: '1' } });
    const cached = [];
    for (const _ of [1, 2]) cached.push((await invoke('nodejs-impure', {}, 'max-age=60')).body['cached']);
    await client.put('/functions/nodejs-impure', { source, secrets: { A: '2' } });
    cached.push((await invoke('nodejs-impure', {}, 'max-age=60')).body['cached']);
    expect(cached).toEqual([false, true, false]);
  });

  it('holds results to their schema', async () => {
    await client.post('/functions', {
      language_title: 'nodejs-strict',
      source: 'export default (p) => p.answer;',
      schema: { result: { type: 'number' } },
    });
    const wrong = await invoke('nodejs-strict', { answer: 'text' });
    expect(wrong.status).toBe(500);
    expect(wrong.body).toMatchObject({
      error: { code: 'RUNTIME_ERROR', details: { errors: [{ path: '/result' }] } },
    });
  });

  it('lets a function ask for less time', async () => {
    await client.post('/functions', {
      language_title: 'nodejs-hasty',
      source: 'export default () => { for (;;); };',
      limits: { timeout_ms: 200 },
    });
    expect((await invoke('nodejs-hasty', {})).status).toBe(504);
  });

  it('logs what executions wrote and how they ended', async () => {
    const source =
      'export default (p) => { console.log("hello", p.n); if (p.n === 2) throw new Error("two"); return p.n; };';
    await client.post('/functions', { language_title: 'nodejs-talkative', source });
    for (const n of [1, 2]) await invoke('nodejs-talkative', { n });
    const { body } = await client.get('/functions/nodejs-talkative/logs');
    expect(body['logs']).toMatchObject([
      { status: 'RUNTIME_ERROR', message: 'Error: two', stdout: 'hello 2\n', version: 1, subject: 'local' },
      { status: 'ok', stdout: 'hello 1\n', stderr: '', dropped_bytes: 0 },
    ]);
  });

  it('finds in its logs those of a version, a session, a status and a time', async () => {
    const name = 'nodejs-searched';
    const source = (n: number) =>
      `export default (p) => { console.log(${n}, p.n); if (p.fail) throw new Error('asked to'); return 1; };`;
    await client.post('/functions', { language_title: name, source: source(1) });
    await invoke(name, { n: 'a' });
    await client.put(`/functions/${name}`, { source: source(2) });
    const session = await client.initialize(name);
    await client.post(`/execute/${session}`, { params: { n: 'b' } });
    await client.post(`/execute/${session}`, { params: { n: 'c', fail: true } });
    const found = async (query: string, reference = name) => {
      const { status, body } = await client.get(`/functions/${reference}/logs${query}`);
      expect([status, body['language_title']]).toEqual([200, name]);
      return (body['logs'] as { stdout: string }[]).map(({ stdout }) => stdout.trim());
    };
    expect(await found('')).toEqual(['2 c', '2 b', '1 a']);
    expect(await found('?limit=2')).toEqual(['2 c', '2 b']);
    expect(await found('', `${name}:1`)).toEqual(['1 a']);
    expect(await found('', `${name}:current`)).toEqual(['2 c', '2 b']);
    expect(await found(`?request_id=${session}`)).toEqual(['2 c', '2 b']);
    expect(await found(`?request_id=${session}&limit=1`)).toEqual(['2 c']);
    expect(await found('?status=RUNTIME_ERROR')).toEqual(['2 c']);
    expect(await found('?status=ok&limit=1')).toEqual(['2 b']);
    expect(await found('?since=2020-01-01T00:00:00Z')).toHaveLength(3);
    expect(await found('?since=4102444800')).toEqual([]);
    expect(await found('?until=2020-01-01T00:00:00Z')).toEqual([]);
    for (const bad of ['since=yesterday', 'until=x', 'limit=0', 'limit=201', 'limit=many']) {
      const { status, body } = await client.get(`/functions/${name}/logs?${bad}`);
      const [field] = bad.split('=');
      expect([bad, status, body]).toMatchObject([
        bad,
        400,
        { error: { code: 'INVALID_REQUEST', details: { field } } },
      ]);
    }
    expect((await client.get(`/functions/${name}:9/logs`)).status).toBe(404);
  });
});

describe('a restart', () => {
  it('keeps functions and sessions after a kill, and does not force samples back', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'longshore-functions-'));
    try {
      const first = await startServer({ dataDir, flags });
      const before = functionsClient(first.url);
      await before.delete('/functions/python-text-processor');
      await before.put('/functions/nodejs-calculator', { source: answering(42) });
      const id = await before.initialize('nodejs-calculator');
      await before.post(`/execute/${id}`, { params: {} });
      expect((await before.get(`/sessions/${id}`)).body['execution_count']).toBe(1);
      await first.kill();
      const second = await startServer({ dataDir, flags });
      const after = functionsClient(second.url);
      expect((await after.get('/functions')).body['total']).toBe(2);
      expect((await after.post(`/execute/${id}`, { params: {} })).body).toMatchObject({
        result: { value: 42 },
        cached: false,
      });
      expect((await after.get(`/sessions/${id}`)).body).toMatchObject({
        status: 'active',
        execution_count: 2,
      });
      await second.stop();
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
