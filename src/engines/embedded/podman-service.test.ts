import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectDocker } from '../docker/client/docker-client.ts';
import type { DockerClient } from '../docker/client/docker-client.ts';
import type { CreateContainer } from '../docker/client/types.ts';
import type { ContainerExit } from '../docker/exit-source.ts';
import { readCgroupLayout } from '../../linux/cgroup-layout.ts';
import { ExitWatcher } from './exit-watcher.ts';
import { bundleOf, locationsOf } from './locations.ts';
import { wasKilledForMemory } from './memory-kills.ts';
import { findConmons } from './half-started.ts';
import { openPodmanService } from './podman-service.ts';
import type { PodmanService, PodmanServiceOptions } from './podman-service.ts';
import { findProcesses } from './processes.ts';

const run = promisify(execFile);
const image = 'localhost/box:latest';
const idle = { Image: image, Cmd: ['sleep', '1000'], HostConfig: { NetworkMode: 'none' } };

/** The data directory is shared, for an image that is imported once; what runs is each test's own. */
let directory = '';
let opened: PodmanService[] = [];
let client: DockerClient;

const options = async (): Promise<PodmanServiceOptions> => ({
  locations: locationsOf(join(directory, 'data'), join(directory, 'run')),
  storageDriver: 'overlay',
  layout: await readCgroupLayout(),
  registries: { insecure: [], mirrors: [] },
});

async function open(extra: Partial<PodmanServiceOptions> = {}): Promise<PodmanService> {
  const service = await openPodmanService({ ...(await options()), ...extra });
  opened.push(service);
  return service;
}

/** What is left of a server after kill -9: its Podman. Answers with its pid. */
async function crash(): Promise<number | undefined> {
  const service = opened.pop();
  await service?.release();
  return service?.pid;
}

async function start(command: string[], host: CreateContainer['HostConfig'] = {}): Promise<string> {
  const id = await client.createContainer(`c${Math.random().toString(36).slice(2)}`, {
    Image: image,
    Cmd: command,
    HostConfig: { NetworkMode: 'none', ...host },
  });
  await client.startContainer(id);
  return id;
}

const state = async (id: string) => (await client.inspectContainer(id))?.State;

async function endContainer(id: string): Promise<number> {
  const pid = (await state(id))?.Pid as number;
  process.kill(pid, 'SIGKILL');
  return pid;
}

async function watchExits(service: PodmanService) {
  const exits: ContainerExit[] = [];
  const seen: { id: string; at: number }[] = [];
  const stop = new AbortController();
  const watcher = new ExitWatcher(service.locations.exits, async () => false);
  const listener = {
    exited(exit: ContainerExit) {
      seen.push({ id: exit.containerId, at: performance.now() });
      exits.push(exit);
    },
    resync: vi.fn(),
    health: vi.fn(),
  };
  await watcher.open(listener, stop.signal);
  return {
    exits,
    seen,
    async close() {
      stop.abort();
      await watcher.closed();
    },
  };
}

const traces = () => findProcesses((argv) => argv.some((arg) => arg.includes(directory)));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ls-'));
  const root = join(directory, 'image');
  await mkdir(join(root, 'bin'), { recursive: true });
  await cp('/bin/busybox', join(root, 'bin/busybox'));
  for (const applet of ['sh', 'sleep', 'cat', 'dd'])
    await run('ln', ['-s', 'busybox', join(root, 'bin', applet)]);
  const service = await open();
  client = await connectDocker(`unix://${service.locations.socket}`);
  const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await client.importImage(tar.stdout, 'localhost/box', 'latest');
  client.close();
  await service.close({ empty: true });
  opened = [];
});

beforeEach(async () => {
  const service = await open();
  client = await connectDocker(`unix://${service.locations.socket}`);
});

