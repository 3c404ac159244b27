/** How long what a client sends may take: a body of any size as long as it gets on, everything else not for long. */
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/fixtures/core.ts';
import { openDoor } from '../../test/fixtures/door.ts';
import { nothingToCheck } from '../../test/fixtures/health.ts';
import { until } from '../../test/fixtures/processes.ts';
import type { ContainersCore } from '../core/containers/context.ts';
import { createLog } from '../telemetry/log.ts';
import { createServer, type Server } from './server.ts';

let test: TestCore;
let server: Server;
let sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await server?.close();
  await test?.dispose();
});

/** With an engine that answers with what it was sent. A request may take a tenth of a second; silence is by `clock`. */
async function serve(): Promise<URL> {
  test = await openTestCore();
  const load = async (archive: NodeJS.ReadableStream) => [await text(archive)];
  const host = { images: { load } } as unknown as ContainersCore['host'];
  server = createServer<null>({
    ecs: { core: null, handlers: {}, region: 'us-east-1' },
    door: openDoor,
    version: '1.2.3',
    log: createLog('silent'),
    health: nothingToCheck,
    logs: async () => Promise.reject(new Error('unused')),
    containers: { host, account: openDoor.unauthenticated.account } as unknown as ContainersCore,
    clock: test.clock,
    patience: { requestMs: 100, checkedEveryMs: 20, silentMs: 60_000, totalMs: 3_600_000 },
  });
  const [url] = await server.listen([{ host: '127.0.0.1', port: 0 }]);
  return new URL(url!);
}

interface Request {
  socket: Socket;
  /** All that came back so far. */
  told(): string;
}

function begin({ port }: URL, path: string, length: number): Request {
  const socket = connect(Number(port), '127.0.0.1');
  sockets.push(socket);
  let told = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (told += piece));
  socket.on('error', () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
  );
  return { socket, told: () => told };
}

/** Resolves when a request of another route, begun now, was cut: by then so would have been every earlier one. */
async function requestTime(url: URL): Promise<void> {
  const slow = begin(url, '/api/v1/containers', 10);
  await until('its end', () => slow.told().startsWith('HTTP/1.1 408 '));
}

it('takes a body that trickles far longer than a request may take', async () => {
  const url = await serve();
  const upload = begin(url, '/api/v1/images/load', 6);
  for (const piece of ['a', 'b', 'c', 'd', 'e']) {
    upload.socket.write(piece);
    await requestTime(url);
    test.clock.advance(40_000);
  }
  upload.socket.write('f');
  await until('the answer', () => upload.told().includes('"loaded":["abcdef"]'));
  expect(upload.told()).toMatch(/^HTTP\/1.1 200 /);
});

it('cuts one that has become silent, and says so', async () => {
  const url = await serve();
  const upload = begin(url, '/api/v1/images/load', 6);
  upload.socket.write('a');
  await requestTime(url);
  test.clock.advance(60_000);
  await requestTime(url);
  test.clock.advance(60_000);
  await until('the answer', () => upload.told().includes('}'));
  expect(upload.told()).toMatch(/^HTTP\/1.1 408 /);
  expect(upload.told()).toContain('nothing came for 60 s');
  await until('the end of the connection', () => upload.socket.destroyed);
});

it('cuts one that takes longer than any may', async () => {
  const url = await serve();
  const upload = begin(url, '/api/v1/images/load', 1000);
  for (let at = 0; at < 100 && !upload.told().includes('}'); at++) {
    upload.socket.write('a');
    await new Promise((resolve) => setImmediate(resolve));
    test.clock.advance(50_000);
  }
  await until('the answer', () => upload.told().includes('more than 3600 s'));
});

it('is as patient with the next request of a connection as with any', async () => {
  const url = await serve();
  const upload = begin(url, '/api/v1/images/load', 1);
  await requestTime(url);
  upload.socket.write('a');
  await until('the answer', () => upload.told().includes('"loaded":["a"]'));
  upload.socket.write(
    `POST /api/v1/containers HTTP/1.1\r\nHost: 127.0.0.1:${url.port}\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n`,
  );
  await until('the end', () => upload.told().includes('HTTP/1.1 408 '));
});

it('ends the work of one whose client goes half-way', async () => {
  const url = await serve();
  const upload = begin(url, '/api/v1/images/load', 6);
  upload.socket.write('a');
  await requestTime(url);
  upload.socket.destroy();
  // The server closes only when nothing is under way.
  await server.close();
});
