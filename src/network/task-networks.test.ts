import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { EngineError } from '../core/errors.ts';
import { run } from './command.ts';
import type { NetworkLease, TaskNetworks } from './lease.ts';
import { ensureSharedNetnsMount } from './netns-mount.ts';
import { openTaskNetworks, taskNetworkSupport } from './task-networks.ts';
import { ask, askFrom, askUdp, serveIn, stop } from './test-programs.ts';

const isRoot = process.geteuid?.() === 0;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newOwner(): string {
  return randomBytes(3).toString('hex');
}

async function open(
  options: { owner?: string; publishAddress?: string; poolSize?: number; subnet?: string } = {},
): Promise<TaskNetworks> {
  const networks = await openTaskNetworks({
    owner: newOwner(),
    publishAddress: '127.0.0.1',
    poolSize: 2,
    ...options,
  });
  cleanups.push(() => networks.close({ keep: false }));
  return networks;
}

async function serve(lease: NetworkLease, port: number, word: string): Promise<ChildProcess> {
  const child = await serveIn(lease.path, port, word);
  cleanups.push(() => stop(child));
  return child;
}

/** Everything in the kernel that carries the owner. */
async function tracesOf(owner: string): Promise<string> {
  const everything = [
    await run('ip', ['-brief', 'link']),
    await run('nft', ['list', 'tables']),
    await run('ip', ['netns', 'list']),
  ].join('');
  return everything
    .split('\n')
    .filter((line) => line.includes(owner))
    .join('\n');
}

/** A machine next door: a namespace joined to this machine by a link of its own. */
async function outsideMachine(): Promise<{ path: string; hostAddress: string }> {
  const name = `outside-${newOwner()}`;
  const link = `out${name.slice(-6)}`;
  const third = String(randomBytes(1).readUInt8());
  const [hostAddress, address] = [`198.18.${third}.1`, `198.18.${third}.2`];
  cleanups.push(() => run('ip', ['netns', 'delete', name]));
  await run(
    'ip',
    ['-batch', '-'],
    `netns add ${name}
link add ${link} type veth peer name eth0 netns ${name}
address add ${hostAddress}/24 dev ${link}
link set dev ${link} up\n`,
  );
  await run(
    'ip',
    ['-n', name, '-batch', '-'],
    `address add ${address}/24 dev eth0
link set dev eth0 up
route add default via ${hostAddress}
route add 127.0.0.0/8 via ${hostAddress} src ${address}\n`,
  );
  const path = `/run/netns/${name}`;
  await run('nsenter', [`--net=${path}`, 'sysctl', '-q', '-w', 'net.ipv4.conf.all.route_localnet=1']);
  return { path, hostAddress };
}

