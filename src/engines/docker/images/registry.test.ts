import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainRegistries } from './plain-registries.ts';
import { RegistryConnection } from './registry-connection.ts';
import { RegistryClient } from './registry.ts';
import { retryAfterMs } from './waits.ts';

const manifest = Buffer.from('{"schemaVersion":2,"config":{"digest":"sha256:' + 'c'.repeat(64) + '"}}');
const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
const credentials = { username: 'ann', password: 'secret' };
const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

interface Seen {
  method: string;
  url: string;
  authorization: string | undefined;
}

let client: RegistryClient;
const servers: Server[] = [];
beforeEach(() => {
  client = new RegistryClient(plainRegistries([]));
});
afterEach(() => {
  client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server on a port of its own, and what it was asked. */
async function serve(answer: RequestListener): Promise<{ host: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, authorization: headers.authorization });
    answer(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const referenceAt = (registry: string) => ({ registry, repository: 'app', tag: '1' });
const isAllowed = ({ headers }: IncomingMessage, wanted: string) => headers.authorization === wanted;

it('gets a token with the credentials, and shows the registry only the token', async () => {
  const tokens = await serve((_, response) => response.end('{"token":"t1"}'));
  const registry = await serve((request, response) => {
    if (isAllowed(request, 'Bearer t1')) return response.setHeader('docker-content-digest', digest).end();
    const realm = `Bearer realm="http://${tokens.host}/token",service="s",scope="repository:app:pull"`;
    return response.writeHead(401, { 'www-authenticate': realm }).end();
  });
  for (let time = 0; time < 2; time++) {
    const answer = await client.digest(referenceAt(registry.host), { credentials });
    expect(answer).toEqual({ kind: 'digest', digest });
  }
  expect(tokens.seen).toEqual([
    { method: 'GET', url: '/token?service=s&scope=repository%3Aapp%3Apull', authorization: basic },
  ]);
  expect(registry.seen.map(({ authorization }) => authorization)).toEqual([
    undefined,
    'Bearer t1',
    'Bearer t1',
  ]);
});

it('shows no other server the credentials that a registry sends on to', async () => {
  const elsewhere = await serve((request, response) => {
    if (request.url === '/token') return response.end('{"token":"anonymous"}');
    if (isAllowed(request, 'Bearer anonymous')) {
      return response.setHeader('docker-content-digest', digest).end();
    }
    const realm = `http://${request.headers.host}/token`;
    return response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
  });
  const registry = await serve((request, response) => {
    if (!isAllowed(request, basic)) return response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    return response.writeHead(307, { location: `http://${elsewhere.host}${request.url}` }).end();
  });
  expect(await client.digest(referenceAt(registry.host), { credentials })).toEqual({
    kind: 'refused',
    reason: `${registry.host} answered 401`,
  });
  expect(elsewhere.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  const open = await serve((request, response) =>
    response.writeHead(307, { location: `http://${elsewhere.host}${request.url}` }).end(),
  );
  expect(await client.digest(referenceAt(open.host), { credentials })).toEqual({ kind: 'digest', digest });
  for (const { authorization } of elsewhere.seen)
    expect([undefined, 'Bearer anonymous']).toContain(authorization);
});

it('asks whole where the head says nothing, and makes the digest itself', async () => {
  const registry = await serve((request, response) => {
    if (request.method === 'HEAD') return response.writeHead(405).end();
    return response.end(manifest);
  });
  const reference = referenceAt(registry.host);
  expect(await client.digest(reference, {})).toEqual({ kind: 'digest', digest });
  expect(await client.manifest(reference, digest, {})).toEqual({
    kind: 'manifest',
    manifest: { kind: 'image', config: `sha256:${'c'.repeat(64)}` },
  });
  expect(await client.manifest(reference, `sha256:${'0'.repeat(64)}`, {})).toMatchObject({
    kind: 'unreachable',
    reason: expect.stringContaining('another manifest') as string,
  });
});

it('leaves a registry alone that asks for it, as long as it says', async () => {
  const registry = await serve((_, response) => response.writeHead(429, { 'retry-after': '120' }).end());
  const before = Date.now();
  for (let time = 0; time < 3; time++) {
    const answer = await client.digest(referenceAt(registry.host), { credentials });
    expect(answer).toMatchObject({ kind: 'throttled' });
    const { until } = answer as { until: number };
    expect(until - before).toBeGreaterThanOrEqual(120_000);
  }
  expect(registry.seen).toHaveLength(1);
  expect(retryAfterMs('Fri, 01 Jan 2027 00:00:10 GMT', Date.UTC(2027, 0, 1))).toBe(10_000);
  expect(retryAfterMs('soon', 0)).toBeUndefined();
});

describe('a check of credentials', () => {
  const closed = () =>
    serve((request, response) => {
      if (isAllowed(request, basic)) return response.end('{}');
      return response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });

  it('tells those that are taken from those that are not', async () => {
    const { host } = await closed();
    expect(await client.check(host, { credentials })).toMatchObject({ status: 'ok' });
    const wrong = await client.check(host, { credentials: { ...credentials, password: 'guess-it' } });
    expect(wrong).toMatchObject({ status: 'refused' });
    expect(JSON.stringify(wrong)).not.toContain('guess-it');
  });

  it('says where they could not be tried', async () => {
    const { host } = await serve((_, response) => response.end('{}'));
    expect(await client.check(host, { credentials })).toMatchObject({ status: 'open' });
    expect(await client.check('127.0.0.1:1', { credentials })).toMatchObject({ status: 'unreachable' });
  });
});

describe('a server on the way', () => {
  const connection = new RegistryConnection(plainRegistries(['listed.example']));
  const from = new URL('https://registry.example/v2/');
  const send = (to: string) => connection.send({ method: 'GET', url: new URL(to), headers: {}, from });

  it.each([
    'http://127.0.0.1:1/token',
    'https://localhost/token',
    'https://[::1]/token',
    'https://0.0.0.0/token',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:127.0.0.1]/token',
    'https://2130706433/token',
    'http://elsewhere.example/token',
    'file:///etc/passwd',
  ])('is never %s', async (to) => {
    await expect((async () => send(to))()).rejects.toThrow('may not');
  });
});
