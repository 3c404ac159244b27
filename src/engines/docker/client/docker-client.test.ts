import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectDocker } from './docker-client.ts';

/** Answers as Podman 4.3 does while a container goes: no real one can be made to at a chosen moment. */
let directory: string;
let engine: Server;
const answers: { status: number; body: unknown }[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ls-client-'));
  engine = createServer((request, response) => {
    const ping = request.url?.endsWith('/_ping');
    const { status, body } = ping ? { status: 200, body: 'OK' } : answers.shift()!;
    response.writeHead(status, { 'Api-Version': '1.41', 'Libpod-API-Version': '4.3.1' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => engine.listen(join(directory, 'sock'), resolve));
});

afterEach(async () => {
  answers.length = 0;
  await new Promise((resolve) => engine.close(resolve));
  await rm(directory, { recursive: true });
});

const gone = { status: 500, body: { message: 'container 12 does not exist in database: no such container' } };

it('takes a container that goes while it is asked for as gone', async () => {
  const client = await connectDocker(`unix://${join(directory, 'sock')}`);
  answers.push(gone);
  expect(await client.inspectContainer('12')).toBeUndefined();
  client.close();
});

it('tells whether the engine answers', async () => {
  const client = await connectDocker(`unix://${join(directory, 'sock')}`);
  await client.ping();
  await new Promise<void>((resolve) => {
    engine.close(() => resolve());
    engine.closeAllConnections();
  });
  await expect(client.ping()).rejects.toMatchObject({ code: 'EngineUnavailable' });
  client.close();
});

it('lists once more when a container went while they were listed', async () => {
  const client = await connectDocker(`unix://${join(directory, 'sock')}`);
  answers.push(gone, { status: 200, body: [] });
  expect(await client.listContainers({})).toEqual([]);
  answers.push({ status: 500, body: { message: 'disk full' } });
  await expect(client.listContainers({})).rejects.toThrow('disk full');
  client.close();
});

it('removes a container once what it had mounted was let go of', async () => {
  const client = await connectDocker(`unix://${join(directory, 'sock')}`);
  const busy = { status: 500, body: { message: 'unlinkat /s/12/userdata/shm: device or resource busy' } };
  answers.push(busy, busy, gone);
  await client.removeContainer('12');
  answers.push({ status: 500, body: { message: 'disk full' } });
  await expect(client.removeContainer('12')).rejects.toThrow('disk full');
  expect(answers).toEqual([]);
  client.close();
});
