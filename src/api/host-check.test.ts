import { once } from 'node:events';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { openApp, type AppOptions } from '../../test/fixtures/app.ts';

const get = (host: string, options: AppOptions = {}, headers = {}, remoteAddress = '127.0.0.1') =>
  openApp(options).inject({ url: '/probe', headers: { host, ...headers }, remoteAddress });

test.each([
  '127.0.0.1',
  '127.0.0.1:8080',
  '192.0.2.7:80',
  '[::1]',
  '[2001:db8::1]:8080',
  'localhost:8080',
  'LocalHost',
  'localhost.',
  'ecs.localhost:8080',
  'host.docker.internal:8080',
  'longshore',
  'long_shore:8000',
  hostname(),
])('%s is a name of this server', async (host) => {
  expect((await get(host)).statusCode).toBe(200);
});

test.each([
  'rebound.example',
  'rebound.example:8080',
  '127.0.0.1.rebound.example',
  'localhost.rebound.example',
  'notlocalhost.com',
  'internal.example.com',
  'evil.localhost.example.',
])('%s is not, which is told together with the flag to change it', async (host) => {
  const answer = await get(host);
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([421, 'MisdirectedRequest']);
  expect(answer.json<{ message: string }>().message).toContain('--allowed-host');
});

test('is checked before a credential is asked for, and told in the shape of the ECS API there', async () => {
  const app = openApp({ door: { mode: 'required' } });
  const answer = await app.inject({ method: 'POST', url: '/', headers: { host: 'rebound.example' } });
  expect([answer.statusCode, answer.json<{ __type: string }>().__type]).toEqual([
    421,
    'MisdirectedRequestException',
  ]);
});

test('configured names are names of it, whatever their case', async () => {
  const reach = { hostNames: ['Longshore.Example'] };
  expect((await get('longshore.example:443', { reach })).statusCode).toBe(200);
  expect((await get('x.longshore.example', { reach })).statusCode).toBe(421);
});

test('X-Forwarded-Host counts from a trusted proxy only', async () => {
  const reach = { trustedProxies: ['10.0.0.0/8'], hostNames: ['longshore.example'] };
  const forwarded = { 'x-forwarded-host': 'longshore.example' };
  expect((await get('rebound.example', { reach }, forwarded, '192.0.2.1')).statusCode).toBe(421);
  expect((await get('rebound.example', { reach }, forwarded, '10.0.0.1')).statusCode).toBe(200);
  const other = { 'x-forwarded-host': 'rebound.example' };
  expect((await get('10.0.0.2', { reach }, other, '10.0.0.1')).statusCode).toBe(421);
  expect((await get('rebound.example', {}, { 'x-forwarded-host': 'localhost' })).statusCode).toBe(421);
});

test.each(['a b', 'a/b', '[::1', 'user@localhost', 'localhost:port', 'localhost:8080:9', 'lo\u00e4l'])(
  '%s is no name at all',
  async (host) => {
    expect((await get(host)).statusCode).toBe(400);
  },
);

test.each([
  ['missing', 'GET /probe HTTP/1.0\r\n\r\n'],
  ['empty', 'GET /probe HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'],
  [
    'given twice',
    'GET /probe HTTP/1.1\r\nHost: localhost\r\nhost: rebound.example\r\nConnection: close\r\n\r\n',
  ],
  [
    'given twice alike',
    'GET /probe HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  ],
])('a Host that is %s is a bad request', async (_, bytes) => {
  const app = openApp();
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  onTestFinished(() => void socket.destroy());
  socket.end(bytes);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('"code":"InvalidHost"');
});
