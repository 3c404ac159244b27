import { beforeEach, afterEach, describe, expect, test, vi } from 'vitest';
import { openApp } from '../../test/fixtures/app.ts';
import type { Principal } from '../core/principal.ts';
import { anonymous } from '../core/principal.ts';
import { everything } from '../core/scopes.ts';
import { AppError } from '../core/errors.ts';
import type { AuthMethod } from './auth/method.ts';
import { createLimits, type LimitOptions } from './limits.ts';
import type { Reach } from './server.ts';

// The library takes the time from Date. Timers stay real: requests need them.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** `Authorization: user <name>[ <limit>]`, good unless the name is `bad`. */
const byName: AuthMethod = {
  name: 'name',
  claims: (request) => request.headers['x-api-key'] !== undefined,
  authenticate: (request) => {
    const [name = '', own] = String(request.headers['x-api-key']).split(' ');
    if (name === 'bad') throw new AppError('Unauthorized', 'Authentication failed');
    const limits: Partial<Principal> =
      own === undefined ? {} : { limits: { ecs: Number(own), execute: Number(own) } };
    return {
      subject: `user:${name}`,
      kind: 'api-key',
      keyId: name,
      account: '000000000000',
      scopes: everything,
      ...limits,
    };
  },
};

/** The caller as the header has it, in JSON. */
const asGiven: AuthMethod = {
  name: 'given',
  claims: (request) => request.headers['x-caller'] !== undefined,
  authenticate: (request) => ({
    ...{ subject: 'user:ann', kind: 'token', account: '000000000000', scopes: everything },
    ...(JSON.parse(String(request.headers['x-caller'])) as Partial<Principal>),
  }),
};
const caller = (given: Partial<Principal>) => ({ 'x-caller': JSON.stringify(given) });

const defaults: LimitOptions = { rateLimit: 100, burst: 0, exclude: [] };

function server(
  given: Partial<LimitOptions> = {},
  mode: 'none' | 'optional' | 'required' = 'none',
  reach: Partial<Reach> = {},
) {
  const app = openApp({
    door: {
      mode,
      methods: [byName, asGiven],
      anonymous: anonymous('000000000000', everything),
      limits: createLimits({ ...defaults, ...given }),
    },
    reach,
  });
  // The functions face is yet to come; what counts for its limits is what a route declares.
  for (const limit of ['execute', 'functions'] as const) {
    const access = { face: 'functions', scope: 'operation', limit } as const;
    app.post(`/api/v1/${limit}`, { config: { access } }, async () => ({ done: true }));
  }
  return app;
}

type App = ReturnType<typeof server>;
const listClusters = '/v1/ListClusters';

const ask = (app: App, url: string, headers: Record<string, string> = {}, remoteAddress = '192.0.2.1') =>
  app.inject({ method: 'POST', url, headers, remoteAddress });

async function passing(
  app: App,
  url: string,
  times: number,
  headers = {},
  address?: string,
): Promise<number> {
  const answers = await Promise.all(Array.from({ length: times }, () => ask(app, url, headers, address)));
  expect(answers.every(({ statusCode }) => [200, 429].includes(statusCode))).toBe(true);
  return answers.filter(({ statusCode }) => statusCode === 200).length;
}

