/** What is asked of a container that runs. */
import { describe, expect, it } from 'vitest';
import { textOf, type Trial } from './trial.ts';

export function logCases(t: Trial): void {
  describe('logs', () => {
    it('keep order, streams, long lines and text of any language', async () => {
      const long = 'head -c 40000 /dev/zero | tr "\\0" x; echo é; echo err >&2; printf "no end"';
      const spec = t.task([t.sh(long)]);
      await t.engine.startTask(spec);
      await t.exited(spec.id);
      const lines = await t.logsOf(spec.id);
      const of = (stream: string) =>
        lines.filter((line) => line.stream === stream).map(({ message }) => message);
      expect(of('stdout')).toEqual([`${'x'.repeat(40_000)}é`, 'no end']);
      expect(of('stderr')).toEqual(['err']);
      expect(await t.output(spec.id, { tail: 1 })).toHaveLength(1);
      expect(await t.output(spec.id, { tail: 0 })).toEqual([]);
    });

    it('count the last lines, and lines of a time', async () => {
      const spec = t.task([t.sh('for i in $(seq 500); do echo $i; done; sleep 1.2; echo last')]);
      await t.engine.startTask(spec);
      await t.exited(spec.id);
      const all = await t.logsOf(spec.id);
      expect(all).toHaveLength(501);
      expect(await t.output(spec.id, { tail: 3 })).toEqual(['499', '500', 'last']);
      const { at } = all.at(-1)!;
      expect(await t.output(spec.id, { since: at })).toContain('last');
      expect(await t.output(spec.id, { since: at })).not.toContain('1');
      expect(await t.output(spec.id, { until: at, tail: 2 })).toEqual(['499', '500']);
    });

    it('are followed until the container stops', async () => {
      const spec = t.task([
        t.sh('echo one; echo two; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo three'),
      ]);
      await t.engine.startTask(spec);
      await expect.poll(() => t.output(spec.id)).toEqual(['one', 'two']);
      const following = t.output(spec.id, { follow: true });
      const tailing = t.engine.logs(spec.id, 'app', { follow: true, tail: 1 })[Symbol.asyncIterator]();
      // Seen before there is more, so that this is what the last line was when the reading began.
      expect((await tailing.next()).value).toMatchObject({ message: 'two' });
      const session = await t.engine.exec(spec.id, 'app', ['touch', '/tmp/go']);
      expect(await session.exitCode).toBe(0);
      expect(await following).toEqual(['one', 'two', 'three']);
      expect((await tailing.next()).value).toMatchObject({ message: 'three' });
      expect(await tailing.next()).toMatchObject({ done: true });
    });

    it('are followed until the signal fires', async () => {
      const spec = t.task([t.sh('echo one; exec sleep 1000')]);
      await t.engine.startTask(spec);
      await expect.poll(() => t.output(spec.id)).toEqual(['one']);
      const stop = new AbortController();
      const lines: string[] = [];
      for await (const { message } of t.engine.logs(spec.id, 'app', { follow: true, signal: stop.signal })) {
        lines.push(message);
        stop.abort();
      }
      expect(lines).toEqual(['one']);
    });
  });
}

export function runningCases(t: Trial): void {
  describe('running containers', () => {
    it('run further programs', async () => {
      const spec = t.task([t.sh('exec sleep 1000')]);
      await t.engine.startTask(spec);
      const session = await t.engine.exec(
        spec.id,
        'app',
        ['sh', '-c', 'cat; echo $V; echo oops >&2; exit 9'],
        {
          environment: { V: 'given' },
        },
      );
      session.stdin.end('typed\n');
      const [out, err] = await Promise.all([textOf(session.stdout), textOf(session.stderr)]);
      expect([out, err]).toEqual(['typed\ngiven\n', 'oops\n']);
      expect(await session.exitCode).toBe(9);
    });

    it('run further programs at a terminal', async () => {
      const spec = t.task([t.sh('exec sleep 1000')]);
      await t.engine.startTask(spec);
      const session = await t.engine.exec(spec.id, 'app', ['sh', '-c', 'read x; stty size; exit 4'], {
        tty: true,
      });
      await session.resize(101, 37);
      session.stdin.write('\n');
      expect(await textOf(session.stdout)).toContain('37 101');
      expect(await session.exitCode).toBe(4);
    });

    it('tell how a program ended that closed its output long before', async () => {
      const spec = t.task([t.sh('exec sleep 1000')]);
      await t.engine.startTask(spec);
      const script = 'exec </dev/null >/dev/null 2>&1; sleep 0.5; exit 6';
      const session = await t.engine.exec(spec.id, 'app', ['sh', '-c', script]);
      expect(await session.exitCode).toBe(6);
    });

    it('let go of a program whose output nobody reads', async () => {
      const spec = t.task([t.sh('exec sleep 1000')]);
      await t.engine.startTask(spec);
      const session = await t.engine.exec(spec.id, 'app', ['yes']);
      await new Promise((resolve) => session.stdout.once('readable', resolve));
      void session.close();
      await expect(session.exitCode).rejects.toMatchObject({ code: 'EngineUnavailable' });
    });

    it('are measured', async () => {
      const spec = t.task([
        t.sh('i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exec sleep 1000', { memoryMiB: 64 }),
      ]);
      await t.engine.startTask(spec);
      const measured = async () => (await t.engine.stats(spec.id))[0];
      await expect.poll(async () => (await measured())?.cpuNanos ?? 0).toBeGreaterThan(1_000_000);
      const stats = (await measured())!;
      expect(stats).toMatchObject({ name: 'app', memoryLimitBytes: 64 * 1024 * 1024 });
      expect(stats.memoryBytes).toBeGreaterThan(0);
      expect(stats.pids).toBeGreaterThanOrEqual(1);
      expect(Math.abs(Date.now() - stats.at)).toBeLessThan(30_000);
    });
  });
}
