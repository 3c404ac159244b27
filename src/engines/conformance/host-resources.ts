/** Volumes, networks, what can go, and what is told of all of it. */
import { describe, expect, it } from 'vitest';
import type { HostChange, HostEvent } from '../../core/ports/container-host.ts';
import type { HostTrial } from './host-trial.ts';

export function hostStorageCases(t: HostTrial): void {
  describe('container host: volumes and networks', () => {
    it('makes volumes, says who has them, and keeps those', async () => {
      const { volumes } = t.host;
      const name = t.name('volume');
      const made = await volumes.create({ name, labels: { mine: 'yes' } });
      t.afterwards(() => volumes.remove(name));
      expect(made).toMatchObject({ name, driver: 'local', labels: { mine: 'yes' }, usedBy: [] });
      await expect(volumes.create({ name })).rejects.toMatchObject({ code: 'AlreadyExists' });
      expect((await volumes.list({ name, unused: true })).total).toBe(1);
      const user = await t.create({ mounts: [{ type: 'volume', source: name, target: '/v' }] });
      expect((await volumes.inspect(name)).usedBy).toEqual([user]);
      expect((await volumes.list({ labels: ['mine=yes'], unused: true })).total).toBe(0);
      await expect(volumes.remove(name, { force: true })).rejects.toMatchObject({
        code: 'ResourceInUse',
        message: expect.stringContaining(user) as string,
      });
      await t.containers.remove(user);
      await volumes.remove(name);
      await expect(volumes.inspect(name)).rejects.toMatchObject({ code: 'ResourceNotFound' });
      await expect(volumes.remove('../x')).rejects.toMatchObject({ code: 'ResourceNotFound' });
    });

    it('makes networks, connects containers, and keeps those that have some', async () => {
      const { networks } = t.host;
      const name = t.name('network');
      const made = await networks.create({ name, labels: { mine: 'yes' }, internal: true });
      t.afterwards(() => networks.remove(name));
      expect(made).toMatchObject({ name, driver: 'bridge', internal: true, builtIn: false, containers: [] });
      await expect(networks.create({ name })).rejects.toMatchObject({ code: 'AlreadyExists' });
      const user = await t.create({ command: ['sleep', '1000'], network: name, networkAliases: ['db'] });
      expect((await networks.inspect(name)).containers).toEqual([user]);
      const { spec, networks: on } = await t.containers.inspect(user);
      expect(on).toEqual([name]);
      expect(spec).toMatchObject({ network: name, networkAliases: ['db'] });
      await expect(networks.remove(name)).rejects.toMatchObject({
        code: 'ResourceInUse',
        message: expect.stringContaining(user) as string,
      });
      const other = t.name('network');
      await networks.create({ name: other });
      t.afterwards(() => networks.remove(other));
      await networks.connect(other, user, { aliases: ['second'] });
      const { networks: both, addresses } = await t.containers.inspect(user);
      expect(both.sort()).toEqual([name, other].sort());
      expect(addresses.find(({ network }) => network === other)!.aliases).toEqual(['second']);
      await networks.disconnect(other, user);
      await networks.disconnect(other, user);
      expect((await t.containers.inspect(user)).networks).toEqual([name]);
      await t.containers.remove(user);
      await networks.remove(name);
      expect((await networks.list({ name })).total).toBe(0);
      await expect(networks.remove('bridge')).rejects.toMatchObject({ code: 'InvalidParameter' });
      await expect(networks.inspect('no-such-network')).rejects.toMatchObject({ code: 'ResourceNotFound' });
    });
  });
}