describe('the ECS API', () => {
  test('takes exactly 100 requests of a burst of 250, again a second later, and of each address', async () => {
    const app = server();
    expect(await passing(app, listClusters, 250)).toBe(100);
    expect(await passing(app, listClusters, 150, {}, '192.0.2.2')).toBe(100);
    vi.advanceTimersByTime(999);
    expect(await passing(app, listClusters, 1)).toBe(0);
    vi.advanceTimersByTime(1);
    expect(await passing(app, listClusters, 150)).toBe(100);
  });

  test('says so as AWS does, with the headers', async () => {
    const app = server({ rateLimit: 2 });
    const first = await ask(app, listClusters);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '1',
    });
    expect(first.headers).not.toHaveProperty('retry-after');
    await ask(app, listClusters);
    const third = await ask(app, listClusters);
    expect([third.statusCode, third.json<{ __type: string }>().__type]).toEqual([429, 'ThrottlingException']);
    expect(third.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'ratelimit-limit': '2',
      'ratelimit-remaining': '0',
      'retry-after': '1',
    });
  });

  test('has a burst that is made up for over ten seconds', async () => {
    const app = server({ rateLimit: 10, burst: 5 });
    expect(await passing(app, listClusters, 30)).toBe(15);
    vi.advanceTimersByTime(1000);
    expect(await passing(app, listClusters, 30)).toBe(10);
    vi.advanceTimersByTime(9000);
    expect(await passing(app, listClusters, 30)).toBe(15);
  });

  test('has no limit with 0, nor for excluded networks', async () => {
    expect(await passing(server({ rateLimit: 0 }), listClusters, 150)).toBe(150);
    const app = server({ rateLimit: 3, exclude: ['10.0.0.0/8', '2001:db8::1'] });
    expect(await passing(app, listClusters, 10, {}, '10.1.2.3')).toBe(10);
    expect(await passing(app, listClusters, 10, {}, '::ffff:10.1.2.3')).toBe(10);
    expect(await passing(app, listClusters, 10, {}, '2001:db8::1')).toBe(10);
    expect(await passing(app, listClusters, 10, {}, '11.0.0.1')).toBe(3);
  });

  test('counts the /64 of an IPv6 client, and an IPv4 one the same on every socket', async () => {
    const app = server({ rateLimit: 4 });
    expect(await passing(app, listClusters, 3, {}, '2001:db8::1')).toBe(3);
    expect(await passing(app, listClusters, 3, {}, '2001:db8:0:0:ffff::2')).toBe(1);
    expect(await passing(app, listClusters, 3, {}, '2001:db8:0:1::2')).toBe(3);
    expect(await passing(app, listClusters, 3, {}, '192.0.2.9')).toBe(3);
    expect(await passing(app, listClusters, 3, {}, '::ffff:192.0.2.9')).toBe(1);
  });
});

describe('the functions face', () => {
  test.each([
    ['execute', 'none', {}, 100],
    ['execute', 'optional', {}, 10],
    ['execute', 'required', { 'x-api-key': 'ann' }, 100],
    ['functions', 'required', { 'x-api-key': 'ann' }, 60],
  ] as const)('%s, authentication %s, %j: %i in a minute', async (limit, mode, headers, most) => {
    const app = server({}, mode);
    expect(await passing(app, `/api/v1/${limit}`, 150, headers)).toBe(most);
    vi.advanceTimersByTime(60_000);
    expect(await passing(app, `/api/v1/${limit}`, 150, headers)).toBe(most);
  });

  test('counts a subject wherever it calls from, and others apart', async () => {
    const app = server({}, 'required');
    expect(await passing(app, '/api/v1/execute', 80, { 'x-api-key': 'ann' })).toBe(80);
    expect(await passing(app, '/api/v1/execute', 80, { 'x-api-key': 'ann' }, '192.0.2.2')).toBe(20);
    expect(await passing(app, '/api/v1/execute', 80, { 'x-api-key': 'bob' })).toBe(80);
  });

  test('refuses in both shapes that share /api/v1', async () => {
    const app = server({}, 'optional');
    await passing(app, '/api/v1/execute', 10);
    const refused = await ask(app, '/api/v1/execute');
    expect(refused.json()).toMatchObject({
      error: { code: 'RATE_LIMITED', details: { retryAfter: 60 } },
      code: 429,
      errors: [],
    });
    expect(refused.headers).toMatchObject({ 'retry-after': '60', 'ratelimit-limit': '10' });
  });
});

test('a credential with limits of its own has these, and no others', async () => {
  const app = server({}, 'required');
  expect(await passing(app, listClusters, 300, { 'x-api-key': 'ann 250' })).toBe(250);
  expect(await passing(app, '/api/v1/execute', 5, { 'x-api-key': 'ann 3' })).toBe(3);
  expect(await passing(app, '/api/v1/execute', 5, { 'x-api-key': 'eve 0' })).toBe(0);
});

