import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect, createServer as createSocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { createServer } from './server.ts';
import type { Server, ServerOptions } from './server.ts';
import { nothingToCheck } from '../../test/fixtures/health.ts';
import { openDoor } from '../../test/fixtures/door.ts';

const free = { host: '127.0.0.1', port: 0 };

function server(options: Partial<ServerOptions<null>> = {}): Server {
  const made = createServer<null>({
    ecs: {
      core: null,
      handlers: { ListClusters: async () => ({ clusterArns: [] }) },
      region: 'us-east-1',
    },
    door: openDoor,
    version: '1.2.3',
    log: createLog('silent'),
    health: nothingToCheck,
    logs: async () => Promise.reject(new Error('unused')),
    ...options,
  });
  onTestFinished(() => made.close());
  return made;
}

function deferred() {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

/** Sends ListClusters over the agent's connection; resolves to the response's head. */
async function listClusters(url: string, agent: Agent): Promise<IncomingMessage> {
  const request = httpRequest(`${url}/v1/ListClusters`, { method: 'POST', agent });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response;
}

async function refused(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/[[\]]/g, ''));
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

describe('listening', () => {
  test('on several addresses serves the same on each', async () => {
    const loopbacks = Object.values(networkInterfaces()).flatMap(
      (each) => each?.filter((ip) => ip.internal) ?? [],
    );
    const addresses = [free, ...loopbacks.map((ip) => ({ host: ip.address, port: 0 }))];
    const urls = await server().listen(addresses);
    expect(new Set(urls).size).toBe(addresses.length);
    expect(addresses.length).toBeGreaterThan(1);
    for (const url of urls) {
      const response = await fetch(`${url}/v1/ListClusters`, { method: 'POST' });
      expect(await response.json()).toEqual({ clusterArns: [], nextToken: null });
    }
  });

  test.each([0, 1])('on a taken address (number %d) says which, and leaves none open', async (index) => {
    const other = createSocketServer().listen(free);
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const taken = { host: '127.0.0.1', port: (other.address() as AddressInfo).port };
    const made = server();
    const addresses = index === 0 ? [taken, free] : [free, taken];
    await expect(made.listen(addresses)).rejects.toThrow(
      `cannot listen on 127.0.0.1:${taken.port}: another program`,
    );
    expect(made.app.server.listening).toBe(false);
  });
});

describe('closing', () => {
  test.each([0, 1])(
    'finishes the request under way and drops idle connections (address %d)',
    async (index) => {
      const started = deferred();
      const finish = deferred();
      let calls = 0;
      const made = server({
        ecs: {
          core: null,
          handlers: {
            ListClusters: async () => {
              if (++calls === 2) {
                started.resolve();
                await finish.promise;
              }
              return { clusterArns: [] };
            },
          },
          region: 'us-east-1',
        },
      });
      const url = (await made.listen([free, free]))[index] ?? '';
      const idle = new Agent({ keepAlive: true });
      const busy = new Agent({ keepAlive: true });
      onTestFinished(() => (idle.destroy(), busy.destroy()));

      await once(await listClusters(url, idle), 'end');
      const underWay = listClusters(url, busy);
      await started.promise;
      let isClosed = false;
      const closed = made.close().then(() => (isClosed = true));
      await expect.poll(() => refused(url)).toBe(true);
      expect(isClosed).toBe(false);
      finish.resolve();

      const response = await underWay;
      expect(response.statusCode).toBe(200);
      await closed;
    },
  );

  test.each([0, 1])('does not wait for a connection that never sent anything (address %d)', async (index) => {
    const made = server();
    const url = new URL((await made.listen([free, free]))[index] ?? '');
    const accepted = once(made.app.server, 'connection');
    const silent = connect(Number(url.port), url.hostname);
    onTestFinished(() => void silent.destroy());
    await accepted;
    await made.close();
  });
});

describe('POST /_longshore/reset', () => {
  test('resets where it is on', async () => {
    let resets = 0;
    const { app } = server({ reset: async () => void resets++ });
    const response = await app.inject({ method: 'POST', url: '/_longshore/reset' });
    expect([response.statusCode, response.json(), resets]).toEqual([200, { reset: true }, 1]);
  });

  test('explains itself where it is off', async () => {
    const response = await server().app.inject({ method: 'POST', url: '/_longshore/reset' });
    expect(response.statusCode).toBe(404);
    expect(response.body).toContain('--reset');
  });

  test('that fails tells nothing but the request', async () => {
    const { app } = server({ reset: async () => Promise.reject(new Error('secret')) });
    const response = await app.inject({ method: 'POST', url: '/_longshore/reset' });
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('secret');
  });
});

test('an unknown route is a JSON 404 with a hint', async () => {
  const response = await server().app.inject('/api/v1/nothing');
  expect([response.statusCode, response.headers['content-type']]).toEqual([
    404,
    'application/json; charset=utf-8',
  ]);
  expect(response.json<{ message: string }>().message).toMatch(/GET \/api\/v1\/nothing.*POST \/v1/);
});

test('a body of 10 MB over a socket is answered with 413, and the server goes on', async () => {
  const [url = ''] = await server().listen([free]);
  for (let round = 0; round < 5; round++) expect(await statusAfterWriting(url, 10_000_000)).toBe(413);
  expect((await fetch(`${url}/v1/ListClusters`, { method: 'POST' })).status).toBe(200);
});

/** Reads nothing before all is written, as simple clients do. */
function statusAfterWriting(url: string, bytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', reject);
    const head = `POST /v1/ListClusters HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: ${bytes}\r\n\r\n`;
    socket.pause();
    socket.write(head);
    socket.write(Buffer.alloc(bytes), () => {
      socket.once('data', (answer: Buffer) => {
        resolve(Number(/^HTTP\/1.1 (\d+)/.exec(answer.toString())?.[1]));
        socket.destroy();
      });
      socket.resume();
    });
  });
}

describe('a browser', () => {
  const post = (headers: Record<string, string>) =>
    server().app.inject({
      method: 'POST',
      url: '/v1/ListClusters',
      headers: { host: '127.0.0.1:8080', ...headers },
    });

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:9999', 'nonsense'])(
    'on a page of %s may change nothing',
    async (origin) => {
      expect((await post({ origin })).statusCode).toBe(403);
    },
  );

  test.each(['127.0.0.1:8080', '[::1]:8080', '192.0.2.7', 'localhost:8080', 'ecs.localhost'])(
    'on a page of this server, called %s, may',
    async (host) => {
      expect((await post({ origin: `http://${host}`, host })).statusCode).toBe(200);
    },
  );

  test('on a page whose name was pointed at this server afterwards may not', async () => {
    const answer = await post({ origin: 'http://rebound.example:8080', host: 'rebound.example:8080' });
    expect([answer.statusCode, answer.body]).toEqual([421, expect.stringContaining('IP address')]);
  });
});
