import { expect, test } from 'vitest';
import type { AuditEntry, AuditLog } from '../core/ports/audit.ts';
import { AppError } from '../core/errors.ts';
import { openApp, type AppOptions } from '../../test/fixtures/app.ts';

const start = Date.parse('2026-03-01T00:00:00Z');

/** An app whose entries stay in memory; `hold` keeps those that come from being written until it is called again. */
function recording(options: AppOptions = {}) {
  const entries: AuditEntry[] = [];
  const held: (() => void)[] = [];
  let holding = false;
  const log: AuditLog = {
    append(entry, written) {
      entries.push(entry);
      if (holding) held.push(written);
      else setImmediate(written);
    },
    async *read() {},
    problem: undefined,
    close: async () => undefined,
  };
  const app = openApp({ ...options, more: { audit: { log, clock: { now: () => start } }, ...options.more } });
  return {
    app,
    entries,
    hold: () => (holding = true),
    release: () => held.splice(0).forEach((each) => each()),
  };
}

test('answers only once the entry is written', async () => {
  const { app, entries, hold, release } = recording();
  hold();
  let answered = false;
  const answer = app.inject({ method: 'POST', url: '/probe', payload: {} }).then(() => (answered = true));
  await expect.poll(() => entries.length).toBe(1);
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  release();
  await answer;
});

test('has a call whose caller left before the answer', async () => {
  const { app, entries } = recording();
  let finish = (): void => undefined;
  let started = false;
  app.post('/slow', { config: { access: { face: 'ops', scope: 'public' } } }, async () => {
    started = true;
    await new Promise<void>((resolve) => (finish = resolve));
    return {};
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const gone = new AbortController();
  const call = fetch(`${url}/slow`, { method: 'POST', signal: gone.signal }).catch(() => undefined);
  await expect.poll(() => started).toBe(true);
  gone.abort();
  await call;
  finish();
  await expect.poll(() => entries.map(({ operation }) => operation)).toEqual(['POST /slow']);
});

test.each<[string, string, string, number]>([
  ['what reads', 'GET', '/probe', 200],
  ['a read of the ECS API', 'POST', '/v1/ListClusters', 200],
  ['an operation that does not exist', 'POST', '/v1/Explode', 400],
  ['a route that does not exist', 'POST', '/nothing', 404],
])('leaves out %s', async (_, method, url, status) => {
  const { app, entries } = recording();
  expect((await app.inject({ method: method as 'GET', url })).statusCode).toBe(status);
  expect(entries).toEqual([]);
});

test('takes the word of the route on what is audited, and on who and what it was', async () => {
  const { app, entries } = recording();
  const access = { face: 'ops', scope: 'public' } as const;
  app.post('/silent', { config: { access: { ...access, audited: false } } }, async () => ({}));
  app.get('/read', { config: { access: { ...access, audited: true, operation: 'Peek' } } }, async () => ({}));
  app.delete('/things/:kind/:id', { config: { access } }, async () => ({}));
  app.put('/login/:name', { config: { access } }, async (request) => {
    request.audit = {
      subject: 'user:ann',
      kind: 'password',
      keyId: 'k',
      account: '1',
      target: 'x'.repeat(2_000),
    };
    return {};
  });
  await app.inject({ method: 'POST', url: '/silent' });
  await app.inject('/read');
  await app.inject({ method: 'DELETE', url: '/things/box/7' });
  await app.inject({ method: 'PUT', url: '/login/ann' });
  expect(entries).toMatchObject([
    { operation: 'Peek', subject: 'local' },
    { operation: 'DELETE /things/:kind/:id', target: 'box/7', at: '2026-03-01T00:00:00.000Z' },
    { subject: 'user:ann', kind: 'password', keyId: 'k', account: '1' },
  ]);
  expect(entries[2]?.target).toBe(`${'x'.repeat(512)}…`);
});

test.each<[Error, Partial<AuditEntry>]>([
  [new AppError('Forbidden', 'no'), { status: 403, result: 'denied', error: 'Forbidden' }],
  [new AppError('Throttled', 'slow down'), { status: 429, result: 'denied', error: 'Throttled' }],
  [new AppError('Conflict', 'no'), { status: 400, result: 'failure', error: 'Conflict' }],
  [new Error('boom'), { status: 500, result: 'failure' }],
])('tells how it ended: %s', async (error, expected) => {
  const { app, entries } = recording();
  app.post('/fails', { config: { access: { face: 'ops', scope: 'public' } } }, () => {
    throw error;
  });
  await app.inject({ method: 'POST', url: '/fails' });
  expect(entries).toMatchObject([expected]);
});

test('has who was turned away at the door as nobody, and floods that were turned away not at all', async () => {
  let refusal = new AppError('Unauthorized', 'no');
  const { app, entries } = recording({
    door: {
      mode: 'required',
      methods: [{ name: 'bad', claims: () => true, authenticate: () => Promise.reject(refusal) }],
    },
  });
  const call = {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.StopTask' },
    url: '/',
  } as const;
  expect((await app.inject(call)).statusCode).toBe(401);
  refusal = new AppError('Throttled', 'too many');
  expect((await app.inject(call)).statusCode).toBe(429);
  expect(entries).toMatchObject([
    { subject: 'unknown', kind: 'unknown', account: '', operation: 'StopTask', result: 'denied' },
  ]);
});

test.each<[string, string, string | undefined]>([
  ['StopTask', '{"cluster":"c","task":"t"}', 't'],
  ['RunTask', '{"taskDefinition":"web:3","cluster":"c"}', 'web:3'],
  ['TagResource', '{"resourceArn":"arn:x","tags":[]}', 'arn:x'],
  ['DeleteTaskDefinitions', '{"taskDefinitions":["a:1","b:2"]}', 'a:1,b:2'],
  ['RegisterTaskDefinition', '{"family":"web","containerDefinitions":[{"name":"x"}]}', 'web'],
  ['CreateCluster', '', undefined],
  ['CreateCluster', '{"clusterName":7}', undefined],
  ['CreateCluster', 'no json', undefined],
  ['CreateCluster', 'null', undefined],
])('names what %s was about in %s', async (operation, payload, target) => {
  const { app, entries } = recording();
  await app.inject({
    method: 'POST',
    url: `/v1/${operation}`,
    payload,
    headers: { 'content-type': 'application/json' },
  });
  expect(entries.map((entry) => [entry.operation, entry.target])).toEqual([[operation, target]]);
});