test.each<[string, Partial<Principal>, Partial<Principal>]>([
  ['the same person', { keyId: 'jti-1' }, { keyId: 'jti-2' }],
  [
    'one person, for names of their choice',
    { subject: 'token:a', keyId: 'jti-1', madeBy: ['user:ann'] },
    { subject: 'user:ann', keyId: 'jti-2' },
  ],
  [
    'one key, for names of their choice',
    { subject: 'token:a', keyId: 'jti-1', issuedBy: 'lsk_1' },
    { subject: 'token:b', keyId: 'jti-2', issuedBy: 'lsk_1' },
  ],
  [
    'a key, and that key',
    { subject: 'token:a', keyId: 'jti-1', issuedBy: 'lsk_1' },
    { subject: 'key:lsk_1', kind: 'api-key', keyId: 'lsk_1' },
  ],
])('tokens of %s have their own limit together', async (_, one, other) => {
  const app = server({}, 'required');
  const limits = { ecs: 5 };
  expect(await passing(app, listClusters, 4, caller({ ...one, limits }))).toBe(4);
  expect(await passing(app, listClusters, 4, caller({ ...other, limits }))).toBe(1);
});

test.each([{}, { limits: { execute: 100 } }])(
  'subjects of two accounts are counted apart: %j',
  async (more) => {
    const app = server({}, 'required');
    const of = (account: string) => caller({ subject: 'token:ci', account, ...more });
    expect(await passing(app, '/api/v1/execute', 110, of('000000000000'))).toBe(100);
    expect(await passing(app, '/api/v1/execute', 110, of('111111111111'))).toBe(100);
  },
);

test('/health has no limit', async () => {
  const app = server({ rateLimit: 1 });
  for (let time = 0; time < 20; time++) expect((await app.inject('/probe')).statusCode).toBe(200);
});

describe('bad credentials', () => {
  const knock = async (app: App, key?: string, address = '192.0.2.1') =>
    (await ask(app, listClusters, key === undefined ? {} : { 'x-api-key': key }, address)).statusCode;

  test('close the address after 60 in a minute, for good ones too, until the minute ends', async () => {
    const app = server({ rateLimit: 0 }, 'required');
    for (let time = 0; time < 60; time++) expect(await knock(app, 'bad')).toBe(401);
    expect(await knock(app, 'bad')).toBe(429);
    expect(await knock(app, 'ann')).toBe(429);
    expect(await knock(app, 'ann', '192.0.2.2')).toBe(200);
    vi.advanceTimersByTime(60_000);
    expect(await knock(app, 'ann')).toBe(200);
  });

  test('are not those that were never shown', async () => {
    const app = server({ rateLimit: 0 }, 'required');
    for (let time = 0; time < 100; time++) expect(await knock(app)).toBe(401);
    expect(await knock(app, 'ann')).toBe(200);
  });
});

describe('X-Forwarded-For', () => {
  const from = (client: string) => ({ 'x-forwarded-for': client });

  test('of anybody is no way around a limit', async () => {
    const app = server({ rateLimit: 5 });
    let passed = 0;
    for (let time = 0; time < 20; time++)
      passed += await passing(app, listClusters, 1, from(`198.51.100.${time}`));
    expect(passed).toBe(5);
  });

  test('of a trusted proxy tells clients apart, and what they forge before it does not', async () => {
    const app = server({ rateLimit: 5 }, 'none', { trustedProxies: ['10.0.0.0/8'] });
    expect(await passing(app, listClusters, 9, from('198.51.100.1'), '10.0.0.1')).toBe(5);
    expect(await passing(app, listClusters, 9, from('198.51.100.2, 10.0.0.7'), '10.0.0.1')).toBe(5);
    let passed = 0;
    for (let time = 0; time < 20; time++) {
      passed += await passing(app, listClusters, 1, from(`203.0.113.${time}, 198.51.100.3`), '10.0.0.1');
    }
    expect(passed).toBe(5);
    expect(await passing(app, listClusters, 9, from('198.51.100.4'), '11.0.0.1')).toBe(5);
    expect(await passing(app, listClusters, 9, from('198.51.100.5'), '11.0.0.1')).toBe(0);
  });
});
