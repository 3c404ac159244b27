/** The life of a task, from its start over a restart of this process to its end. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../../core/ports/engine.ts';
import { answerOf, type Trial } from './trial.ts';

async function connected({ hostPort, bindIp }: Binding): Promise<void> {
  const socket = connect(hostPort, bindIp);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

export function lifeCases(t: Trial): void {
  describe('life', () => {
    it('reports exit codes by event and by inspection', async () => {
      const spec = t.task([t.sh('exit 3')]);
      const events = await t.watchDuring(
        async () => void (await t.engine.startTask(spec)),
        (seen) => seen.some((event) => event.type === 'exited' && event.taskId === spec.id),
      );
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'exited', container: 'app', exitCode: 3, oomKilled: false }),
      );
      const [found] = (await t.engine.inspect(spec.id))!.containers;
      expect(found).toMatchObject({ state: 'exited', exitCode: 3, oomKilled: false });
      expect(found!.finishedAt).toBeGreaterThanOrEqual(found!.startedAt! - 1000);
    });

    it('has a running process when the start is over', async () => {
      const spec = t.task([t.sh('echo up; exec sleep 1000')]);
      const result = await t.engine.startTask(spec);
      expect(result.containers).toMatchObject([{ name: 'app' }]);
      await t.engine.check();
      expect(result.containers[0]!.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect((await t.engine.inspect(spec.id))!.containers).toMatchObject([
        { name: 'app', state: 'running', runtimeId: result.containers[0]!.runtimeId },
      ]);
      await expect.poll(() => t.output(spec.id)).toEqual(['up']);
    });

    it('answers a repeated start with the task that runs', async () => {
      const spec = t.task([t.sh('exec sleep 1000')]);
      const [one, two] = await Promise.all([t.engine.startTask(spec), t.engine.startTask(spec)]);
      const three = await t.engine.startTask(spec);
      for (const other of [two, three]) {
        expect(other.containers[0]!.runtimeId).toBe(one.containers[0]!.runtimeId);
      }
      expect(three).toMatchObject({ network: one.network, bindings: one.bindings });
    });

    it('starts many at once', async () => {
      const specs = Array.from({ length: 12 }, () => t.task([t.sh('exec sleep 1000')]));
      const results = await Promise.all(specs.map((spec) => t.engine.startTask(spec)));
      const addresses = results.map(({ network }) => network?.address);
      expect(new Set(addresses).size).toBe(specs.length);
    });

    it('knows nothing of what never was', async () => {
      await t.engine.stopTask('never');
      await t.engine.removeTask('never');
      expect(await t.engine.inspect('never')).toBeUndefined();
      await expect(t.logsOf('never')).rejects.toMatchObject({ code: 'NotFound' });
    });

    it('finds its tasks again after a restart of this process', async () => {
      const server = t.sh(`trap 'exit 0' TERM; echo one; while :; do echo hello | nc -l -p 80; done & wait`);
      const ports = [{ container: 'app', containerPort: 80, hostPort: 0, protocol: 'tcp' as const }];
      const running = t.task([server], { ports });
      const ended = t.task([t.sh('exit 5')]);
      const first = await t.engine.startTask(running);
      await t.engine.startTask(ended);
      await t.exited(ended.id);
      await t.reopen();
      const found = new Map((await t.engine.list()).map((one) => [one.id, one]));
      expect(found.get(running.id)).toMatchObject({
        network: first.network,
        bindings: first.bindings,
        containers: [{ state: 'running', runtimeId: first.containers[0]!.runtimeId }],
      });
      expect(found.get(ended.id)).toMatchObject({ containers: [{ state: 'exited', exitCode: 5 }] });
      expect(await answerOf(first, 0)).toBe('hello');
      const events = await t.watchDuring(
        () => t.engine.stopTask(running.id),
        (seen) => seen.some((event) => event.type === 'exited'),
      );
      expect(events).toContainEqual(expect.objectContaining({ type: 'exited', taskId: running.id }));
    });
  });
}

export function endCases(t: Trial): void {
  describe('ends', () => {
    it('stops with the stop signal and lets the process clean up', async () => {
      const spec = t.task([t.sh('trap "echo bye; exit 7" TERM; echo up; while :; do sleep 0.05; done')]);
      await t.engine.startTask(spec);
      await expect.poll(() => t.output(spec.id)).toEqual(['up']);
      await t.engine.stopTask(spec.id);
      expect((await t.engine.inspect(spec.id))!.containers).toMatchObject([{ state: 'exited', exitCode: 7 }]);
      expect(await t.output(spec.id)).toEqual(['up', 'bye']);
      await t.engine.stopTask(spec.id);
    });

    it('kills what does not stop in its time', async () => {
      const spec = t.task([
        t.sh('trap "" TERM; echo up; while :; do sleep 0.05; done', { stopTimeoutSeconds: 1 }),
      ]);
      await t.engine.startTask(spec);
      await expect.poll(() => t.output(spec.id)).toEqual(['up']);
      const from = Date.now();
      await t.engine.stopTask(spec.id);
      expect(Date.now() - from).toBeGreaterThan(900);
      expect((await t.engine.inspect(spec.id))!.containers).toMatchObject([
        { state: 'exited', exitCode: 137 },
      ]);
    });

    it('counts as running until it has ended', async () => {
      const host = { volume: 'h', hostPath: t.setup.hostDirectory, containerPath: '/host', readOnly: true };
      const script =
        'trap "echo stopping" TERM; echo up; while [ ! -e /host/end ]; do sleep 0.05; done; exit 7';
      const spec = t.task([t.sh(script, { stopTimeoutSeconds: 60, mounts: [host] })]);
      await t.engine.startTask(spec);
      await expect.poll(() => t.output(spec.id)).toEqual(['up']);
      const stopping = t.engine.stopTask(spec.id);
      await expect.poll(() => t.output(spec.id)).toEqual(['up', 'stopping']);
      expect((await t.engine.inspect(spec.id))!.containers).toMatchObject([{ state: 'running' }]);
      const again = t.engine.stopTask(spec.id).then(() => t.engine.inspect(spec.id));
      await writeFile(join(t.setup.hostDirectory, 'end'), '');
      expect((await again)!.containers).toMatchObject([{ state: 'exited', exitCode: 7 }]);
      await stopping;
    });

    it('leaves nothing of what is removed while it is being stopped', async () => {
      const spec = t.task([
        t.sh('trap "echo stopping" TERM; echo up; while :; do sleep 0.05; done', { stopTimeoutSeconds: 60 }),
      ]);
      await t.engine.startTask(spec);
      await expect.poll(() => t.output(spec.id)).toEqual(['up']);
      const stopped = t.engine.stopTask(spec.id);
      await expect.poll(() => t.output(spec.id)).toEqual(['up', 'stopping']);
      await t.engine.removeTask(spec.id);
      await t.clear();
      await stopped;
    });

    it('starts again what is being removed, once that is gone', async () => {
      const ports = [{ container: 'app', containerPort: 80, hostPort: 0, protocol: 'tcp' as const }];
      const spec = t.task([t.sh('exec sleep 1000')], { ports });
      const before = await t.engine.startTask(spec);
      const [, after, ...others] = await Promise.all([
        t.engine.removeTask(spec.id),
        t.engine.startTask(spec),
        t.engine.removeTask(spec.id),
        t.engine.startTask(spec),
      ]);
      expect(others[1]).toEqual(after);
      expect(after.containers[0]!.runtimeId).not.toBe(before.containers[0]!.runtimeId);
      expect((await t.engine.inspect(spec.id))!.containers).toMatchObject([{ state: 'running' }]);
      await t.clear();
      await expect(connected(after.bindings[0]!)).rejects.toThrow('ECONNREFUSED');
    });

    it('says when the kernel ended a container for its memory', async () => {
      const hungry = 'head -c 200m /dev/zero | tail >/dev/null; exit $?';
      const oomKilled = t.setup.tellsMemoryKills === false ? (expect.any(Boolean) as boolean) : true;
      const spec = t.task([t.sh(`exec tail /dev/zero || ${hungry}`, { memoryMiB: 16 })]);
      const events = await t.watchDuring(
        async () => void (await t.engine.startTask(spec)),
        (seen) => seen.some((event) => event.type === 'exited' && event.taskId === spec.id),
      );
      expect(events).toContainEqual(expect.objectContaining({ exitCode: 137, oomKilled }));
      expect((await t.engine.inspect(spec.id))!.containers).toMatchObject([{ exitCode: 137, oomKilled }]);
    });
  });
}
