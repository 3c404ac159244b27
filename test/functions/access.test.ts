/** Who may do what on the functions face, with credentials required: scopes, limits, and what belongs to others. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../src/core/credentials.ts';
import { inDataDirectory } from '../fixtures/credentials.ts';
import { functionsClient, type FunctionsClient } from '../fixtures/functions.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const params = { operation: 'add', values: [1, 2, 3] };
const grants = {
  admin: { role: 'admin' },
  node: { scopes: ['execute:nodejs'] },
  python: { scopes: ['execute:python'] },
  all: { scopes: ['execute:all'] },
  script: { scopes: ['execute:script'] },
  reader: { scopes: ['read:functions'] },
  nothing: { scopes: ['clusters:read'] },
  limited: { role: 'admin', limits: { execute: 2, functions: 1 } },
  foreign: { role: 'operator', account: '111111111111' },
} as const;
type Name = keyof typeof grants;

let dataDir: string;
let server: TestServer;
const clients = {} as Record<Name | 'nobody', FunctionsClient>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'longshore-functions-'));
  const keys = await inDataDirectory(dataDir, async (core, owner) => {
    const made: [Name, string][] = [];
    for (const [name, grant] of Object.entries(grants)) {
      made.push([
        name as Name,
        (await createApiKey(core, owner, { ...grant, scopes: [...('scopes' in grant ? grant.scopes : [])] }))
          .key,
      ]);
    }
    return made;
  });
  server = await startServer({ dataDir, flags: ['--auth', 'required'] });
  clients.nobody = functionsClient(server.url);
  for (const [name, key] of keys) {
    clients[name] = functionsClient(server.url, { authorization: `Bearer ${key}` });
  }
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const initialize = (name: Name | 'nobody', languageTitle: string, body = {}) =>
  clients[name].post('/initialize', body, { 'language-title': languageTitle });

describe('scopes', () => {
  const script = { script_content: 'return 1' };
  it.each<[Name | 'nobody', string, object, number]>([
    ['nobody', 'nodejs-calculator', {}, 401],
    ['nothing', 'nodejs-calculator', {}, 403],
    ['nothing', 'nodejs-not-there', {}, 403],
    ['reader', 'nodejs-calculator', {}, 403],
    ['python', 'nodejs-calculator', {}, 403],
    ['node', 'nodejs-calculator', {}, 200],
    ['all', 'nodejs-calculator', {}, 200],
    ['all', 'python-text-processor', {}, 200],
    ['node', 'exec-not-there', {}, 403],
    ['all', 'exec-not-there', {}, 404],
    ['all', 'nodejs-adhoc', script, 403],
    ['node', 'nodejs-adhoc', script, 403],
    ['script', 'nodejs-adhoc', script, 200],
    ['script', 'nodejs-calculator', {}, 403],
  ])('%s initializes %s %j: %i', async (name, languageTitle, body, status) => {
    const answer = await initialize(name, languageTitle, body);
    expect(answer.status).toBe(status);
    const code = { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN' }[status];
    if (code === undefined) return;
    expect(answer.body).toEqual({
      error: { code, message: expect.any(String) as string, details: expect.any(Object) as object },
    });
  });

  it('reading needs read:functions, and changing scopes of its own', async () => {
    const body = { language_title: 'nodejs-new', source: 'export default () => 1' };
    for (const path of [
      '/functions',
      '/functions/nodejs-calculator',
      '/functions/nodejs-calculator/versions',
    ]) {
      expect((await clients.reader.get(path)).status, path).toBe(200);
      expect((await clients.node.get(path)).status, path).toBe(403);
      expect((await clients.nobody.get(path)).status, path).toBe(401);
    }
    expect((await clients.reader.get('/functions/nodejs-calculator/logs')).status).toBe(403);
    expect((await clients.reader.post('/functions', body)).status).toBe(403);
    expect((await clients.node.put('/functions/nodejs-calculator', body)).status).toBe(403);
    expect((await clients.node.delete('/functions/nodejs-calculator')).status).toBe(403);
    expect((await clients.node.post('/functions/nodejs-calculator/rollback', {})).status).toBe(403);
    expect((await clients.reader.post('/functions/nodejs-calculator/invoke', { params })).status).toBe(403);
    expect((await clients.node.post('/functions/nodejs-calculator/invoke', { params })).status).toBe(200);
  });
});

describe('what belongs to others', () => {
  it('is answered 404: sessions, also under the same request id', async () => {
    const headers = { 'language-title': 'nodejs-calculator', 'x-request-id': 'same' };
    expect((await clients.node.post('/initialize', {}, headers)).status).toBe(200);
    for (const name of ['all', 'admin', 'foreign'] as const) {
      const executed = await clients[name].post('/execute/same', { params });
      expect(executed.status, name).toBe(404);
      expect(executed.body).toMatchObject({ request_id: 'same', error: { code: 'NOT_FOUND' } });
      expect((await clients[name].get('/sessions/same')).status, name).toBe(404);
    }
    expect((await clients.all.post('/initialize', {}, headers)).status).toBe(200);
    await clients.all.post('/execute/same', { params });
    expect((await clients.node.get('/sessions/same')).body).toMatchObject({ execution_count: 0 });
  });

  it('is answered 404: functions of another account', async () => {
    expect((await clients.foreign.get('/functions')).body).toMatchObject({ total: 0 });
    expect((await clients.foreign.get('/functions/nodejs-calculator')).status).toBe(404);
    expect((await initialize('foreign', 'nodejs-calculator')).status).toBe(404);
    expect((await clients.foreign.delete('/functions/nodejs-calculator')).status).toBe(404);
  });

  it('is not in the cache of another caller', async () => {
    const source = 'export default () => process.hrtime.bigint().toString();';
    await clients.admin.post('/functions', { language_title: 'nodejs-clock', source });
    const ask = async (name: Name) =>
      (await clients[name].post('/functions/nodejs-clock/invoke', { params })).body;
    const first = await ask('node');
    expect(await ask('node')).toMatchObject({ cached: true, result: first['result'] });
    const other = await ask('all');
    expect(other).toMatchObject({ cached: false });
    expect(other['result']).not.toEqual(first['result']);
  });
});

describe('limits', () => {
  it('answers 429 with the time to wait, of execute and of functions', async () => {
    const { body } = await initialize('limited', 'nodejs-calculator');
    const id = body['request_id'] as string;
    const statuses = [];
    for (const _ of [1, 2, 3])
      statuses.push((await clients.limited.post(`/execute/${id}`, { params })).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await clients.limited.post(`/execute/${id}`, { params });
    expect(refused.body).toMatchObject({ request_id: id, error: { code: 'RATE_LIMITED' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Beginning sessions is counted for itself, as often as executing.
    expect((await initialize('limited', 'nodejs-calculator')).status).toBe(200);
    const tooMany = await initialize('limited', 'nodejs-calculator');
    expect(tooMany.status).toBe(429);
    expect(tooMany.body).toMatchObject({ error: { code: 'RATE_LIMITED' } });
    expect(Number(tooMany.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await clients.limited.get('/functions')).status).toBe(200);
    expect((await clients.limited.get('/functions')).status).toBe(429);
  });
});