afterEach(async () => {
  for (const { Id } of await client.listContainers({})) await client.removeContainer(Id);
  client.close();
  for (const service of opened) await service.close({ empty: true });
  opened = [];
  expect(await traces()).toEqual([]);
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(directory);
  expect(existsSync(join(directory, 'run'))).toBe(false);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the private Podman', () => {
  it('is adopted by the next server that has the same configuration', async () => {
    const pid = await crash();
    expect((await open()).pid).toBe(pid);
  });

  it('is replaced where the configuration differs, and its containers go on', async () => {
    const id = await start(['sleep', '1000']);
    const before = await state(id);
    const pid = await crash();
    const next = await open({ registries: { insecure: ['registry.example:5000'], mirrors: [] } });
    expect(next.pid).not.toBe(pid);
    expect(await state(id)).toMatchObject({ Running: true, Pid: before?.Pid });
  });

  it('comes back after kill -9 into the mounts of its containers, and says so', async () => {
    const health = vi.fn();
    await crash();
    const service = await open({ onHealth: health });
    const { pid } = service;
    const id = await start(['sh', '-c', 'echo kept > /file; sleep 1000']);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(health).toHaveBeenLastCalledWith({ available: true }), { timeout: 10_000 });
    expect(health).toHaveBeenCalledWith(expect.objectContaining({ available: false }));
    expect(service.pid).not.toBe(pid);
    expect(await state(id)).toMatchObject({ Running: true });
    const namespaces = await Promise.all(
      [service, ...(await findConmons(service.locations))].map((each) => readNamespace(each.pid)),
    );
    expect(new Set(namespaces).size).toBe(1);
    expect(namespaces).not.toContain(await readNamespace(process.pid));
    const second = await start(['sleep', '1000']);
    expect(await state(second)).toMatchObject({ Running: true });
  });

  it('ends what was made and not yet started when it was killed', async () => {
    const [service] = opened;
    const { locations, pid } = service as PodmanService;
    const staying = await start(['sleep', '1000']);
    const id = await killBetweenMakingAndStarting(service as PodmanService);
    await vi.waitFor(() => expect((service as PodmanService).pid).not.toBe(pid), { timeout: 10_000 });
    expect(await findConmons(locations)).toHaveLength(1);
    expect(await state(staying)).toMatchObject({ Running: true });
    await client.removeContainer(id);
    await expectNothingOf(id, locations);
  });

  it('ends what was started in the moment that it was killed, or knows it', async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      const [service] = opened;
      const { locations, pid } = service as PodmanService;
      const id = await killWhenStarted(service as PodmanService);
      await vi.waitFor(() => expect((service as PodmanService).pid).not.toBe(pid), { timeout: 10_000 });
      const running = (await state(id))?.Running ?? false;
      expect(await findConmons(locations)).toHaveLength(running ? 1 : 0);
      await client.removeContainer(id);
      await expectNothingOf(id, locations);
    }
  });

  it.each([
    [
      'not its files any more',
      (containers: Stored[], id: string) => containers.filter((each) => each.id !== id),
    ],
    [
      'its files without their layer',
      (containers: Stored[], id: string) =>
        containers.map((each) => (each.id === id ? { ...each, layer: 'f'.repeat(64) } : each)),
    ],
  ])('gives up a container of which it has %s', async (_, damage) => {
    const kept = await client.createContainer('kept', idle);
    const id = await client.createContainer('broken', idle);
    await damageStorage((containers) => damage(containers, id));
    const service = await open();
    expect((await client.listContainers({})).map(({ Id }) => Id)).toEqual([kept]);
    expect(await storedContainers(service)).toEqual([kept]);
  });

  it('gives up files of a container that it does not know', async () => {
    const kept = await client.createContainer('kept', idle);
    const forgotten = await client.createContainer('forgotten', idle);
    // Its files under another id and name: those of a container that Podman had not come to note.
    await damageStorage((containers) =>
      containers.map((each) =>
        each.id === forgotten ? { ...each, id: 'a'.repeat(64), names: ['new'] } : each,
      ),
    );
    const stray = join(directory, 'run/storage/overlay-containers', 'b'.repeat(64), 'userdata');
    await mkdir(stray, { recursive: true });
    const service = await open();
    expect(existsSync(stray)).toBe(false);
    expect(await storedContainers(service)).toEqual([kept]);
    const created = await client.createContainer('new', idle);
    expect(await storedContainers(service)).toEqual([kept, created]);
  });

  it('leaves its containers running when it is closed', async () => {
    const id = await start(['sleep', '1000']);
    const service = opened.pop();
    await service?.close({ empty: false });
    const [conmon, ...more] = await traces();
    expect(conmon?.argv[0]).toMatch(/conmon$/);
    expect(more).toEqual([]);
    await open();
    expect(await state(id)).toMatchObject({ Running: true });
  });
});

describe('exits', () => {
  it('come with the code, as soon as conmon knows', async () => {
    const [service] = opened;
    const watcher = await watchExits(service as PodmanService);
    const seven = await start(['sh', '-c', 'exit 7']);
    await vi.waitFor(() =>
      expect(watcher.exits).toContainEqual(expect.objectContaining({ containerId: seven, exitCode: 7 })),
    );
    const killed = await start(['sleep', '1000']);
    const pid = (await state(killed))?.Pid as number;
    const from = performance.now();
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(watcher.exits).toHaveLength(2), { interval: 1 });
    expect(watcher.exits[1]).toMatchObject({ containerId: killed, exitCode: 137 });
    console.info(`exit known after ${((watcher.seen[1]?.at ?? 0) - from).toFixed(1)} ms`);
    await watcher.close();
  });

  it('are told once each', async () => {
    const [service] = opened;
    const watcher = await watchExits(service as PodmanService);
    const ids = await Promise.all([1, 2, 3, 4].map((code) => start(['sh', '-c', `exit ${code}`])));
    await vi.waitFor(() => expect(watcher.exits).toHaveLength(4));
    for (const id of ids) await client.removeContainer(id);
    await start(['sh', '-c', 'exit 5']);
    await vi.waitFor(() =>
      expect(watcher.exits.map(({ exitCode }) => exitCode).sort()).toEqual([1, 2, 3, 4, 5]),
    );
    await watcher.close();
  });

  it('that happened without server and service are known afterwards, with output', async () => {
    const id = await start(['sh', '-c', 'while [ ! -e /go ]; do sleep 0.02; done; echo last words; exit 9']);
    const root = `/proc/${(await state(id))?.Pid}/root`;
    await opened.pop()?.close({ empty: false });
    await run('touch', [`${root}/go`]);
    await vi.waitFor(async () => expect(await traces()).toEqual([]));
    const service = await open();
    expect(await state(id)).toMatchObject({ Running: false, ExitCode: 9 });
    expect(await readFile(join(bundleOf(service.locations, 'overlay', id), 'ctr.log'), 'utf8')).toContain(
      'last words',
    );
  });
});

