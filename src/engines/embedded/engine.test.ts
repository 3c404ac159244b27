import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { ContainerSpec, Engine, EngineEvent, TaskSpec } from '../../core/ports/engine.ts';
import type { HostContainerSpec } from '../../core/ports/host-container-spec.ts';
import { plainContainer } from '../conformance/plain-container.ts';
import { connectDocker } from '../docker/client/docker-client.ts';
import { createEmbeddedEngine } from './engine.ts';
import { findProcesses } from './processes.ts';

const run = promisify(execFile);
const image = 'localhost/box:latest';
const owner = `e${Math.random().toString(36).slice(2, 7).padEnd(5, '0')}`;

let directory = '';
let engine: Engine;
let events: EngineEvent[] = [];
let watching = new AbortController();

async function open(): Promise<void> {
  const silent = () => undefined;
  engine = await createEmbeddedEngine({
    owner,
    dataDir: directory,
    runDirectory: join(directory, 'run'),
    publishAddress: '127.0.0.1',
    insecureRegistries: [],
    registryMirrors: [],
    poolSize: 2,
    log: { debug: silent, info: silent, warn: silent },
  });
  events = [];
  watching = new AbortController();
  const stream = engine.watch(watching.signal);
  void (async () => {
    for await (const event of stream) events.push(event);
  })();
}

async function close(): Promise<void> {
  watching.abort();
  await engine.close();
}

const container = (command: string, extra: Partial<ContainerSpec> = {}): ContainerSpec => ({
  ...plainContainer,
  image,
  command: ['sh', '-c', command],
  stopTimeoutSeconds: 1,
  ...extra,
});

let count = 0;
async function start(
  command: string,
  extra: Partial<ContainerSpec> = {},
  task: Partial<TaskSpec> = {},
): Promise<string> {
  const name = `task${++count}`;
  const id = `arn:aws:ecs:us-east-1:000000000000:task/default/${name}`;
  const containers = [container(command, extra)];
  await engine.startTask({ id, name, networkMode: 'awsvpc', ports: [], labels: {}, containers, ...task });
  return id;
}

const exitOf = (id: string) =>
  vi.waitFor(() => {
    const exit = events.find((event) => event.type === 'exited' && event.taskId === id);
    expect(exit).toBeDefined();
    return exit;
  });

async function output(id: string, follow = false): Promise<string[]> {
  const lines: string[] = [];
  for await (const { message } of engine.logs(id, 'app', { follow })) lines.push(message);
  return lines;
}

const containers = () => engine.host!.containers;

/** Starts a container of no task, and answers its id. */
async function runSingle(script: string, changes: Partial<HostContainerSpec> = {}): Promise<string> {
  const { id } = await containers().create({ image, command: ['sh', '-c', script], ...changes });
  await containers().start(id);
  return id;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const untilSingle = (id: string, expected: object) =>
  vi.waitFor(async () => expect(await containers().inspect(id)).toMatchObject(expected), {
    timeout: 20_000,
    interval: 20,
  });

async function killPodman(): Promise<void> {
  const [podman] = await findProcesses(
    (argv) => argv.includes('service') && argv.at(-1)?.includes(directory) === true,
  );
  process.kill(podman?.pid as number, 'SIGKILL');
}

const traces = () => findProcesses((argv) => argv.some((arg) => arg.includes(directory)));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ls-'));
  const root = join(directory, 'image');
  await mkdir(join(root, 'bin'), { recursive: true });
  await cp('/bin/busybox', join(root, 'bin/busybox'));
  for (const applet of ['sh', 'sleep', 'nc', 'cat', 'ulimit', 'id']) {
    await run('ln', ['-s', 'busybox', join(root, 'bin', applet)]);
  }
  await open();
  const client = await connectDocker(`unix://${join(directory, 'run/podman.sock')}`);
  const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await client.importImage(tar.stdout, 'localhost/box', 'latest');
  client.close();
  await close();
});

beforeEach(open);

