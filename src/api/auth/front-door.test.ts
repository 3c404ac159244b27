import type { AddressInfo } from 'node:net';
import { request as httpRequest } from 'node:http';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { anonymous, unauthenticated, type LimitName, type Principal } from '../../core/principal.ts';
import { everything, Scopes } from '../../core/scopes.ts';
import { frontDoor, type FrontDoorOptions } from './front-door.ts';
import type { AuthMethod } from './method.ts';

const ACCOUNT = '000000000000';
const open: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

const caller = (subject: string, scopes = everything): Principal => ({
  subject,
  kind: 'api-key',
  scopes,
  account: ACCOUNT,
});

/** A credential in a header of its own: `bad` is not good, anything else is the subject. */
function inHeader(name: string, more: Partial<AuthMethod> = {}): AuthMethod {
  return {
    name,
    claims: ({ headers }) => headers[name] !== undefined,
    async authenticate({ headers }) {
      if (headers[name] === 'bad') throw new AppError('Unauthorized', 'not good');
      return caller(
        String(headers[name]),
        headers[name] === 'viewer' ? new Scopes(['tasks:read']) : everything,
      );
    },
    ...more,
  };
}

/** Covers the body: good where the header repeats it. */
const signedBody: AuthMethod = {
  name: 'signed-body',
  coversBody: true,
  claims: ({ headers }) => headers['x-body'] !== undefined,
  authenticate({ headers }, body) {
    if (headers['x-body'] !== body?.toString()) throw new AppError('InvalidSignature', 'not this body');
    return caller('signer');
  },
};

interface Seen {
  counted: { limit: LimitName; subject: string }[];
  failures: number;
}

function doorOf(options: Partial<FrontDoorOptions> = {}): { app: FastifyInstance; seen: Seen } {
  const app = fastify({ bodyLimit: 1000 });
  open.push(app);
  const seen: Seen = { counted: [], failures: 0 };
  app.setErrorHandler((error, _request, reply) => {
    const status = { Unauthorized: 401, InvalidSignature: 401, Forbidden: 403, Throttled: 429 } as Record<
      string,
      number
    >;
    const { code, statusCode } = error as { code: string; statusCode?: number };
    return reply.code(status[code] ?? statusCode ?? 500).send({ code });
  });
  app.setNotFoundHandler((request, reply) => reply.code(404).send({ subject: request.principal.subject }));
  frontDoor(app, {
    mode: 'required',
    methods: [inHeader('x-one'), inHeader('x-two'), signedBody, inHeader('x-wire', { ofConnection: true })],
    unauthenticated: unauthenticated(ACCOUNT),
    anonymous: anonymous(ACCOUNT, new Scopes(['tasks:read'])),
    local: { principal: caller('owner'), is: ({ headers }) => headers['x-local'] !== undefined },
    limits: {
      count: (request, limit) => void seen.counted.push({ limit, subject: request.principal.subject }),
      checkFailures: () => undefined,
      countFailure: () => void seen.failures++,
    },
    bodyLimit: 1000,
    ...options,
  });
  const subject = (request: FastifyRequest) => ({
    subject: request.principal.subject,
    body: request.body ?? null,
  });
  app.get(
    '/tasks',
    { config: { access: { face: 'ops', scope: 'tasks:read', limit: 'functions' } } },
    subject,
  );
  app.post('/tasks', { config: { access: { face: 'ops', scope: 'tasks:create' } } }, subject);
  app.get('/public', { config: { access: { face: 'ops', scope: 'public' } } }, subject);
  app.get('/any', { config: { access: { face: 'ops', scope: 'authenticated' } } }, subject);
  app.get('/later', { config: { access: { face: 'live', scope: 'later' } } }, subject);
  return { app, seen };
}

it('ends what its methods started when the server closes', async () => {
  let closed = 0;
  const { app } = doorOf({ methods: [{ ...inHeader('x-one'), close: async () => void closed++ }] });
  await app.close();
  expect(closed).toBe(1);
});