describe('lack of memory', () => {
  it('is told from other kills, also after the service was away', async () => {
    const [service] = opened;
    const layout = await readCgroupLayout();
    const killed = (id: string) =>
      wasKilledForMemory(bundleOf((service as PodmanService).locations, 'overlay', id), layout);
    const hungry = await start(['sh', '-c', 'a=x; while true; do a=$a$a; done'], {
      Memory: 16 << 20,
    });
    const other = await start(['sleep', '1000']);
    await endContainer(other);
    await vi.waitFor(async () =>
      expect(await state(hungry)).toMatchObject({ Running: false, ExitCode: 137 }),
    );
    await vi.waitFor(async () => expect(await state(other)).toMatchObject({ Running: false, ExitCode: 137 }));
    expect([await killed(hungry), await killed(other)]).toEqual([true, false]);
    await opened.pop()?.close({ empty: false });
    await open();
    expect(await killed(hungry)).toBe(true);
  });
});

describe('a start that fails', () => {
  const bad = { registries: { insecure: [], mirrors: ['no address'] } };
  const unable = async (run: string, extra: Partial<PodmanServiceOptions>) => {
    const locations = locationsOf(join(directory, 'data'), join(directory, run));
    await expect(openPodmanService({ ...(await options()), locations, ...extra })).rejects.toThrow();
    return existsSync(locations.runDirectory);
  };

  it('leaves nothing of itself, before Podman is started and after', async () => {
    expect(await unable('early', bad)).toBe(false);
    // A socket's path may not be as long.
    expect(await unable(`late${'x'.repeat(110)}`, {})).toBe(false);
  });

  it('leaves what an earlier server needs', async () => {
    await crash();
    expect(await unable('run', bad)).toBe(true);
    await open();
  });
});

async function expectNothingOf(id: string, { runDirectory }: PodmanService['locations']): Promise<void> {
  const places = ['/sys/fs/cgroup', runDirectory];
  const { stdout } = await run('find', [
    ...places,
    '-ignore_readdir_race',
    '-maxdepth',
    '4',
    '-name',
    `*${id}*`,
  ]);
  expect(stdout).toBe('');
}

/** Tries until Podman is caught in the moment. Answers with the container's id. */
async function killBetweenMakingAndStarting({ locations, pid }: PodmanService): Promise<string> {
  for (;;) {
    const { id, starting, made } = await beginStart(locations);
    process.kill(pid, 'SIGSTOP');
    const starters = await findProcesses((argv) => argv.includes('start') && argv.includes(id));
    if (starters.length === 0 && existsSync(made)) {
      process.kill(pid, 'SIGKILL');
      await starting;
      return id;
    }
    process.kill(pid, 'SIGCONT');
    await starting;
    await client.removeContainer(id);
  }
}

async function killWhenStarted({ locations, pid }: PodmanService): Promise<string> {
  const { id, starting, made } = await beginStart(locations);
  while (existsSync(made)) await new Promise((resolve) => setImmediate(resolve));
  process.kill(pid, 'SIGKILL');
  await starting;
  return id;
}

/** Resolves when the runtime has made the container; it takes `made` away when it starts it. */
async function beginStart({ runtimeState }: PodmanService['locations']) {
  const id = await client.createContainer(`c${Math.random().toString(36).slice(2)}`, idle);
  const starting = client.startContainer(id).catch(() => undefined);
  const made = join(runtimeState, id, 'exec.fifo');
  while (!existsSync(made)) await new Promise((resolve) => setImmediate(resolve));
  return { id, starting, made };
}

interface Stored {
  id: string;
  names: string[];
  layer: string;
}

const storageIndex = ({ graphRoot }: PodmanService['locations']) =>
  join(graphRoot, 'overlay-containers', 'containers.json');

/** As a Podman leaves it that is killed while it makes or removes a container. Ends the one that runs. */
async function damageStorage(damage: (containers: Stored[]) => Stored[]): Promise<void> {
  const service = opened.pop() as PodmanService;
  await service.close({ empty: false });
  const index = storageIndex(service.locations);
  await writeFile(index, JSON.stringify(damage(JSON.parse(await readFile(index, 'utf8')) as Stored[])));
}

async function storedContainers({ locations }: PodmanService): Promise<string[]> {
  const stored = JSON.parse(await readFile(storageIndex(locations), 'utf8')) as Stored[];
  return stored.map(({ id }) => id);
}

async function readNamespace(pid: number): Promise<string> {
  return (await run('readlink', [`/proc/${pid}/ns/mnt`])).stdout.trim();
}
