/** Output, programs, use and limits of one container. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HostLogLine } from '../../core/ports/host-containers.ts';
import type { HostTrial } from './host-trial.ts';
import { textOf } from './trial.ts';

const MiB = 1024 * 1024;

export function hostLogCases(t: HostTrial): void {
  describe('container host: output', () => {
    it('goes on after any line, however many share its time', async () => {
      const name = await t.run('for i in $(seq 300); do echo $i; done; echo err >&2');
      await t.ends(name);
      const all = await t.lines(name);
      expect(all.filter(({ stream }) => stream === 'stdout')).toHaveLength(300);
      for (const place of [0, 1, 57, 150, 299, 300]) {
        const rest = await t.lines(name, { after: all[place]!.cursor });
        expect(rest).toEqual(all.slice(place + 1));
      }
      expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(301);
      for (const tail of [1, 2, 150]) expect(await t.lines(name, { tail })).toEqual(all.slice(-tail));
      expect(await t.output(name, { tail: 0 })).toEqual([]);
      const of = (wanted: string) => ({
        matches: ({ stream }: HostLogLine) => stream === wanted,
      });
      expect(await t.output(name, of('stderr'))).toEqual(['err']);
      expect(await t.output(name, { ...of('stderr'), tail: 1 })).toEqual(['err']);
      expect(await t.output(name, { ...of('stdout'), tail: 2 })).toEqual(['299', '300']);
      await expect(t.lines(name, { after: 'nonsense' })).rejects.toMatchObject({ code: 'InvalidParameter' });
    });

    it('loses and doubles no line for one who follows over ends and starts', async () => {
      const script =
        'i=0; [ -e /tmp/n ] && i=$(cat /tmp/n); e=$((i+40)); while [ $i -lt $e ]; do i=$((i+1)); echo $i; done; echo $i > /tmp/n; exec sleep 1000';
      const name = await t.run(script);
      const seen: HostLogLine[] = [];
      const follow = async () => {
        const after = seen.at(-1)?.cursor;
        for await (const lines of t.containers.logs(name, { follow: true, ...(after && { after }) }))
          seen.push(...lines);
      };
      for (const round of [1, 2, 3]) {
        const following = follow();
        await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(round * 40);
        await t.containers.stop(name, { timeoutSeconds: 0 });
        await following;
        if (round < 3) await t.containers.start(name);
      }
      expect(seen.map(({ message }) => Number(message))).toEqual(
        Array.from({ length: 120 }, (_, index) => index + 1),
      );
    });

    it('follows from the last lines on until the signal fires', async () => {
      const name = await t.run(
        'echo one; echo two; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo three; exec sleep 1000',
      );
      await t.prints(name, 'one', 'two');
      const stop = new AbortController();
      const lines: string[] = [];
      const query = { follow: true, tail: 1, signal: stop.signal };
      for await (const batch of t.containers.logs(name, query)) {
        lines.push(...batch.map(({ message }) => message));
        if (lines.at(-1) === 'two') await (await t.containers.exec(name, ['touch', '/tmp/go'])).exitCode;
        if (lines.at(-1) === 'three') stop.abort();
      }
      expect(lines).toEqual(['two', 'three']);
    });
  });
}

export function hostUseCases(t: HostTrial): void {
  describe('container host: use', () => {
    it('runs a program at a terminal of the size given', async () => {
      const name = await t.run('exec sleep 1000');
      const session = await t.containers.exec(name, ['sh', '-c', 'read x; stty size; echo $V; exit 4'], {
        tty: true,
        environment: { V: 'given' },
      });
      await session.resize(101, 37);
      session.stdin.write('\n');
      expect(await textOf(session.stdout)).toMatch(/37 101\s+given/);
      expect(await session.exitCode).toBe(4);
    });

    it('measures processor, memory and processes', async () => {
      const name = await t.run('while :; do :; done', { limits: { memoryBytes: 64 * MiB } });
      const first = await t.containers.stats(name);
      expect(first).toMatchObject({ running: true, memoryLimitBytes: 64 * MiB });
      await expect
        .poll(async () => (await t.containers.stats(name)).cpuNanos)
        .toBeGreaterThan(first.cpuNanos + 1e8);
      const { cpuPercent, cpus, memoryBytes, pids } = await t.containers.stats(name);
      expect(cpuPercent).toBeLessThan(101 * cpus);
      expect(memoryBytes).toBeGreaterThan(0);
      expect(pids).toBeGreaterThanOrEqual(1);
      const [listed] = (await t.containers.list({ name })).items;
      await t.containers.stop(name, { timeoutSeconds: 0 });
      // Also of one that was told of while it still ran.
      for (const container of [name, listed!]) {
        expect(await t.containers.stats(container)).toMatchObject({
          ...{ running: false, cpuNanos: 0, memoryBytes: 0, pids: 0 },
        });
      }
    });

    it('changes limits while it runs', async () => {
      const name = await t.run('exec sleep 1000', { limits: { memoryBytes: 64 * MiB } });
      const { pid } = await t.containers.inspect(name);
      const { warnings } = await t.containers.update(name, { limits: { memoryBytes: 128 * MiB, cpus: 0.5 } });
      expect(await memoryLimitOf(pid)).toBe(128 * MiB);
      const after = await t.containers.inspect(name);
      expect(after.pid).toBe(pid);
      if (warnings.length === 0)
        expect(after.spec.limits).toMatchObject({ memoryBytes: 128 * MiB, cpus: 0.5 });
      await t.containers.restart(name, { timeoutSeconds: 0 });
      const again = await t.containers.inspect(name);
      // Whoever does not keep them has said so.
      expect(await memoryLimitOf(again.pid)).toBe((warnings.length === 0 ? 128 : 64) * MiB);
    });

    it('gives and takes files', async () => {
      const name = await t.run('echo inside > /tmp/f; exec sleep 1000');
      await expect
        .poll(async () => (await t.containers.exec(name, ['test', '-s', '/tmp/f'])).exitCode)
        .toBe(0);
      const other = await t.run('exec sleep 1000');
      await t.containers.writeArchive(other, '/data', await t.containers.readArchive(name, '/tmp/f'));
      const session = await t.containers.exec(other, ['cat', '/data/f']);
      expect(await textOf(session.stdout)).toBe('inside\n');
      await expect(t.containers.readArchive(name, '/nothing')).rejects.toMatchObject({
        code: 'ResourceNotFound',
      });
    });
  });
}

/** What the kernel holds a process to (cgroups(7)). */
async function memoryLimitOf(pid: number): Promise<number> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8');
  const v1 = /^\d+:memory:(.*)$/m.exec(groups)?.[1];
  const v2 = /^0::(.*)$/m.exec(groups)?.[1];
  const path = v1 ? `memory${v1}/memory.limit_in_bytes` : `${v2}/memory.max`;
  return Number(await readFile(join('/sys/fs/cgroup', path), 'utf8'));
}
