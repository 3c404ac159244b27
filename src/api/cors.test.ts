import { expect, test } from 'vitest';
import { openApp } from '../../test/fixtures/app.ts';

const reach = { corsOrigins: ['https://app.example', 'https://Other.example:8443'] };
const host = 'localhost';

const preflight = (origin: string, url = '/api/v1/execute', given = reach) =>
  openApp({ reach: given, door: { mode: 'required' } }).inject({
    method: 'OPTIONS',
    url,
    headers: {
      host,
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-api-key',
    },
  });

test.each(['/api/v1/execute', '/v1/ListClusters', '/nowhere'])(
  'a preflight of %s needs no credential and no route',
  async (url) => {
    const { statusCode, headers } = await preflight('https://app.example', url);
    expect(statusCode).toBe(204);
    expect(headers['access-control-allow-origin']).toBe('https://app.example');
    expect(headers['access-control-max-age']).toBe('86400');
    expect(headers['vary']).toBe('Origin');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(String(headers['access-control-allow-methods']).split(', ').sort()).toEqual([
      'DELETE',
      'GET',
      'HEAD',
      'OPTIONS',
      'PATCH',
      'POST',
      'PUT',
    ]);
    const allowed = String(headers['access-control-allow-headers']).split(', ');
    // The functions document's list, and a credential of each face.
    expect(allowed).toEqual(
      expect.arrayContaining([
        'Content-Type',
        'Authorization',
        'Language-Title',
        'X-Request-ID',
        'X-Cache-Control',
        'X-API-Key',
        'Auth-Token',
        'X-Auth-Token',
        'X-Amz-Target',
        'X-Amz-Date',
      ]),
    );
  },
);

test.each(['https://evil.example', 'http://app.example', 'https://app.example.evil.example', 'null'])(
  'one of %s is refused, and allowed nothing',
  async (origin) => {
    const { statusCode, headers } = await preflight(origin);
    expect(statusCode).toBe(403);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  },
);

test('without configured origins none is allowed', async () => {
  const { statusCode, headers } = await preflight('https://app.example', '/api/v1/execute', {
    corsOrigins: [],
  });
  expect(statusCode).toBe(403);
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

test('an answer, good or bad, may be read by a configured origin with its headers, and by no other', async () => {
  const app = openApp({ reach });
  for (const url of ['/probe', '/api/v1/nothing']) {
    const good = await app.inject({ url, headers: { host, origin: 'https://other.example:8443' } });
    expect(good.headers['access-control-allow-origin'], url).toBe('https://other.example:8443');
    expect(good.headers['access-control-expose-headers']).toContain('RateLimit-Remaining');
    const bad = await app.inject({ url, headers: { host, origin: 'https://evil.example' } });
    expect(bad.headers).not.toHaveProperty('access-control-allow-origin');
  }
});
