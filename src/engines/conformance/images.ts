/** Where images come from, and what is said when one does not. */
import { describe, expect, it } from 'vitest';
import type { Trial } from './trial.ts';

export function imageCases(t: Trial): void {
  describe('images', () => {
    it('takes a tag that moved, and asks no more than that when it did not', async () => {
      const reference = await t.setup.pushImage('moving:1', { files: { '/v': 'one' } });
      expect(await t.engine.ensureImage(reference)).toMatchObject({ pulled: true });
      expect(await t.engine.ensureImage(reference)).toMatchObject({ pulled: false });
      await t.setup.pushImage('moving:1', { files: { '/v': 'two' } });
      const info = await t.engine.ensureImage(reference);
      expect(info).toMatchObject({ pulled: true });
      expect(await t.said([t.sh('cat /v', { image: reference })])).toEqual(['two']);
      const byDigest = `${reference.replace(/:[^:/]+$/, '')}@${info.digest}`;
      expect(await t.engine.ensureImage(byDigest)).toMatchObject({ pulled: false, digest: info.digest });
    });

    it('are fetched again when someone removed them since they were looked at', async () => {
      const reference = await t.setup.pushImage('gone:1', { files: { '/v': 'back' } });
      await t.engine.ensureImage(reference);
      await t.setup.removeImage(reference);
      expect(await t.said([t.sh('cat /v', { image: reference })])).toEqual(['back']);
      await t.setup.removeImage(reference).catch(() => undefined);
    });

    it("runs the image's own command, user and directory", async () => {
      const reference = await t.setup.pushImage('own:1', {
        entrypoint: ['sh', '-c'],
        cmd: ['id -u; pwd; echo $FROM'],
        user: 'app',
        workdir: '/data',
        env: ['FROM=image'],
      });
      await t.engine.ensureImage(reference);
      expect(await t.said([t.container({ image: reference })])).toEqual(['1000', '/data', 'image']);
    });
  });
}

export function failureCases(t: Trial): void {
  describe('failures', () => {
    it.each([
      ['entrypoint', { entrypoint: ['/nothing-here'] }, /nothing-here/],
      ['user', { user: 'nobody-here' }, /nobody-here|unable to find user/],
      ['permission', { entrypoint: ['/etc/passwd'] }, /permission denied/i],
    ])('says what is wrong with a bad %s', async (_, changes, reason) => {
      const spec = t.task([t.sh('exec sleep 1000', changes)]);
      const failing = t.engine.startTask(spec);
      await expect(failing).rejects.toMatchObject({
        code: expect.stringMatching(/^Cannot(Start|Create)ContainerError$/) as string,
        container: 'app',
        message: expect.stringMatching(reason) as string,
      });
    });

    it('says that an image is missing', async () => {
      const missing = `${t.setup.registry}/never:1`;
      await expect(t.engine.ensureImage(missing)).rejects.toMatchObject({
        code: 'CannotPullContainerError',
        message: expect.stringMatching(/not found/) as string,
      });
    });

    it('says that a registry cannot be reached', async () => {
      await expect(t.engine.ensureImage('127.0.0.1:1/app:1')).rejects.toMatchObject({
        code: 'CannotPullContainerError',
        message: expect.stringMatching(/127\.0\.0\.1:1.*(refused|reached)/) as string,
      });
    });

    it('refuses an image of another architecture', async () => {
      const other = t.engine.info().architecture === 'arm64' ? 'amd64' : 'arm64';
      const reference = await t.setup.pushImage('foreign:1', { architecture: other });
      await expect(t.engine.ensureImage(reference)).rejects.toMatchObject({
        code: 'CannotPullContainerError',
        message: expect.stringMatching(new RegExp(other)) as string,
      });
    });

    it.each(['UPPER', 'a b', 'x@sha256:12', '', 'a'.repeat(3000)])(
      'refuses the reference %.20s',
      async (reference) => {
        await expect(t.engine.ensureImage(reference)).rejects.toMatchObject({
          code: 'CannotPullContainerError',
        });
      },
    );
  });
}
