/** Images one by one, between the engine and a registry. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { HostTrial } from './host-trial.ts';

export function hostPullCases(t: HostTrial): void {
  describe('container host: images of a registry', () => {
    it('pulls, tells when there is a newer one, and pulls that', async () => {
      const reference = await t.trial.setup.pushImage('host-moving:1', { files: { '/v': 'one' } });
      t.afterwards(() => t.host.images.remove(reference));
      const progress: string[] = [];
      const first = await t.host.images.pull(reference, {
        onProgress: ({ status }) => progress.push(status),
      });
      expect(first).toMatchObject({
        downloaded: true,
        id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      });
      expect(progress.length).toBeGreaterThan(0);
      expect(await t.host.images.pull(reference)).toEqual({ ...first, downloaded: false });
      expect(await t.host.images.checkUpdate(reference)).toMatchObject({
        status: 'up_to_date',
        current: [first.digest],
        latest: first.digest,
      });
      await t.trial.setup.pushImage('host-moving:1', { files: { '/v': 'two' } });
      const update = await t.host.images.checkUpdate(reference, { refresh: true });
      expect(update).toMatchObject({ status: 'update_available', current: [first.digest] });
      const second = await t.host.images.pull(reference);
      t.afterwards(() => t.host.images.remove(first.id));
      expect(second).toMatchObject({ downloaded: true, digest: update.latest });
      expect(await t.host.images.checkUpdate(reference)).toMatchObject({ status: 'up_to_date' });
      expect(await t.host.images.checkUpdate(reference, { image: first.id })).toMatchObject({
        status: 'update_available',
        latest: second.digest,
      });
    });

    it('says why one cannot be had', async () => {
      const { images } = t.host;
      const missing = `${t.trial.setup.registry}/never:1`;
      await expect(images.pull(missing)).rejects.toMatchObject({ code: 'ResourceNotFound' });
      await expect(images.checkUpdate(missing)).rejects.toMatchObject({ code: 'ResourceNotFound' });
      await expect(images.pull('127.0.0.1:1/app:1')).rejects.toMatchObject({ code: 'Unavailable' });
      await expect(images.pull('UPPER')).rejects.toMatchObject({ code: 'InvalidParameter' });
      await expect(images.inspect('nothing-of-this-name:1')).rejects.toMatchObject({
        code: 'ResourceNotFound',
      });
      await expect(images.remove('sha256:' + '1'.repeat(64))).rejects.toMatchObject({
        code: 'ResourceNotFound',
      });
    });
  });
}

export function hostImageCases(t: HostTrial): void {
  describe('container host: images of the machine', () => {
    it('lists, describes, tags, pushes and removes', async () => {
      const { images } = t.host;
      const reference = await t.trial.setup.pushImage('host-described:1', {
        files: { '/d': 'described' },
        env: ['FROM=image'],
        workdir: '/data',
        cmd: ['sh', '-c', 'sleep 1000'],
      });
      const { id } = await images.pull(reference);
      t.afterwards(() => images.remove(id));
      const found = await images.list({ reference });
      expect(found).toMatchObject({ total: 1, items: [{ id, tags: [reference], containers: 0 }] });
      expect(found.items[0]!.sizeBytes).toBeGreaterThan(1000);
      expect((await images.list({ reference: reference.replace(/:1$/, '') })).total).toBe(1);
      expect((await images.list({ search: 'host-described', limit: 0 })).total).toBe(1);
      expect(await images.inspect(reference)).toMatchObject({
        id,
        os: 'linux',
        command: ['sh', '-c', 'sleep 1000'],
        environment: { FROM: 'image' },
        workingDirectory: '/data',
      });
      expect((await images.inspect(id)).layers).toHaveLength(2);
      expect((await images.history(reference)).length).toBe(2);
      const repository = `${t.trial.setup.registry}/host-copy`;
      await images.tag(reference, repository, '2');
      const { digest } = await images.push(`${repository}:2`);
      expect(digest).toMatch(/^sha256:/);
      expect(await images.checkUpdate(`${repository}:2`)).toMatchObject({
        status: 'up_to_date',
        latest: digest,
      });
      const removed = await images.remove(`${repository}:2`);
      expect(removed.untagged.length).toBeGreaterThan(0);
      expect((await images.inspect(id)).tags).toEqual([reference]);
    });

    it('keeps an image that containers are made of', async () => {
      const reference = await t.trial.setup.pushImage('host-used:1', { files: { '/u': 'used' } });
      const { id } = await t.host.images.pull(reference);
      t.afterwards(() => t.host.images.remove(id));
      const name = await t.create({ image: reference, command: ['sleep', '1000'] });
      await t.containers.start(name);
      expect((await t.host.images.list({ reference })).items[0]!.containers).toBe(1);
      for (const force of [false, true]) {
        await expect(t.host.images.remove(id, { force })).rejects.toMatchObject({
          code: 'ResourceInUse',
          message: expect.stringContaining(name) as string,
        });
      }
      expect((await t.containers.inspect(name)).state).toBe('running');
    });

    it('saves images and loads them again', async () => {
      const { images } = t.host;
      const reference = await t.trial.setup.pushImage('host-saved:1', { files: { '/s': 'saved' } });
      const { id } = await images.pull(reference);
      t.afterwards(() => images.remove(id));
      const archive: Buffer[] = [];
      for await (const chunk of await images.save([reference])) archive.push(chunk as Buffer);
      await images.remove(id);
      await expect(images.inspect(reference)).rejects.toMatchObject({ code: 'ResourceNotFound' });
      expect(await images.load(Readable.from(archive))).toEqual([reference]);
      expect((await images.inspect(reference)).id).toBe(id);
      await expect(images.load(Readable.from([Buffer.from('no archive')]))).rejects.toBeDefined();
    });
  });
}
