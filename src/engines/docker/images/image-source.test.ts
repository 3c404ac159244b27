import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, createServer as createProxy, type AddressInfo, type Socket } from 'node:net';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { startDockerd, type TestEngine } from '../../../../test/fixtures/dockerd.ts';
import { pushImage } from '../../../../test/fixtures/image.ts';
import { startRegistry, type Registry } from '../../../../test/fixtures/registry.ts';
import { connectDocker, type DockerClient } from '../client/docker-client.ts';
import { DockerImages } from '../host/images.ts';
import { ImageSource } from './image-source.ts';
import { ImageUpdates } from './image-updates.ts';
import { RegistryLookup } from './registry-lookup.ts';

let daemon: TestEngine;
let client: DockerClient;
let directory: string;
let closed: Registry;
const open: { close(): void }[] = [];
const warnings: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'longshore-images-'));
  daemon = await startDockerd();
  client = await connectDocker(daemon.address);
  closed = await startRegistry({ authenticated: true });
  await pushImage(closed, 'private:1');
}, 90_000);
afterEach(async () => {
  for (const source of open.splice(0)) source.close();
  warnings.length = 0;
  await rm(join(directory, 'config.json'), { force: true });
});
afterAll(async () => {
  client?.close();
  await daemon?.stop();
  await closed?.stop();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

const source = (registryMirrors: string[] = [], engine = client): ImageSource =>
  partsOf(registryMirrors, engine).source;

function partsOf(registryMirrors: string[], engine: DockerClient) {
  const log = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message) };
  const architecture = arch() === 'arm64' ? 'arm64' : 'amd64';
  const lookup = new RegistryLookup({
    ...{ registryMirrors, insecureRegistries: [], credentialsDirectory: directory, log },
  });
  const made = new ImageSource({ client: engine, architecture, lookup, log });
  open.push(made);
  return { client: engine, source: made, lookup, architecture };
}

const storeConfig = (config: object) => writeFile(join(directory, 'config.json'), JSON.stringify(config));

it('says how to log in where a registry asks for credentials', async () => {
  const reference = `${closed.host}/private:1`;
  await expect(source().ensure(reference)).rejects.toMatchObject({
    code: 'CannotPullContainerError',
    message: expect.stringContaining(`docker login ${closed.host}`) as string,
  });
});

it("takes credentials from Docker's config.json, from a helper, and from the caller", async () => {
  const { username, password } = closed.credentials!;
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  await storeConfig({ auths: { [closed.host]: { auth } } });
  expect(await source().ensure(`${closed.host}/private:1`)).toMatchObject({ pulled: true });
  expect(await source().ensure(`${closed.host}/private:1`)).toMatchObject({ pulled: false });
  expect(warnings).toEqual([]);

  await pushImage(closed, 'helped:1', { files: { '/h': 'h' } });
  const helper = join(directory, 'docker-credential-longshoretest');
  const answer = JSON.stringify({ Username: username, Secret: password });
  await writeFile(helper, `#!/bin/sh\n[ "$(cat)" = "${closed.host}" ] && echo '${answer}'\n`);
  await chmod(helper, 0o755);
  await storeConfig({ credHelpers: { [closed.host]: 'longshoretest' } });
  const path = process.env['PATH'];
  process.env['PATH'] = `${directory}:${path}`;
  try {
    expect(await source().ensure(`${closed.host}/helped:1`)).toMatchObject({ pulled: true });
  } finally {
    process.env['PATH'] = path;
  }

  await storeConfig({});
  await pushImage(closed, 'given:1', { files: { '/g': 'g' } });
  const given = source().ensure(`${closed.host}/given:1`, {
    credentials: (registry) => Promise.resolve(registry === closed.host ? { username, password } : undefined),
  });
  expect(await given).toMatchObject({ pulled: true });
});

it('asks once where many ask at once, and uses what is there when the registry is gone', async () => {
  const registry = await startRegistry();
  try {
    const { reference, digest } = await pushImage(registry, 'cached:1', { files: { '/c': 'c' } });
    const images = source();
    const all = await Promise.all([1, 2, 3].map(() => images.ensure(reference)));
    expect(all).toEqual([all[0], all[0], all[0]]);
    expect(all[0]).toMatchObject({ pulled: true, digest });
    await registry.stop();
    expect(await images.ensure(reference)).toMatchObject({ pulled: false, digest });
    expect(warnings).toHaveLength(1);
  } finally {
    await registry.stop();
  }
});

