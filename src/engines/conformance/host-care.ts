/** What is done for containers while nobody asks: they are started again, checked, and removed at their end. */
import { describe, expect, it } from 'vitest';
import type { HostEvent } from '../../core/ports/container-host.ts';
import type { HostContainerSpec } from '../../core/ports/host-container-spec.ts';
import type { HostTrial } from './host-trial.ts';

/** Many times what it takes on a busy machine. */
const patience = { timeout: 30_000, interval: 50 };

/** How a container is, in the words that these cases wait for. */
async function seen(t: HostTrial, name: string) {
  const { state, pid, exitCode, restartCount, health } = await t.containers.inspect(name);
  return { state, pid, exitCode, restartCount, health };
}

/** Runs again as another process than before, and tells which. */
async function runsAnew(t: HostTrial, name: string, before: number): Promise<number> {
  await expect.poll(() => seen(t, name), patience).toMatchObject({ state: 'running' });
  await expect.poll(async () => (await seen(t, name)).pid, patience).not.toBe(before);
  await expect.poll(async () => (await seen(t, name)).pid, patience).toBeGreaterThan(0);
  return (await seen(t, name)).pid;
}

export function hostRestartCases(t: HostTrial): void {
  describe('container host: restart policies', () => {
    it('starts again what failed, as often as it may', async () => {
      const name = await t.run('echo run; exit 3', {
        restartPolicy: { name: 'on-failure', maximumRetries: 2 },
      });
      await expect
        .poll(() => seen(t, name), patience)
        .toMatchObject({ state: 'exited', exitCode: 3, restartCount: 2 });
      expect(await t.output(name)).toEqual(['run', 'run', 'run']);
    });

    it('leaves what ended well, and what has no policy', async () => {
      const well = await t.run('exit 0', { restartPolicy: { name: 'on-failure' } });
      const none = await t.run('exit 1');
      const marker = await t.run('exit 1', { restartPolicy: { name: 'on-failure', maximumRetries: 1 } });
      // By the time that one was started again, so would have been the others.
      await expect.poll(() => seen(t, marker), patience).toMatchObject({ state: 'exited', restartCount: 1 });
      for (const name of [well, none]) {
        expect(await seen(t, name)).toMatchObject({ state: 'exited', restartCount: 0 });
      }
    });

    it('starts what is always to run again until somebody stops it', async () => {
      for (const policy of ['always', 'unless-stopped'] as const) {
        const name = await t.run('exec sleep 1000', { restartPolicy: { name: policy } });
        const { pid } = await seen(t, name);
        process.kill(pid, 'SIGKILL');
        const second = await runsAnew(t, name, pid);
        await t.containers.restart(name, { timeoutSeconds: 0 });
        const third = await runsAnew(t, name, second);
        expect(await t.containers.stop(name, { timeoutSeconds: 0 })).toBe(true);
        expect(await seen(t, name)).toMatchObject({ state: 'exited' });
        await t.containers.start(name);
        await runsAnew(t, name, third);
        await t.containers.kill(name);
        await expect.poll(() => seen(t, name), patience).toMatchObject({ state: 'exited' });
      }
    });

    it('goes on with it after the server has started again', async () => {
      const restartPolicy = { name: 'always' as const };
      const [runs, ended] = [
        await t.run('exec sleep 1000', { restartPolicy }),
        await t.run('exec sleep 1000', { restartPolicy }),
      ];
      const [first, second] = [(await seen(t, runs)).pid, (await seen(t, ended)).pid];
      await t.trial.reopen(() => process.kill(second, 'SIGKILL'));
      await runsAnew(t, ended, second);
      expect((await seen(t, runs)).pid).toBe(first);
      process.kill(first, 'SIGKILL');
      await runsAnew(t, runs, first);
    });
  });
}

export function hostRemovalCases(t: HostTrial): void {
  describe('container host: removal at the end', () => {
    it('removes what is to go when it ends, with its own volume', async () => {
      const spec: Partial<HostContainerSpec> = {
        autoRemove: true,
        mounts: [{ type: 'volume', target: '/v' }],
      };
      const name = await t.run('trap "exit 4" USR1; echo up; while :; do sleep 0.05; done', spec);
      await t.prints(name, 'up');
      expect((await t.containers.inspect(name)).spec.autoRemove).toBe(true);
      const ended = t.containers.wait(name);
      await t.containers.kill(name, 'SIGUSR1');
      expect(await ended).toEqual({ exitCode: 4 });
      const isThere = () =>
        t.containers.inspect(name).then(
          () => true,
          ({ code }: { code: string }) => code,
        );
      await expect.poll(isThere, patience).toBe('ResourceNotFound');
      const stopped = await t.run('exec sleep 1000', spec);
      await t.containers.stop(stopped, { timeoutSeconds: 0 });
      await expect.poll(async () => (await t.containers.list({ name: stopped })).total, patience).toBe(0);
    });
  });
}

export function hostHealthCases(t: HostTrial): void {
  describe('container host: health', () => {
    it('checks health, and tells when it changes', async ({ skip }) => {
      if (t.trial.setup.checksHealth === false) skip('its Podman needs systemd for that');
      const stop = new AbortController();
      const told: HostEvent[] = [];
      const reading = (async () => {
        for await (const event of t.host.events({ signal: stop.signal })) told.push(event);
      })();
      const healthCheck = {
        test: ['CMD-SHELL', 'echo looked; test -e /tmp/ok'],
        ...{ intervalSeconds: 1, timeoutSeconds: 5, retries: 2 },
      };
      const name = await t.run('exec sleep 1000', { healthCheck });
      expect((await seen(t, name)).health).toBe('starting');
      const becomes = (health: string) =>
        expect.poll(async () => (await seen(t, name)).health, patience).toBe(health);
      await becomes('unhealthy');
      const { healthLog, spec } = await t.containers.inspect(name);
      expect(healthLog!.failingStreak).toBeGreaterThanOrEqual(2);
      expect(healthLog!.checks.at(-1)).toMatchObject({ exitCode: 1, output: 'looked\n' });
      expect(spec.healthCheck).toMatchObject(healthCheck);
      await (
        await t.containers.exec(name, ['touch', '/tmp/ok'])
      ).exitCode;
      await becomes('healthy');
      expect((await t.containers.list({ name })).items[0]!.health).toBe('healthy');
      const words = () =>
        told.flatMap((event) =>
          event.kind === 'container' && event.name === name && event.action.startsWith('health_status')
            ? [event.action]
            : [],
        );
      await expect.poll(words).toEqual(['health_status: unhealthy', 'health_status: healthy']);
      stop.abort();
      await reading;
    });

    it('ends a check that takes too long', async ({ skip }) => {
      if (t.trial.setup.checksHealth === false) skip('its Podman needs systemd for that');
      const name = await t.run('exec sleep 1000', {
        healthCheck: { test: ['CMD', 'sleep', '500'], intervalSeconds: 1, timeoutSeconds: 1, retries: 1 },
      });
      await expect.poll(async () => (await seen(t, name)).health, patience).toBe('unhealthy');
      const { healthLog } = await t.containers.inspect(name);
      expect(healthLog!.checks.at(-1)).toMatchObject({
        exitCode: -1,
        output: expect.stringContaining('exceeded timeout') as string,
      });
    });
  });
}