export function hostPruneCases(t: HostTrial): void {
  describe('container host: prune', () => {
    it('says what could go, and removes that and nothing else', async () => {
      const labels = { prune: t.name() };
      const only = { labels: [`prune=${labels.prune}`] };
      const stopped = await t.run('echo written > /tmp/f', {
        labels,
        mounts: [{ type: 'volume', target: '/v' }],
      });
      await t.ends(stopped);
      const running = await t.run('exec sleep 1000', { labels });
      const network = t.name('network');
      await t.host.networks.create({ name: network, labels });
      const plan = await t.host.planPrune({ kinds: ['container', 'network'], ...only });
      expect(plan.items.map(({ kind, name }) => [kind, name])).toEqual([
        ['container', stopped],
        ['network', network],
      ]);
      await t.containers.inspect(stopped);
      const late = { kind: 'container' as const, id: running, name: running, bytes: 7 };
      const result = await t.host.prune({ ...plan, items: [...plan.items, late] });
      expect(result.removed).toEqual(plan.items);
      expect(result.kept).toMatchObject([{ item: late, reason: expect.stringContaining(running) as string }]);
      await expect(t.containers.inspect(stopped)).rejects.toMatchObject({ code: 'ResourceNotFound' });
      const again = await t.host.planPrune({ kinds: ['container', 'network'], ...only });
      expect(again).toEqual({ items: [], bytes: 0 });
      const volumes = await t.host.planPrune({ kinds: ['volume'] });
      expect(volumes.items).toHaveLength(1);
      expect((await t.host.prune(volumes)).kept).toEqual([]);
    });

    it('takes images that nothing uses, and none of a task', async () => {
      const reference = await t.trial.setup.pushImage('host-prune:1', { files: { '/p': 'prune' } });
      const { id } = await t.host.images.pull(reference);
      t.afterwards(() => t.host.images.remove(id));
      const task = t.trial.task([t.trial.sh('exit 0', { image: reference })]);
      await t.trial.engine.startTask(task);
      await t.trial.exited(task.id);
      const query = { kinds: ['container', 'image'] as const, unusedImages: true };
      const ids = async () => (await t.host.planPrune(query)).items.map((item) => item.id);
      expect(await ids()).not.toContain(id);
      await t.trial.engine.removeTask(task.id);
      const plan = await t.host.planPrune(query);
      const items = plan.items.filter((item) => item.id === id);
      expect(items).toMatchObject([{ kind: 'image', name: reference, bytes: expect.any(Number) as number }]);
      expect(await t.host.prune({ items, bytes: 0 })).toMatchObject({
        removed: items,
        bytes: items[0]!.bytes,
      });
      expect(await ids()).not.toContain(id);
    });
  });
}

export function hostEventCases(t: HostTrial): void {
  describe('container host: events', () => {
    it('tells of everything that is done', async () => {
      const stop = new AbortController();
      const seen: HostEvent[] = [];
      const reading = (async () => {
        for await (const event of t.host.events({ signal: stop.signal })) seen.push(event);
      })();
      const name = await t.run('exit 3', { labels: { whose: 'ours' } });
      await t.ends(name);
      await t.containers.remove(name);
      const volume = t.name('volume');
      await t.host.volumes.create({ name: volume });
      await t.host.volumes.remove(volume);
      const changes = (of: string) =>
        seen.filter((event): event is HostChange => event.kind !== 'resync' && event.name === of);
      await expect
        .poll(() => changes(name).map(({ action }) => action), { timeout: 15_000 })
        .toEqual(expect.arrayContaining(['create', 'start', 'die', 'destroy']));
      const die = changes(name).find(({ action }) => action === 'die')!;
      expect(die).toMatchObject({ kind: 'container', exitCode: 3, image: t.trial.container().image });
      expect(Math.abs(die.at - Date.now())).toBeLessThan(60_000);
      for (const action of ['create', 'destroy']) {
        const change = changes(name).find((each) => each.action === action)!;
        expect(change.labels).toMatchObject({ whose: 'ours' });
      }
      await expect.poll(() => changes(volume).map(({ action }) => action)).toContain('create');
      stop.abort();
      await reading;
    });

    it('describes the engine', async () => {
      const { product, version, cpus, memoryBytes } = await t.host.describe();
      expect(['Docker', 'Podman']).toContain(product);
      expect(version).toMatch(/^\d+\./);
      expect(cpus).toBeGreaterThan(0);
      expect(memoryBytes).toBeGreaterThan(1e6);
    });
  });
}