describe('a caller', () => {
  it.each(['/tasks', '/any', '/none/such', '/tasks?x-one=ann'])('needs a credential for %s', async (url) => {
    const { app, seen } = doorOf();
    const answer = await app.inject({ url });
    expect([answer.statusCode, answer.json()]).toEqual([401, { code: 'Unauthorized' }]);
    expect(seen.counted).toEqual([]);
  });

  it('with a bad credential is refused everywhere but on public routes, and the failure counted', async () => {
    const { app, seen } = doorOf();
    for (const url of ['/tasks', '/any', '/none/such', '/later']) {
      expect((await app.inject({ url, headers: { 'x-one': 'bad' } })).statusCode).toBe(401);
    }
    expect(seen.failures).toBe(4);
    expect((await app.inject({ url: '/public', headers: { 'x-one': 'bad' } })).statusCode).toBe(200);
  });

  it('without one passes as nobody where it is optional, but not where a good one is asked for', async () => {
    const { app } = doorOf({ mode: 'optional' });
    expect((await app.inject('/tasks')).json()).toMatchObject({ subject: 'anonymous' });
    expect((await app.inject('/any')).statusCode).toBe(401);
  });

  it('is not blamed where we cannot tell', async () => {
    const broken = inHeader('x-three', {
      authenticate: () => Promise.reject(new AppError('Unavailable', 'the keys cannot be had')),
    });
    const { app, seen } = doorOf({ methods: [broken] });
    expect((await app.inject({ url: '/any', headers: { 'x-three': 'ann' } })).statusCode).toBe(500);
    expect(seen.failures).toBe(0);
  });

  it('with a good one is who it says, also where no route is', async () => {
    const { app, seen } = doorOf();
    expect((await app.inject({ url: '/tasks', headers: { 'x-one': 'ann' } })).json()).toMatchObject({
      subject: 'ann',
    });
    const missing = await app.inject({ url: '/none/such', headers: { 'x-one': 'ann' } });
    expect([missing.statusCode, missing.json()]).toEqual([404, { subject: 'ann' }]);
    expect(seen.counted).toEqual([{ limit: 'functions', subject: 'ann' }]);
  });

  it('may do what its scopes say', async () => {
    const { app } = doorOf();
    const headers = { 'x-one': 'viewer' };
    expect((await app.inject({ url: '/tasks', headers })).statusCode).toBe(200);
    expect((await app.inject({ method: 'HEAD', url: '/tasks', headers })).statusCode).toBe(200);
    expect((await app.inject({ method: 'POST', url: '/tasks', headers })).statusCode).toBe(403);
  });

  it('with two good ones is the first; with one of them bad it is nobody', async () => {
    const { app } = doorOf();
    const both = await app.inject({ url: '/tasks', headers: { 'x-two': 'bob', 'x-one': 'ann' } });
    expect(both.json()).toMatchObject({ subject: 'ann' });
    for (const headers of [
      { 'x-one': 'ann', 'x-two': 'bad' },
      { 'x-one': 'bad', 'x-two': 'bob' },
      { 'x-one': 'bad', 'x-body': '' },
      { 'x-one': 'ann', 'x-body': 'other' },
    ]) {
      expect((await app.inject({ url: '/tasks', headers })).statusCode).toBe(401);
    }
  });

  it('is known by its connection only where the request says nothing else', async () => {
    const { app } = doorOf();
    const subject = async (headers: Record<string, string>) => {
      const answer = await app.inject({ url: '/tasks', headers });
      return answer.statusCode === 200 ? answer.json<{ subject: string }>().subject : answer.statusCode;
    };
    expect(await subject({ 'x-wire': 'web' })).toBe('web');
    expect(await subject({ 'x-wire': 'web', 'x-one': 'ann' })).toBe('ann');
    expect(await subject({ 'x-wire': 'bad', 'x-one': 'ann' })).toBe('ann');
    expect(await subject({ 'x-wire': 'web', 'x-one': 'bad' })).toBe(401);
    expect(await subject({ 'x-wire': 'bad' })).toBe(401);
  });

  it('of the data directory needs none', async () => {
    const { app } = doorOf();
    expect((await app.inject({ url: '/tasks', headers: { 'x-local': '1' } })).json()).toMatchObject({
      subject: 'owner',
    });
  });

  it('is refused with an Authorization of no known kind, also where credentials are optional', async () => {
    for (const mode of ['required', 'optional'] as const) {
      const { app } = doorOf({ mode });
      const headers = { authorization: 'Basic YTpi' };
      expect((await app.inject({ url: '/tasks', headers })).statusCode).toBe(401);
    }
  });

  it('that is told to wait is not asked for its scope', async () => {
    const limits = {
      count: async () => {
        throw new AppError('Throttled', 'later');
      },
      checkFailures: () => undefined,
      countFailure: () => undefined,
    };
    const { app } = doorOf({ limits });
    expect((await app.inject({ url: '/tasks', headers: { 'x-one': 'ann' } })).statusCode).toBe(429);
  });

  it('that has shown too many bad credentials is not even checked', async () => {
    const limits = {
      count: () => undefined,
      checkFailures: () => {
        throw new AppError('Throttled', 'guesser');
      },
      countFailure: () => undefined,
    };
    const { app } = doorOf({ limits });
    expect((await app.inject({ url: '/tasks', headers: { 'x-one': 'ann' } })).statusCode).toBe(429);
  });
});

