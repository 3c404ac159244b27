import { describe, expect, test } from 'vitest';
import { openApp, type AppOptions } from '../../test/fixtures/app.ts';
import { EngineError } from '../core/errors.ts';

const host = 'localhost';

interface Asked {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  payload?: string;
  headers?: Record<string, string>;
}

async function ask(url: string, { method = 'GET', payload, headers }: Asked = {}, options: AppOptions = {}) {
  const response = await openApp(options).inject({ method, url, payload, headers: { host, ...headers } });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.json<Record<string, unknown>>(),
  };
}

const required: AppOptions = { door: { mode: 'required' } };

describe('without a credential', () => {
  test.each(['/api/v1/containers', '/api/v1/functions/x', '/api/v1/no/such/route', '/api/v1'])(
    '%s is 401 in both shapes that share /api/v1, route or not',
    async (url) => {
      const { status, headers, body } = await ask(url, {}, required);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
      expect(body).toEqual({
        error: { code: 'UNAUTHORIZED', message: 'Authentication required', details: {} },
        code: 401,
        message: 'Authentication required',
        errors: [],
      });
    },
  );

  test.each([
    ['POST', '/'],
    ['POST', '/v1/ListClusters'],
    ['POST', '/v1/NoSuchOperation'],
    ['POST', '/v1/no/such/route'],
    ['GET', '/v1/ListClusters'],
  ] as const)('%s %s is 401 in the shape of the ECS API', async (method, url) => {
    const { status, headers, body } = await ask(url, { method }, required);
    expect(status).toBe(401);
    expect(headers['content-type']).toBe('application/x-amz-json-1.1');
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
    expect(body).toEqual({ __type: 'UnauthorizedException', message: 'Authentication required' });
  });

  test('other paths say it in a code and words', async () => {
    const { status, body } = await ask('/nothing', {}, required);
    expect([status, body]).toEqual([401, { code: 'Unauthorized', message: 'Authentication required' }]);
  });
});

describe('in the shape of the ECS API', () => {
  test.each([
    ['no route', '/v1/a/b', { method: 'POST' }, 404, 'UnknownOperationException'],
    ['wrong method', '/v1/ListClusters', {}, 405, 'MethodNotAllowedException'],
    [
      'too large',
      '/v1/ListClusters',
      { method: 'POST', payload: ' '.repeat(1024 * 1024 + 1) },
      413,
      'RequestEntityTooLargeException',
    ],
    [
      'wrong type',
      '/v1/ListClusters',
      { method: 'POST', payload: '{}', headers: { 'content-type': 'text/xml' } },
      415,
      'UnsupportedMediaTypeException',
    ],
    ['a path that cannot be read', '/v1/%E0%A4%A', { method: 'POST' }, 400, 'SerializationException'],
  ] as const)('%s', async (_, url, asked, expected, type) => {
    const { status, headers, body } = await ask(url, asked);
    expect([status, body['__type']]).toEqual([expected, type]);
    expect(headers['content-type']).toBe('application/x-amz-json-1.1');
    expect(headers['x-amzn-requestid']).toBe(headers['x-request-id']);
  });
});

describe('in both shapes of /api/v1', () => {
  test.each([
    ['no route', '/api/v1/nothing', {}, 404, 'NOT_FOUND'],
    [
      'too large',
      '/api/v1/probe',
      {
        method: 'POST',
        payload: `"${' '.repeat(1024 * 1024)}"`,
        headers: { 'content-type': 'application/json' },
      },
      413,
      'INVALID_REQUEST',
    ],
    [
      'wrong type',
      '/api/v1/probe',
      { method: 'POST', payload: '<a/>', headers: { 'content-type': 'text/xml' } },
      415,
      'INVALID_REQUEST',
    ],
    [
      'text',
      '/api/v1/probe',
      { method: 'POST', payload: 'a', headers: { 'content-type': 'text/plain' } },
      415,
      'INVALID_REQUEST',
    ],
    [
      'too deep',
      '/api/v1/probe',
      {
        method: 'POST',
        payload: '['.repeat(1000) + ']'.repeat(1000),
        headers: { 'content-type': 'application/json' },
      },
      400,
      'INVALID_REQUEST',
    ],
    [
      'a prototype',
      '/api/v1/probe',
      {
        method: 'POST',
        payload: '{"__proto__":{"admin":true}}',
        headers: { 'content-type': 'application/json' },
      },
      400,
      'INVALID_REQUEST',
    ],
    [
      'a constructor',
      '/api/v1/probe',
      {
        method: 'POST',
        payload: '{"a":{"constructor":{"prototype":{}}}}',
        headers: { 'content-type': 'application/json' },
      },
      400,
      'INVALID_REQUEST',
    ],
    ['a path that cannot be read', '/api/v1/%E0%A4%A', {}, 400, 'INVALID_REQUEST'],
  ] as const)('%s', async (_, url, asked, expected, code) => {
    const { status, body } = await ask(url, asked);
    expect(status).toBe(expected);
    expect(body).toMatchObject({ code: expected, error: { code, message: body['message'] }, errors: [] });
    expect(body).not.toHaveProperty('data');
  });
});

test.each([
  new Error('connect ENOENT /run/podman/podman.sock'),
  new EngineError('EngineUnavailable', 'no answer from unix:///run/podman/podman.sock (see /var/lib/x)'),
  { stack: 'at x.ts:1', message: 'boom' },
  'text',
])('what fails (%s) tells no path and no stack', async (thrown) => {
  // Whatever it is: not everything that is thrown is an Error.
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  const reset = () => Promise.reject(thrown);
  const app = openApp({ more: { reset } });
  const response = await app.inject({ method: 'POST', url: '/_longshore/reset', headers: { host } });
  expect(response.statusCode).toBeGreaterThanOrEqual(500);
  expect(response.body).not.toMatch(/podman|\/var|\.ts|boom|text/);
});

test('every answer tells browsers to run nothing of it, and HSTS only over TLS', async () => {
  for (const url of ['/probe', '/nothing', '/v1/ListClusters', '/v1/%E0%A4%A']) {
    const { headers } = await ask(url);
    expect(headers, url).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('x-powered-by');
  }
  const { headers } = await ask('/probe', {}, { reach: { tls: true } });
  expect(headers['strict-transport-security']).toBe('max-age=31536000');
});

describe('X-Request-ID', () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

  test.each(['f8c3de3d-1234-5678-9abc-def012345678', '01J9ZQ', 'Root=1'.replace('=', ':')])(
    '%s is echoed',
    async (id) => {
      const { headers } = await ask('/probe', { headers: { 'x-request-id': id } });
      expect(headers['x-request-id']).toBe(id);
    },
  );

  test.each(['', ' ', 'a b', 'a"b', '<script>', 'x'.repeat(129), '-x', 'ä'])('%j is replaced', async (id) => {
    const { headers } = await ask('/probe', { headers: { 'x-request-id': id } });
    expect(headers['x-request-id']).toMatch(uuid);
  });

  test('is on every answer', async () => {
    for (const url of ['/nothing', '/v1/ListClusters', '/api/v1/probe', '/v1/%E0%A4%A']) {
      expect((await ask(url)).headers['x-request-id'], url).toMatch(uuid);
    }
  });
});
