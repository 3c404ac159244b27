/** Containers one by one: their life, what is said of them, and what is refused. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { HostTrial } from './host-trial.ts';

export function hostLifeCases(t: HostTrial): void {
  describe('container host: life', () => {
    it('makes, starts, stops, starts again and removes', async () => {
      const name = await t.create({ command: ['sh', '-c', 'exec sleep 1000'], stopTimeoutSeconds: 0 });
      const made = await t.containers.inspect(name);
      expect(made).toMatchObject({ name, state: 'created', pid: 0, ports: [], oomKilled: false });
      expect(made.id).toMatch(/^[0-9a-f]{64}$/);
      expect(Math.abs(made.createdAt - Date.now())).toBeLessThan(60_000);
      expect(await t.containers.start(name)).toBe(true);
      expect(await t.containers.start(name)).toBe(false);
      const running = await t.containers.inspect(made.id);
      expect(running).toMatchObject({ state: 'running' });
      expect(running.pid).toBeGreaterThan(0);
      expect(running.exitCode).toBeUndefined();
      expect(await t.containers.stop(name)).toBe(true);
      expect(await t.containers.stop(name)).toBe(false);
      expect(await t.containers.inspect(made.id.slice(0, 12))).toMatchObject({
        state: 'exited',
        exitCode: 137,
      });
      await t.containers.restart(name, { timeoutSeconds: 0 });
      const again = await t.containers.inspect(name);
      expect(again.state).toBe('running');
      expect(again.pid).not.toBe(running.pid);
      await t.containers.remove(name, { force: true });
      await expect(t.containers.inspect(name)).rejects.toMatchObject({ code: 'ResourceNotFound' });
    });

    it('takes what is asked for side by side one after the other', async () => {
      const name = await t.run("trap 'exit 0' TERM; while :; do sleep 0.05; done");
      const state = async () => (await t.containers.inspect(name)).state;
      for (let round = 0; round < 3; round++) {
        await Promise.all([t.containers.restart(name), t.containers.stop(name), t.containers.stop(name)]);
        expect(['running', 'exited']).toContain(await state());
        await Promise.all([t.containers.start(name), t.containers.restart(name), t.containers.restart(name)]);
        expect(await state()).toBe('running');
      }
    });

    it('takes what was told of one in place of its name', async () => {
      const name = await t.create({ command: ['sleep', '1000'] });
      const made = await t.containers.inspect(name);
      expect(await t.containers.start(made)).toBe(true);
      const running = await t.containers.inspect(name);
      expect(await t.containers.start(running)).toBe(false);
      // Told by the face, say, in a shape of its own: the same as by its id.
      expect(await t.containers.stats({ ...running })).toMatchObject({ running: true });
      expect(await t.containers.stop(running, { timeoutSeconds: 0 })).toBe(true);
      await t.containers.remove(made);
      await expect(t.containers.start(made)).rejects.toMatchObject({ code: 'ResourceNotFound' });
    });

    it('ends a wait with its signal', async () => {
      const name = await t.run('exec sleep 1000');
      const stop = new AbortController();
      const waiting = t.containers.wait(name, stop.signal);
      stop.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
    });

    it('pauses and goes on', async () => {
      const name = await t.run('exec sleep 1000');
      expect(await t.containers.unpause(name)).toBe(false);
      expect(await t.containers.pause(name)).toBe(true);
      expect(await t.containers.pause(name)).toBe(false);
      expect((await t.containers.inspect(name)).state).toBe('paused');
      await expect(t.containers.exec(name, ['true'])).rejects.toMatchObject({
        code: 'Conflict',
        message: expect.stringContaining('unpause') as string,
      });
      expect(await t.containers.unpause(name)).toBe(true);
      await t.containers.pause(name);
      await t.containers.stop(name, { timeoutSeconds: 0 });
      await expect(t.containers.pause(name)).rejects.toMatchObject({ code: 'Conflict' });
      await expect(t.containers.unpause(name)).rejects.toMatchObject({ code: 'Conflict' });
    });
  });
}

export function hostEndCases(t: HostTrial): void {
  describe('container host: ends', () => {
    it('sends signals, waits for the end, and knows the exit code', async () => {
      const name = await t.run(
        'trap "exit 7" USR1; trap "exit 8" INT; echo up; while :; do sleep 0.05; done',
      );
      await t.prints(name, 'up');
      const ended = t.containers.wait(name);
      await t.containers.kill(name, 'SIGUSR1');
      expect(await ended).toEqual({ exitCode: 7 });
      expect(await t.containers.wait(name)).toEqual({ exitCode: 7 });
      await expect(t.containers.kill(name)).rejects.toMatchObject({ code: 'Conflict' });
      await t.containers.start(name);
      await t.prints(name, 'up', 'up');
      await t.containers.stop(name, { signal: 'SIGINT', timeoutSeconds: 10 });
      expect(await t.containers.inspect(name)).toMatchObject({ state: 'exited', exitCode: 8 });
    });

    it('gives one that asks for no time to stop in some all the same', async () => {
      const script = 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done';
      const name = await t.run(script, { stopTimeoutSeconds: undefined });
      await t.prints(name, 'up');
      await t.containers.stop(name);
      expect(await t.containers.inspect(name)).toMatchObject({ state: 'exited', exitCode: 7 });
    });
  });
}

export function hostRefusalCases(t: HostTrial): void {
  describe('container host: names and refusals', () => {
    it('takes another name, unless it is taken', async () => {
      const [one, two] = [await t.create(), await t.create()];
      const renamed = t.name('renamed');
      await t.containers.rename(one, renamed);
      expect((await t.containers.inspect(renamed)).name).toBe(renamed);
      await expect(t.containers.rename(renamed, two)).rejects.toMatchObject({ code: 'AlreadyExists' });
      await expect(t.create({ name: two })).rejects.toMatchObject({
        code: 'AlreadyExists',
        details: { field: 'name' },
      });
    });

    it('says what is not there or cannot be', async () => {
      for (const name of ['nobody', '../../etc', 'a'.repeat(64), '?all=1', '.', '..']) {
        await expect(t.containers.start(name)).rejects.toMatchObject({ code: 'ResourceNotFound' });
      }
      await expect(t.create({ image: 'never-there:1' })).rejects.toMatchObject({
        code: 'ResourceNotFound',
        details: { field: 'image' },
      });
      const bad = await t.create({ command: ['/no/such/program'] });
      await expect(t.containers.start(bad)).rejects.toMatchObject({
        code: 'InvalidParameter',
        message: expect.stringContaining('/no/such/program') as string,
      });
      const name = await t.run('exec sleep 1000');
      await expect(t.containers.remove(name)).rejects.toMatchObject({ code: 'ResourceInUse' });
      await expect(t.containers.top(bad)).rejects.toMatchObject({ code: 'Conflict' });
      await expect(t.containers.exec(bad, ['true'])).rejects.toMatchObject({ code: 'Conflict' });
    });
  });
}

export function hostDescriptionCases(t: HostTrial): void {
  describe('container host: what is said', () => {
    it('lists by state, name, label and image, in pages', async () => {
      const group = t.name('group');
      const labels = { group, 'longshore.task': 'forged', 'longshore.container': 'forged' };
      const names = [t.name('b'), t.name('a'), t.name('c')];
      for (const name of names) await t.create({ name, labels, command: ['sleep', '1000'] });
      await t.containers.start(names[0]!);
      const list = async (query: object) =>
        (await t.containers.list({ labels: [`group=${group}`], ...query })).items.map(({ name }) => name);
      expect(await list({ sort: { by: 'name' } })).toEqual([...names].sort());
      expect(await list({ states: ['running'] })).toEqual([names[0]]);
      expect(await list({ name: names[2] })).toEqual([names[2]]);
      expect(await list({ search: names[1]!.toUpperCase() })).toEqual([names[1]]);
      expect(await list({ image: t.trial.container().image })).toHaveLength(3);
      expect(await list({ image: 'other' })).toEqual([]);
      expect(await list({ labels: ['group=other'] })).toEqual([]);
      const page = await t.containers.list({
        labels: ['group'],
        search: 'host-',
        limit: 1,
        offset: 1,
        sort: { by: 'name' },
      });
      expect(page).toMatchObject({ total: 3, items: [{ name: [...names].sort()[1] }] });
      expect(page.items[0]!.task).toBeUndefined();
      expect(page.items[0]!.image).toBe(t.trial.container().image);
    });

    it('shows the processes', async () => {
      const name = await t.run('sleep 1000 & exec sleep 2000');
      const commands = async () => {
        const { titles, processes } = await t.containers.top(name);
        const command = titles.findIndex((title) => /^(CMD|COMMAND)$/.test(title));
        return processes.map((columns) => columns[command]).sort();
      };
      // The shell's child bears the shell's words until it has become what it was made for.
      await expect.poll(commands).toEqual(['sleep 1000', 'sleep 2000']);
      const { titles, processes } = await t.containers.top(name);
      expect(processes.every((columns) => columns.length === titles.length)).toBe(true);
    });
  });
}

export function hostCopyCases(t: HostTrial): void {
  describe('container host: what is said of one', () => {
    it('makes from what is said of one another that is the same', async () => {
      const spec = {
        command: ['sh', '-c', 'exec sleep 1000'],
        environment: { A: 'one=1', B: '' },
        labels: { mine: 'yes' },
        workingDirectory: '/tmp',
        user: '1000:1000',
        hostname: 'boat',
        tty: true,
        ports: [{ containerPort: 80, protocol: 'tcp' as const, hostIp: '127.0.0.1' }],
        mounts: [
          { type: 'volume' as const, target: '/data' },
          { type: 'bind' as const, source: t.trial.setup.hostDirectory, target: '/host', readOnly: true },
        ],
        restartPolicy: { name: 'no' as const },
        limits: { memoryBytes: 64 * 1024 * 1024, cpus: 0.5, cpuShares: 512, pids: 50 },
        readOnlyRoot: true,
        init: false,
        stopSignal: 'SIGINT',
        stopTimeoutSeconds: 3,
        ulimits: [{ name: 'nofile', soft: 512, hard: 512 }],
        capabilities: { add: [], drop: ['CHOWN'] },
        extraHosts: [{ hostname: 'db', ipAddress: '10.1.2.3' }],
      };
      const { spec: first, unnamedVolumes, unsaid } = await t.containers.inspect(await t.create(spec));
      expect(unnamedVolumes).toEqual([
        { target: '/data', volume: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      ]);
      expect(unsaid).toEqual([]);
      const second = (await t.containers.inspect(await t.create({ ...first, name: t.name('again') }))).spec;
      expect({ ...second, name: '' }).toEqual({ ...first, name: '' });
      const { mounts, stopSignal, capabilities, environment, ulimits, ...plain } = spec;
      expect(first).toMatchObject(plain);
      expect(first.environment).toMatchObject(environment);
      expect(first.capabilities!.drop.map((name) => name.replace(/^CAP_/, ''))).toEqual(capabilities.drop);
      expect(first.mounts).toHaveLength(mounts.length);
      expect(first.mounts).toContainEqual({ type: 'volume', target: '/data', readOnly: false });
      expect(first.mounts).toContainEqual(mounts[1]);
      expect(first.ulimits).toContainEqual(ulimits[0]);
      expect([stopSignal, '2']).toContain(first.stopSignal);
    });
  });
}

export function hostShareCases(t: HostTrial): void {
  describe('container host: ports and tasks', () => {
    it('publishes a port, and names who has it', async () => {
      const port = 20_000 + Math.floor(Math.random() * 20_000);
      const ports = [{ containerPort: 80, protocol: 'tcp' as const, hostIp: '127.0.0.1', hostPort: port }];
      const first = await t.run('exec sleep 1000', { ports });
      expect((await t.containers.inspect(first)).ports).toEqual(ports);
      expect((await t.containers.list({ name: first })).items[0]!.ports).toEqual(ports);
      const second = await t.create({ command: ['sleep', '1000'], ports });
      await expect(t.containers.start(second)).rejects.toMatchObject({
        code: 'ResourceInUse',
        details: { field: 'ports["80/tcp"]', port, holder: `container '${first}'` },
      });
      expect((await t.containers.inspect(second)).state).not.toBe('running');
      await t.containers.stop(first, { timeoutSeconds: 0 });
      expect(await t.containers.start(second)).toBe(true);
    });

    it('names a program that has the port', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      try {
        await once(other, 'listening');
        const { port } = other.address() as AddressInfo;
        const ports = [{ containerPort: 80, protocol: 'tcp' as const, hostIp: '127.0.0.1', hostPort: port }];
        const name = await t.create({ command: ['sleep', '1000'], ports });
        // The program is this test.
        await expect(t.containers.start(name)).rejects.toMatchObject({
          code: 'ResourceInUse',
          details: { field: 'ports["80/tcp"]', port, holder: 'Longshore itself' },
        });
      } finally {
        other.close();
      }
    });

    it('marks containers of tasks, and removes none of them unless forced', async () => {
      const task = t.trial.task([t.trial.sh('exec sleep 1000')]);
      const started = await t.trial.engine.startTask(task);
      const { runtimeId } = started.containers[0]!;
      const listed = await t.containers.list({ task: task.id });
      expect(listed).toMatchObject({
        total: 1,
        items: [{ id: runtimeId, task: { id: task.id, container: 'app' } }],
      });
      await expect(t.containers.remove(runtimeId)).rejects.toMatchObject({
        code: 'ResourceInUse',
        message: expect.stringContaining(task.id) as string,
        details: { task: task.id },
      });
      await t.containers.stop(runtimeId, { timeoutSeconds: 0 });
      await expect(t.containers.remove(runtimeId)).rejects.toMatchObject({ code: 'ResourceInUse' });
      await t.containers.remove(runtimeId, { force: true });
      expect((await t.containers.list({ task: task.id })).total).toBe(0);
    });
  });
}

export function hostListCases(t: HostTrial): void {
  describe('container host: lists', () => {
    it('lists what it tells of one, whatever was done to it', async () => {
      const ports = [{ containerPort: 80, protocol: 'tcp' as const, hostIp: '127.0.0.1' }];
      const labels = { lists: t.name('label') };
      const name = await t.create({ command: ['sleep', '1000'], ports, labels });
      const isListedAs = async (state: string) => {
        const { items } = await t.containers.list({ labels: [`lists=${labels.lists}`] });
        expect(items).toHaveLength(1);
        const { createdAt, ...listed } = items[0]!;
        const told = await t.containers.inspect(name);
        expect(told).toMatchObject(listed);
        // Lists tell whole seconds.
        expect(createdAt).toBe(Math.floor(told.createdAt / 1000) * 1000);
        expect(told.state).toBe(state);
      };
      await isListedAs('created');
      await t.containers.start(name);
      await isListedAs('running');
      await t.containers.pause(name);
      await isListedAs('paused');
      await t.containers.unpause(name);
      await isListedAs('running');
      await t.containers.kill(name);
      await t.containers.wait(name);
      await expect.poll(() => isListedAs('exited').then(() => true)).toBe(true);
      await t.containers.start(name);
      await t.containers.stop(name, { timeoutSeconds: 0 });
      await isListedAs('exited');
      await t.containers.remove(name);
      expect((await t.containers.list({ labels: [`lists=${labels.lists}`] })).items).toEqual([]);
    });
  });
}