describe('modes', () => {
  it('optional: nobody in particular without a credential, refused with a bad one', async () => {
    const { app } = doorOf({ mode: 'optional' });
    expect((await app.inject({ url: '/tasks' })).json()).toMatchObject({ subject: 'anonymous' });
    expect((await app.inject({ method: 'POST', url: '/tasks' })).statusCode).toBe(403);
    expect((await app.inject({ url: '/tasks', headers: { 'x-one': 'bad' } })).statusCode).toBe(401);
  });

  it('none: credentials, good or bad, are not looked at', async () => {
    const { app, seen } = doorOf({ mode: 'none' });
    for (const headers of [{}, { 'x-one': 'bad' }, { 'x-body': 'other' }, { authorization: 'Basic YTpi' }]) {
      const answer = await app.inject({ method: 'POST', url: '/tasks', headers, payload: { a: 1 } });
      expect(answer.json()).toEqual({ subject: 'local', body: { a: 1 } });
    }
    expect(seen.failures).toBe(0);
  });

  it('required: a route that takes a credential later lets nobody in particular in', async () => {
    const { app } = doorOf();
    expect((await app.inject({ url: '/later' })).json()).toMatchObject({ subject: 'anonymous' });
    expect((await app.inject({ url: '/later', headers: { 'x-one': 'ann' } })).json()).toMatchObject({
      subject: 'ann',
    });
  });
});

describe('a credential that covers the body', () => {
  it('sees all of it, and the route reads the same', async () => {
    const { app } = doorOf();
    const payload = JSON.stringify({ text: 'ü'.repeat(400) });
    const good = await app.inject({
      method: 'POST',
      url: '/tasks',
      headers: { 'x-body': payload, 'content-type': 'application/json' },
      payload,
    });
    expect(good.json()).toEqual({ subject: 'signer', body: JSON.parse(payload) as object });
    const empty = await app.inject({ url: '/tasks', headers: { 'x-body': '' } });
    expect(empty.json()).toEqual({ subject: 'signer', body: null });
  });

  it('is refused with another body, on every route', async () => {
    const { app, seen } = doorOf();
    for (const url of ['/tasks', '/none/such']) {
      const answer = await app.inject({
        method: 'POST',
        url,
        headers: { 'x-body': '{}' },
        payload: '{"a":1}',
      });
      expect(answer.json()).toEqual({ code: 'InvalidSignature' });
    }
    expect(seen.failures).toBe(2);
    const missing = await app.inject({
      method: 'POST',
      url: '/none/such',
      headers: { 'x-body': '{}' },
      payload: '{}',
    });
    expect([missing.statusCode, missing.json()]).toEqual([404, { subject: 'signer' }]);
  });

  it('ends at the limit of bodies, told or not', async () => {
    const { app } = doorOf();
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const status = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const call = httpRequest(
          { port, host: '127.0.0.1', method: 'POST', path: '/tasks', headers },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          },
        );
        call.on('error', reject);
        // Without a length the body goes in pieces.
        if (headers['content-length'] === undefined) call.write('x'.repeat(600));
        call.end('x'.repeat(headers['content-length'] === undefined ? 600 : 1200));
      });
    expect(await status({ 'x-body': 'x', 'content-length': '1200' })).toBe(413);
    expect(await status({ 'x-body': 'x' })).toBe(413);
  });
});
