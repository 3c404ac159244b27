import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fastify } from 'fastify';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { localSocket, localSocketPath } from './local-socket.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'longshore-socket-'));
  return () => rmSync(directory, { recursive: true });
});

async function open(where = directory) {
  const socket = localSocket(where);
  const app = fastify();
  app.get('/', (request_, reply) => reply.send({ local: socket.is(request_) }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  await socket.listen(app);
  onTestFinished(async () => {
    await socket.close();
    await app.close();
  });
  return { socket, app };
}

async function get(socketPath: string): Promise<unknown> {
  const call = request({ socketPath, path: '/' }).end();
  const [response] = (await once(call, 'response')) as [AsyncIterable<Buffer>];
  let text = '';
  for await (const chunk of response) text += chunk.toString();
  return JSON.parse(text);
}

test('knows its own requests from those of the network', async () => {
  const { app } = await open();
  expect(await get(join(directory, 'control.sock'))).toEqual({ local: true });
  const { port } = app.server.address() as { port: number };
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(await response.json()).toEqual({ local: false });
  expect((await app.inject('/')).json()).toEqual({ local: false });
});

test('is for its owner only, also in a directory that others may enter', async () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  await open();
  expect(statSync(join(directory, 'control.sock')).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, 'keys')).mode & 0o777).toBe(0o700);
});

test('is gone after close', async () => {
  const { socket } = await open();
  await socket.close();
  expect(existsSync(join(directory, 'control.sock'))).toBe(false);
  expect(existsSync(join(directory, 'keys', 's'))).toBe(false);
});

test('a path that is too long leads to a short one, which goes with it', async () => {
  const long = join(directory, 'd'.repeat(90));
  mkdirSync(long);
  const { socket } = await open(long);
  const link = join(long, 'control.sock');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  const path = await localSocketPath(long);
  expect(path).toBe(readlinkSync(link));
  expect(await get(path)).toEqual({ local: true });
  expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
  await socket.close();
  expect([existsSync(dirname(path)), existsSync(link)]).toEqual([false, false]);
});

test('what a killed server left is replaced', async () => {
  const stale = createServer();
  const path = join(directory, 'control.sock');
  await new Promise<void>((resolve) => stale.listen(path, resolve));
  const { socket } = await open();
  expect(await get(path)).toEqual({ local: true });
  await socket.close();
  await new Promise((resolve) => stale.close(resolve));

  const left = mkdtempSync(join(tmpdir(), 'longshore-'));
  writeFileSync(join(left, 's'), '');
  symlinkSync(join(left, 's'), path);
  await open();
  expect(existsSync(left)).toBe(false);
  expect(await get(path)).toEqual({ local: true });
});