describe.runIf(isRoot)('task networks', () => {
  test('this machine can have them', async () => {
    expect(await taskNetworkSupport()).toEqual({ supported: true });
  });

  test('tasks reach each other, loopback and the gateway, and any user may bind port 80', async () => {
    const networks = await open();
    const [one, two] = [await networks.claim(), await networks.claim()];
    expect(one.address).not.toBe(two.address);
    await serve(two, 80, 'two');
    expect(await askFrom(one.path, two.address, 80)).toBe(`two ${one.address}`);
    expect(await askFrom(two.path, '127.0.0.1', 80)).toBe('two 127.0.0.1');
    const setting = ['cat', '/proc/sys/net/ipv4/ip_unprivileged_port_start'];
    expect((await run('nsenter', [`--net=${one.path}`, ...setting])).trim()).toBe('0');
    const host = createServer((socket) => socket.end('host')).listen(0, '0.0.0.0');
    await once(host, 'listening');
    cleanups.push(async () => host.close());
    expect(await askFrom(one.path, one.gateway, (host.address() as { port: number }).port)).toBe('host');
  });

  test('published TCP and UDP ports are reached through the host', async () => {
    const networks = await open();
    const lease = await networks.claim();
    await serve(lease, 8000, 'task');
    const [tcp, udp] = await networks.publish(lease, [
      { containerPort: 8000, hostPort: 0, protocol: 'tcp' },
      { containerPort: 8000, hostPort: 0, protocol: 'udp' },
    ]);
    expect(tcp).toMatchObject({ bindIp: '127.0.0.1', containerPort: 8000, protocol: 'tcp' });
    expect(await ask('127.0.0.1', tcp?.hostPort ?? 0)).toBe(`task ${lease.gateway}`);
    expect(await askUdp('127.0.0.1', udp?.hostPort ?? 0)).toBe(`task ${lease.gateway}`);
    await networks.release(lease);
    await networks.release(lease);
    expect(await ask('127.0.0.1', tcp?.hostPort ?? 0)).toBe('ECONNREFUSED');
    expect(existsSync(lease.path)).toBe(false);
  });

  test('a held port is taken and known, but leads nowhere until it is published', async () => {
    const networks = await open();
    const lease = await networks.claim();
    await serve(lease, 80, 'held');
    const other = await networks.claim();
    const [held] = await networks.hold(lease, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]);
    const port = held?.hostPort ?? 0;
    expect(port).toBeGreaterThan(0);
    expect(await ask('127.0.0.1', port)).not.toMatch(/held/);
    await expect(
      networks.publish(other, [{ containerPort: 80, hostPort: port, protocol: 'tcp' }]),
    ).rejects.toThrow(EngineError);
    expect(await networks.publish(lease, held ? [held] : [])).toEqual([held]);
    expect(await ask('127.0.0.1', port)).toBe(`held ${lease.gateway}`);
  });

  test('a port published on every address is reached from outside and from tasks through the host', async () => {
    const networks = await open({ publishAddress: '0.0.0.0' });
    const outside = await outsideMachine();
    const [lease, neighbour] = [await networks.claim(), await networks.claim()];
    await serve(lease, 80, 'task');
    const [published] = await networks.publish(lease, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]);
    const port = published?.hostPort ?? 0;
    expect(await ask('127.0.0.1', port)).toBe(`task ${lease.gateway}`);
    expect(await askFrom(outside.path, outside.hostAddress, port)).toMatch(/^task 198\.18\./);
    expect(await askFrom(neighbour.path, outside.hostAddress, port)).toBe(`task ${lease.gateway}`);
    expect(await askFrom(lease.path, lease.gateway, port)).toBe(`task ${lease.gateway}`);
  });

  test('a port published on 127.0.0.1, and a task itself, cannot be reached from outside', async () => {
    const networks = await open();
    const outside = await outsideMachine();
    const lease = await networks.claim();
    await serve(lease, 80, 'task');
    const [published] = await networks.publish(lease, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]);
    const port = published?.hostPort ?? 0;
    expect(await ask('127.0.0.1', port)).toMatch(/^task/);
    const [byAddress, byLoopback, direct] = await Promise.all([
      askFrom(outside.path, outside.hostAddress, port, 700),
      askFrom(outside.path, '127.0.0.1', port, 700),
      askFrom(outside.path, lease.address, 80, 700),
    ]);
    expect({ byAddress, byLoopback, direct }).toEqual({
      byAddress: 'ECONNREFUSED',
      byLoopback: 'ETIMEDOUT',
      direct: 'ETIMEDOUT',
    });
  });

  test('tasks reach the outside with the machine’s address', async () => {
    const networks = await open();
    const outside = await outsideMachine();
    const server = await serveIn(outside.path, 80, 'outside');
    cleanups.push(() => stop(server));
    const lease = await networks.claim();
    const target = outside.hostAddress.replace(/1$/, '2');
    expect(await askFrom(lease.path, target, 80)).toBe(`outside ${outside.hostAddress}`);
  });

  test('a port that is taken is refused, naming it and its user, and nothing of the request stays', async () => {
    const networks = await open();
    const lease = await networks.claim();
    const other = await serveIn('/proc/self/ns/net', 0, 'other');
    cleanups.push(() => stop(other));
    const listening = await run('ss', ['-Hltnp']);
    const taken = Number(
      new RegExp(`:(\\d+) [^\\n]*pid=${String(other.pid)},`).exec(listening)?.[1] ?? 'none',
    );
    const probe = createSocket('udp4');
    probe.bind(0, '127.0.0.1');
    await once(probe, 'listening');
    const free = probe.address().port;
    probe.close();
    const refused = networks.publish(lease, [
      { containerPort: 1, hostPort: free, protocol: 'udp' },
      { containerPort: 2, hostPort: taken, protocol: 'tcp' },
    ]);
    await expect(refused).rejects.toThrow(EngineError);
    await expect(refused).rejects.toMatchObject({
      code: 'ResourceInitializationError',
      message: expect.stringMatching(
        new RegExp(`${String(taken)}/tcp on 127.0.0.1 .*\\(pid ${String(other.pid)}\\)`),
      ) as string,
    });
    const [published] = await networks.publish(lease, [
      { containerPort: 1, hostPort: free, protocol: 'udp' },
    ]);
    expect(published?.hostPort).toBe(free);
    await expect(
      networks.publish(lease, [{ containerPort: 3, hostPort: free, protocol: 'udp' }]),
    ).rejects.toThrow('another task of this server');
  });

  test('50 claims at once get networks of their own, and all of them work', async () => {
    const networks = await open();
    const leases = await Promise.all(Array.from({ length: 50 }, () => networks.claim()));
    expect(new Set(leases.map(({ address }) => address)).size).toBe(50);
    expect(new Set(leases.map(({ path }) => path)).size).toBe(50);
    const pings = leases.map(({ path, gateway }) =>
      run('nsenter', [`--net=${path}`, 'ip', 'route', 'get', gateway]),
    );
    for (const route of await Promise.all(pings)) expect(route).toContain('dev eth0');
    const published = await Promise.all(
      leases.map((lease) => networks.publish(lease, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }])),
    );
    expect(new Set(published.flat().map(({ hostPort }) => hostPort)).size).toBe(50);
    const last = leases[49];
    if (last === undefined) throw new Error('no lease');
    await serve(last, 80, 'last');
    expect(await ask('127.0.0.1', published[49]?.[0]?.hostPort ?? 0)).toMatch(/^last/);
    await Promise.all(leases.map((lease) => networks.release(lease)));
  });

  test('a link is put into a running process’s namespace, and is adopted', async () => {
    const owner = newOwner();
    const first = await open({ owner });
    const holder = spawn('unshare', ['--net', 'sleep', '300'], { stdio: 'ignore' });
    cleanups.push(() => stop(holder));
    const pid = holder.pid ?? 0;
    const namespaceOf = (of: string): string => readFileSync(`/proc/${of}/net/dev`, 'utf8');
    await vi.waitUntil(() => namespaceOf(String(pid)) !== namespaceOf('self'));
    const lease = await first.attach(pid);
    expect(lease.path).toBe(`/proc/${String(pid)}/ns/net`);
    await serve(lease, 80, 'attached');
    const [published] = await first.publish(lease, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]);
    expect(await ask('127.0.0.1', published?.hostPort ?? 0)).toMatch(/^attached/);
    await first.close({ keep: true });
    const networks = await open({ owner });
    const found = { slot: lease.slot, pid, published: published ? [published] : [] };
    const [adopted] = await networks.adopt([found]);
    expect(adopted).toEqual(lease);
    expect(await ask('127.0.0.1', published?.hostPort ?? 0)).toMatch(/^attached/);
    await networks.release(adopted!);
    expect(existsSync(`/proc/sys/net/ipv4/conf/${lease.name}`)).toBe(false);
  });

  test('after kill -9 a new server keeps what it adopts and removes the rest', async () => {
    const owner = newOwner();
    const script = `
      import { openTaskNetworks } from ${JSON.stringify(new URL('task-networks.ts', import.meta.url).href)};
      const networks = await openTaskNetworks({ owner: '${owner}', publishAddress: '127.0.0.1', poolSize: 4 });
      const leases = await Promise.all([1, 2, 3].map(() => networks.claim()));
      const published = await Promise.all(leases.map((lease) =>
        networks.publish(lease, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }])));
      console.log(JSON.stringify({ leases, published }));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanups.push(() => stop(child));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { leases, published } = JSON.parse(line.toString()) as {
      leases: NetworkLease[];
      published: Awaited<ReturnType<TaskNetworks['publish']>>[];
    };
    const [kept, lost] = leases;
    if (kept === undefined || lost === undefined) throw new Error('no lease');
    await serve(kept, 80, 'kept');
    await serve(lost, 80, 'lost');
    await stop(child);
    const [keptPort, lostPort] = published.map(([port]) => port?.hostPort ?? 0);
    expect(await ask('127.0.0.1', keptPort ?? 0)).toMatch(/^kept/);

    const networks = await open({ owner });
    const fresh = await networks.claim();
    expect(leases.map(({ slot }) => slot)).not.toContain(fresh.slot);
    const [adopted] = await networks.adopt([{ slot: kept.slot, published: published[0] ?? [] }]);
    expect(adopted).toEqual(kept);
    expect(await ask('127.0.0.1', keptPort ?? 0)).toMatch(/^kept/);
    expect(await ask('127.0.0.1', lostPort ?? 0)).toBe('ECONNREFUSED');
    expect(existsSync(lost.path)).toBe(false);
    expect(existsSync(fresh.path)).toBe(true);
    const again = networks.publish(fresh, [{ containerPort: 80, hostPort: keptPort ?? 0, protocol: 'tcp' }]);
    await expect(again).rejects.toThrow('another task of this server');
    await networks.release(adopted!);
    expect(await ask('127.0.0.1', keptPort ?? 0)).toBe('ECONNREFUSED');
  });

  test('closing keeps what runs, or leaves nothing', async () => {
    const owner = newOwner();
    const first = await openTaskNetworks({ owner, publishAddress: '127.0.0.1', poolSize: 3 });
    const lease = await first.claim();
    await first.publish(lease, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]);
    await first.close({ keep: true });
    await vi.waitFor(async () => {
      const names = (await run('ip', ['netns', 'list'])).split('\n').filter((line) => line.includes(owner));
      expect(names.map((name) => name.split(' ')[0])).toEqual([lease.name]);
    });
    const second = await openTaskNetworks({ owner, publishAddress: '127.0.0.1', poolSize: 3 });
    await second.close({ keep: false });
    expect(await tracesOf(owner)).toBe('');
  });

  test.each([
    { chain: 'FORWARD', filterBridged: true },
    { chain: 'DOCKER-USER', filterBridged: false },
  ])('passes a host firewall by $chain and takes its rules out again', async ({ chain, filterBridged }) => {
    // In a machine of its own: the real one's firewall is not ours to change.
    const machine = `machine-${newOwner()}`;
    const owner = newOwner();
    await run('ip', ['netns', 'add', machine]);
    cleanups.push(() => run('ip', ['netns', 'delete', machine]));
    const inside = (...argv: string[]): Promise<string> =>
      run('nsenter', [`--net=/run/netns/${machine}`, ...argv]);
    await inside('ip', 'link', 'set', 'lo', 'up');
    // A new namespace has it as the real machine has it, where servers may be running.
    await inside('sysctl', '-q', '-w', 'net.ipv4.ip_forward=0');
    // A new namespace takes this from the machine, where another server may have it on.
    await inside('sysctl', '-q', '-w', 'net.ipv4.ip_forward=0');
    await inside('iptables', '-P', 'FORWARD', 'DROP');
    if (chain !== 'FORWARD') {
      await inside('iptables', '-N', chain);
      await inside('iptables', '-A', 'FORWARD', '-j', chain);
    }
    if (!filterBridged && existsSync('/proc/sys/net/bridge'))
      await inside('sysctl', '-q', '-w', 'net.bridge.bridge-nf-call-iptables=0');
    const before = await inside('iptables', '-S');
    const script = `
      import { openTaskNetworks } from ${JSON.stringify(new URL('task-networks.ts', import.meta.url).href)};
      import { serveIn, askFrom, stop } from ${JSON.stringify(new URL('test-programs.ts', import.meta.url).href)};
      import { run } from ${JSON.stringify(new URL('command.ts', import.meta.url).href)};
      const networks = await openTaskNetworks({ owner: '${owner}', publishAddress: '0.0.0.0', poolSize: 0 });
      const [one, two] = [await networks.claim(), await networks.claim()];
      const server = await serveIn(two.path, 80, 'two');
      const [{ hostPort }] = await networks.publish(two, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]);
      const answer = await askFrom(one.path, one.gateway, hostPort);
      const self = await askFrom(two.path, one.gateway, hostPort);
      const rules = await run('iptables', ['-S', '${chain}']);
      await stop(server);
      await networks.close({ keep: false });
      console.log(JSON.stringify({ answer, self, rules }));`;
    const result = JSON.parse(
      await inside(process.execPath, '--import', 'tsx', '--input-type=module', '-e', script),
    ) as { answer: string; self: string; rules: string };
    expect(result.answer).toMatch(/^two /);
    expect(result.self).toBe(result.answer);
    expect(result.rules).toContain(`-i lsb-${owner}-+`);
    expect(await inside('iptables', '-S')).toBe(before);
    expect(await inside('cat', '/proc/sys/net/ipv4/ip_forward')).toBe('0\n');
    expect(await inside('nft', 'list', 'tables')).not.toContain('longshore');
    expect(await inside('ip', '-brief', 'link')).not.toContain(owner);
  });

  test('servers of different owners get networks apart, and what the machine uses is refused', async () => {
    const [one, two] = [await open(), await open()];
    const [a, b] = [await one.claim(), await two.claim()];
    expect(a.gateway).not.toBe(b.gateway);
    await serve(b, 80, 'b');
    expect(await askFrom(a.path, b.address, 80, 700)).toBe('ETIMEDOUT');
    const inUse = b.gateway.replace(/\.\d+\.1$/, '.0.0/16');
    await expect(open({ subnet: inUse })).rejects.toThrow('overlaps');
    await expect(open({ owner: 'Bad' })).rejects.toThrow('owner');
    await expect(open({ publishAddress: 'localhost' })).rejects.toThrow('IPv4');
  });

  test('a program in a slave mount namespace sees namespaces made later', async () => {
    await ensureSharedNetnsMount();
    const sleeper = spawn('unshare', ['--mount', '--propagation', 'slave', 'sleep', '300'], {
      stdio: 'ignore',
    });
    cleanups.push(() => stop(sleeper));
    const inside = `/proc/${String(sleeper.pid)}`;
    await vi.waitUntil(() => readFileSync(`${inside}/comm`, 'utf8').trim() === 'sleep');
    const networks = await open({ poolSize: 0 });
    const lease = await networks.claim();
    const mounts = (): string => readFileSync(`${inside}/mountinfo`, 'utf8');
    expect(mounts()).toContain(lease.path);
    await networks.release(lease);
    expect(mounts()).not.toContain(lease.path);
  });
});