afterEach(async () => {
  for (const { id } of await engine.list()) await engine.removeTask(id);
  for (const { id } of (await containers().list()).items) await containers().remove(id, { force: true });
  await close();
  expect(await traces()).toEqual([]);
  expect(existsSync(join(directory, 'run'))).toBe(false);
  const [links, rules, mounts, cgroups] = await Promise.all([
    run('ip', ['-brief', 'link']),
    run('nft', ['list', 'tables']),
    readFile('/proc/self/mountinfo', 'utf8'),
    run('find', ['/sys/fs/cgroup', '-ignore_readdir_race', '-maxdepth', '2']),
  ]);
  expect(`${links.stdout}${rules.stdout}${mounts}${cgroups.stdout}`).not.toContain(owner);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

it('says what it is', () => {
  expect(engine.info()).toMatchObject({ name: 'embedded', simulated: false, taskNetwork: 'own' });
});

it('tells exits and ends a followed log with them', async () => {
  const id = await start('echo first; sleep 0.2; echo last; exit 3');
  expect(await output(id, true)).toEqual(['first', 'last']);
  expect(await exitOf(id)).toMatchObject({ container: 'app', exitCode: 3, oomKilled: false });
});

it('publishes a port', async () => {
  const ports = [{ containerPort: 80, hostPort: 0, protocol: 'tcp' as const, container: 'app' }];
  const id = await start(`while true; do echo hello | nc -l -p 80; done`, {}, { ports });
  const task = await engine.inspect(id);
  const [binding] = task?.bindings ?? [];
  await vi.waitFor(async () => {
    const { stdout } = await run('busybox', ['nc', '-w', '1', '127.0.0.1', String(binding?.hostPort)]);
    expect(stdout).toBe('hello\n');
  });
});

it('tells a kill for lack of memory', async () => {
  const id = await start('a=x; while true; do a=$a$a; done', { memoryMiB: 16 });
  expect(await exitOf(id)).toMatchObject({ exitCode: 137, oomKilled: true });
  expect((await engine.inspect(id))?.containers[0]).toMatchObject({ state: 'exited', oomKilled: true });
  // conmon leaves a file of this name where it was started.
  expect(['/oom', 'oom'].filter((path) => existsSync(path))).toEqual([]);
});

it('finds again what ran and what ended while it was away', async () => {
  const running = await start('echo still here; sleep 1000');
  const ending = await start('while [ ! -e /go ]; do sleep 0.02; done; echo last words; exit 9');
  const hungry = await start('while [ ! -e /go ]; do sleep 0.02; done; a=x; while true; do a=$a$a; done', {
    memoryMiB: 16,
  });
  const before = await engine.inspect(running);
  const shells = await findProcesses((argv) => argv.join(' ').includes('! -e /go'));
  const roots = shells.map(({ pid }) => `/proc/${pid}/root/go`);
  await close();
  await run('touch', roots);
  // conmon ends with its container; the running one's is left.
  await vi.waitFor(async () => expect(await traces()).toHaveLength(1), { timeout: 25_000 });
  await open();
  expect(await engine.inspect(running)).toEqual(before);
  expect((await engine.inspect(ending))?.containers[0]).toMatchObject({ state: 'exited', exitCode: 9 });
  expect((await engine.inspect(hungry))?.containers[0]).toMatchObject({ exitCode: 137, oomKilled: true });
  expect(await output(ending)).toEqual(['last words']);
  expect(await output(running)).toEqual(['still here']);
  await engine.stopTask(running);
  expect(await exitOf(running)).toMatchObject({ exitCode: 137 });
});

it('tells exits also while Podman is dead, and goes on when it is back', async () => {
  const id = await start('while [ ! -e /go ]; do sleep 0.02; done; exit 4');
  // The runtime may yet have to make the shell of itself.
  const shell = await vi.waitFor(async () => {
    const [found] = await findProcesses((argv) => argv.join(' ').startsWith('sh -c while [ ! -e /go'));
    expect(found).toBeDefined();
    return found;
  });
  await killPodman();
  await run('touch', [`/proc/${shell?.pid}/root/go`]);
  expect(await exitOf(id)).toMatchObject({ exitCode: 4 });
  await vi.waitFor(() => expect(events).toContainEqual({ type: 'health', available: true }), {
    timeout: 10_000,
  });
  expect(events).toContainEqual({ type: 'resync' });
  const next = await start('exit 5');
  expect(await exitOf(next)).toMatchObject({ exitCode: 5 });
});

it('gives the rights and limits that Docker gives', async () => {
  const id = await start(
    'id -u; cat /proc/sys/net/ipv4/ip_unprivileged_port_start; grep -c . /proc/1/cgroup > /dev/null; cat /proc/self/status',
    {
      user: '1234',
    },
  );
  await exitOf(id);
  const lines = await output(id);
  expect(lines.slice(0, 2)).toEqual(['1234', '0']);
  // What a process could get at most: Docker's fourteen capabilities, seccomp in filter mode.
  expect(lines).toContain('CapBnd:\t00000000a80425fb');
  expect(lines).toContain('Seccomp:\t2');
});

it('starts a container again though it was changed, or Podman died, while it waited to be', async () => {
  const id = await runSingle('exit 1', { restartPolicy: { name: 'always' } });
  await untilSingle(id, { state: 'restarting', restartCount: 4 });
  await containers().update(id, { restartPolicy: { name: 'on-failure' } });
  await untilSingle(id, { restartCount: 5 });
  await containers().stop(id, { timeoutSeconds: 0 });
  await containers().start(id);
  await untilSingle(id, { state: 'restarting', restartCount: 3 });
  await killPodman();
  await untilSingle(id, { restartCount: 5 });
});

it('counts a start that was to come when the server ended as one', async () => {
  const id = await runSingle('echo run; exit 1', {
    restartPolicy: { name: 'on-failure', maximumRetries: 4 },
  });
  await untilSingle(id, { state: 'restarting', restartCount: 4 });
  await close();
  await open();
  const runs = async () => {
    const lines: string[] = [];
    for await (const batch of containers().logs(id)) lines.push(...batch.map(({ message }) => message));
    return lines.length;
  };
  await vi.waitFor(async () => expect(await runs()).toBe(5), { timeout: 20_000 });
  await untilSingle(id, { state: 'exited', restartCount: 4 });
  expect(await runs()).toBe(5);
});

it('starts by hand what had ended by itself before the server', async () => {
  const id = await runSingle('exit 0');
  await untilSingle(id, { state: 'exited' });
  await close();
  await open();
  const before = (await containers().inspect(id)).startedAt;
  await containers().start(id);
  await untilSingle(id, { state: 'exited', exitCode: 0, error: '' });
  expect((await containers().inspect(id)).startedAt).not.toBe(before);
});

it('takes the network of a container away that had ended before the server', async () => {
  const hostPort = await freePort();
  const id = await runSingle('exit 0', { ports: [{ containerPort: 80, hostPort, protocol: 'tcp' }] });
  await untilSingle(id, { state: 'exited' });
  const client = await connectDocker(`unix://${join(directory, 'run/podman.sock')}`);
  const { NetworkSettings } = (await client.inspectContainer(id)) as unknown as {
    NetworkSettings: { SandboxKey: string };
  };
  client.close();
  expect(existsSync(NetworkSettings.SandboxKey)).toBe(true);
  const ruleset = async () => (await run('nft', ['list', 'ruleset'])).stdout;
  expect(await ruleset()).toContain(`dport ${hostPort}`);
  await close();
  await open();
  await containers().remove(id);
  expect(existsSync(NetworkSettings.SandboxKey)).toBe(false);
  expect(await ruleset()).not.toContain(`dport ${hostPort}`);
});

it('leaves a container that has ended as it is when it is to be always started from now on', async () => {
  const id = await runSingle('exit 1');
  await untilSingle(id, { state: 'exited' });
  await containers().update(id, { restartPolicy: { name: 'always' } });
  const marker = await runSingle('exit 1', { restartPolicy: { name: 'on-failure', maximumRetries: 1 } });
  await untilSingle(marker, { state: 'exited', restartCount: 1 });
  expect(await containers().inspect(id)).toMatchObject({ state: 'exited', restartCount: 0 });
  await containers().start(id);
  await untilSingle(id, { restartCount: 1 });
});

it('ends with a health check all that it has started, and keeps nothing of it in Podman', async () => {
  const healthCheck = { test: ['CMD-SHELL', 'sleep 4321; true'], intervalSeconds: 1, timeoutSeconds: 1 };
  const id = await runSingle('exec sleep 1000', { healthCheck });
  await vi.waitFor(
    async () => expect((await containers().inspect(id)).healthLog?.checks.length).toBeGreaterThan(2),
    { timeout: 30_000 },
  );
  const checks = await findProcesses((argv) => argv.join(' ') === 'sleep 4321');
  expect(checks.length).toBeLessThanOrEqual(1);
  const client = await connectDocker(`unix://${join(directory, 'run/podman.sock')}`);
  const { ExecIDs } = (await client.inspectContainer(id)) as unknown as { ExecIDs: string[] | null };
  client.close();
  expect(ExecIDs ?? []).toEqual([]);
});