/** A registry that has a newer image than it gives: `get` answers whoever asks for its manifest. */
async function strangeRegistry(port: number, get: RequestListener): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url?.includes('/manifests/')) return get(request, response);
    if (request.method === 'HEAD') {
      response.setHeader('docker-content-digest', `sha256:${'1'.repeat(64)}`);
      response.setHeader('content-length', 500);
    }
    response.setHeader('content-type', 'application/vnd.oci.image.manifest.v1+json');
    response.end();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** The engine by way of a socket that shows the connections of pulls. */
async function watchedPulls(): Promise<{ pulls: Socket[]; watched: DockerClient; stop: () => void }> {
  const pulls: Socket[] = [];
  const path = join(directory, 'watched.sock');
  const server = createProxy((socket) => {
    const engine = connect(daemon.address.replace('unix://', ''));
    socket.once('data', (head: Buffer) => {
      if (head.includes('/images/create')) pulls.push(socket);
    });
    for (const end of [socket, engine]) end.on('error', () => undefined);
    socket.pipe(engine).pipe(socket);
    socket.on('close', () => engine.destroy());
  }).listen(path);
  await once(server, 'listening');
  const watched = await connectDocker(`unix://${path}`);
  const stop = () => {
    watched.close();
    server.close();
  };
  return { pulls, watched, stop };
}

it('ends a pull that nobody waits for any more, and only then', async () => {
  const { pulls, watched, stop } = await watchedPulls();
  const server = await strangeRegistry(0, () => undefined);
  try {
    const reference = `127.0.0.1:${String((server.address() as AddressInfo).port)}/slow:1`;
    const images = source([], watched);
    const ended = (signal?: AbortSignal) => images.ensure(reference, { signal }).catch(() => 'ended');
    const [first, second] = [new AbortController(), new AbortController()];
    const [one, two] = [ended(first.signal), ended(second.signal)];
    await vi.waitFor(() => expect(pulls).toHaveLength(1), { timeout: 10_000 });
    first.abort();
    expect(await one).toBe('ended');
    expect(pulls[0]!.destroyed).toBe(false);
    second.abort();
    expect(await two).toBe('ended');
    await vi.waitFor(() => expect(pulls[0]!.destroyed).toBe(true));

    const three = ended();
    await vi.waitFor(() => expect(pulls).toHaveLength(2), { timeout: 10_000 });
    images.close();
    expect(await three).toBe('ended');
    await vi.waitFor(() => expect(pulls[1]!.destroyed).toBe(true));
  } finally {
    server.closeAllConnections();
    server.close();
    stop();
  }
});

it('uses what is there when the newer image cannot be had', async () => {
  const registry = await startRegistry();
  const { reference, digest } = await pushImage(registry, 'kept:1', { files: { '/k': 'k' } });
  const images = source();
  await images.ensure(reference);
  await registry.stop();
  const server = await strangeRegistry(Number(registry.host.split(':')[1]), (_, response) => {
    response.statusCode = 404;
    response.end();
  });
  try {
    expect(await images.ensure(reference)).toMatchObject({ pulled: false, digest });
    expect(warnings).toHaveLength(1);
  } finally {
    server.close();
  }
});

it('asks a mirror before Docker Hub, and keeps the name', async () => {
  const mirror = await startRegistry();
  try {
    await pushImage(mirror, 'library/mirrored:1', { files: { '/m': 'm' } });
    const parts = partsOf([`http://${mirror.host}`], client);
    const images = new DockerImages({ ...parts, updates: new ImageUpdates(parts) });
    expect(await parts.source.ensure('mirrored:1')).toMatchObject({ pulled: true });
    expect(await parts.source.ensure('mirrored:1')).toMatchObject({ pulled: false });
    const found = await client.inspectImage('mirrored:1');
    expect(found?.RepoTags).toEqual(['mirrored:1']);
    expect(await images.checkUpdate('mirrored:1')).toMatchObject({ status: 'up_to_date' });
    const { digest } = await pushImage(mirror, 'library/mirrored:1', { files: { '/m': 'new' } });
    expect(await images.checkUpdate('mirrored:1', { refresh: true })).toMatchObject({
      status: 'update_available',
      latest: digest,
    });
    await images.remove('mirrored:1');
    expect(await client.inspectImage(found!.Id)).toBeUndefined();
  } finally {
    await mirror.stop();
  }
});
