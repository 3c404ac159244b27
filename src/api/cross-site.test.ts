import { describe, expect, test } from 'vitest';
import { openApp, type AppOptions } from '../../test/fixtures/app.ts';

const url = '/v1/ListClusters';
const host = '127.0.0.1:8080';
const ask = async (
  headers: Record<string, string>,
  {
    method = 'POST',
    remoteAddress = '127.0.0.1',
    ...options
  }: AppOptions & { method?: 'POST' | 'GET' | 'DELETE'; remoteAddress?: string } = {},
) =>
  (await openApp(options).inject({ method, url, headers: { host, ...headers }, remoteAddress })).statusCode;

test.each([
  [{ origin: 'https://evil.example' }],
  [{ origin: 'null' }],
  [{ origin: 'http://127.0.0.1:9999' }],
  [{ origin: 'http://127.0.0.1:8080.evil.example' }],
  [{ origin: 'nonsense' }],
  [{ 'sec-fetch-site': 'cross-site' }],
  [{ 'sec-fetch-site': 'same-site' }],
  [{ 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1:8080' }],
  [{ 'sec-fetch-site': 'whatever' }],
])('a page that sends %j may change nothing', async (headers) => {
  expect(await ask(headers)).toBe(403);
});

test.each([
  [{}],
  [{ origin: 'http://127.0.0.1:8080' }],
  [{ origin: 'https://127.0.0.1:8080' }],
  [{ 'sec-fetch-site': 'same-origin', origin: 'https://behind-a-proxy.example' }],
  [{ 'sec-fetch-site': 'none' }],
])('one that sends %j may', async (headers) => {
  expect(await ask(headers)).toBe(200);
});

test('a configured origin may, by its exact name', async () => {
  const reach = { corsOrigins: ['https://app.example'] };
  const foreign = { 'sec-fetch-site': 'cross-site' };
  expect(await ask({ ...foreign, origin: 'https://app.example' }, { reach })).toBe(200);
  for (const origin of [
    'http://app.example',
    'https://app.example:444',
    'https://x.app.example',
    'https://app.example.evil',
  ]) {
    expect(await ask({ ...foreign, origin }, { reach }), origin).toBe(403);
  }
});

test('the refusal names the flag, in the shape of the face', async () => {
  const app = openApp();
  const headers = { host, origin: 'https://evil.example' };
  const ecs = await app.inject({ method: 'POST', url, headers });
  expect(ecs.json()).toEqual({
    __type: 'AccessDeniedException',
    message: expect.stringContaining('--cors-origin') as string,
  });
  const rest = await app.inject({ method: 'DELETE', url: '/api/v1/containers/web', headers });
  expect(rest.json()).toMatchObject({ code: 403, error: { code: 'FORBIDDEN' } });
});

test('behind a trusted proxy a page is compared with the name that the proxy was called by', async () => {
  const reach = { trustedProxies: ['10.0.0.1'], hostNames: ['longshore.example'] };
  const headers = {
    host: 'backend',
    origin: 'https://longshore.example',
    'x-forwarded-host': 'longshore.example',
  };
  expect(await ask(headers, { reach, remoteAddress: '10.0.0.1' })).toBe(200);
  expect(await ask(headers, { reach, remoteAddress: '10.0.0.2' })).toBe(403);
});

describe('a WebSocket', () => {
  const upgrade = { connection: 'upgrade', upgrade: 'websocket' };
  // There is no WebSocket on this path: whoever passes is told so, with 405.
  const open = (headers: Record<string, string>, options: AppOptions & { remoteAddress?: string } = {}) =>
    ask({ ...upgrade, ...headers }, { method: 'GET', ...options });

  test('of a page of another site is refused, CORS or not', async () => {
    expect(await open({ origin: 'https://evil.example' })).toBe(403);
    expect(await open({ origin: 'https://evil.example', 'x-api-key': 'k' })).toBe(403);
    expect(await open({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await open({ origin: `http://${host}` })).toBe(405);
    const reach = { corsOrigins: ['https://app.example'] };
    expect(await open({ origin: 'https://app.example' }, { reach })).toBe(405);
  });

  test('without Origin needs a credential, but on this machine with authentication off', async () => {
    const remoteAddress = '192.0.2.1';
    expect(await open({})).toBe(405);
    expect(await open({}, { remoteAddress })).toBe(403);
    expect(await open({ 'x-api-key': 'k' }, { remoteAddress })).toBe(405);
    expect(await open({}, { door: { mode: 'optional' } })).toBe(403);
    // It says who it is in its first message, or nothing is told to it.
    expect(await open({}, { remoteAddress, door: { mode: 'required' } })).toBe(401);
  });
});
