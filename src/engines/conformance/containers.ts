/** What a container is given, and how it is reached. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answerOf, type Trial } from './trial.ts';

export function containerCases(t: Trial): void {
  describe('containers', () => {
    it('have what they were given', async () => {
      const spec = t.sh('echo $A "$B"; id -u; pwd; ulimit -n; hostname >/dev/null', {
        environment: { A: '1', B: 'two  words = "x"' },
        user: '1000:1000',
        workingDirectory: '/tmp',
        ulimits: [{ name: 'nofile', soft: 512, hard: 512 }],
      });
      expect(await t.said([spec])).toEqual(['1 two  words = "x"', '1000', '/tmp', '512']);
    });

    it('have a root that cannot be written where asked, and room where asked', async () => {
      const spec = t.sh(
        'touch /x 2>/dev/null || echo refused; touch /scratch/x && echo written; mount | grep -o "size=[0-9]*k"',
        {
          readonlyRootFilesystem: true,
          tmpfs: [{ containerPath: '/scratch', sizeMiB: 3, options: [] }],
        },
      );
      const lines = await t.said([spec]);
      expect(lines.slice(0, 2)).toEqual(['refused', 'written']);
    });

    it('share volumes of their task, and see directories of the host', async () => {
      const volume = { volume: 'shared', containerPath: '/shared', readOnly: false };
      const host = {
        volume: 'host',
        hostPath: t.setup.hostDirectory,
        containerPath: '/host',
        readOnly: true,
      };
      const writer = t.sh('echo from-one > /shared/f; exec sleep 1000', { name: 'one', mounts: [volume] });
      const reader = t.sh(
        'while [ ! -s /shared/f ]; do sleep 0.05; done; cat /shared/f; touch /host/x 2>/dev/null || echo refused',
        {
          mounts: [volume, host],
        },
      );
      expect(await t.said([writer, reader])).toEqual(['from-one', 'refused']);
    });

    it('of one task share localhost', async () => {
      const server = t.sh('while :; do echo hi | nc -l -p 8123; done', { name: 'server' });
      const client = t.sh('while ! nc 127.0.0.1 8123 2>/dev/null; do sleep 0.05; done');
      expect(await t.said([server, client])).toEqual(['hi']);
    });

    it('of one task see each other where they share their processes', async () => {
      const others = ['one', 'two', 'three'].map((name) => t.sh('exec sleep 1000', { name }));
      const spec = t.sh('ps | grep -c "[s]leep 1000"');
      expect(await t.said([...others, spec], { pidMode: 'task' })).toEqual(['3']);
      await t.clear();
    });

    it('are ten in a task', async () => {
      const others = Array.from({ length: 9 }, (_, index) => t.sh('exec sleep 1000', { name: `c${index}` }));
      expect(await t.said([...others, t.sh('echo tenth')])).toEqual(['tenth']);
    });

    it('keep odd words as they are, and what their task says of itself', async () => {
      const odd = '\n"\'$(id)`;{}[]% ü 日本';
      const labels = { 'longshore.holder': '1', 'longshore.task': 'x', 'longshore.network': '{}', odd };
      const spec = t.sh('printf "%s|" "$ODD"', { environment: { ODD: odd }, labels });
      const task = t.task([spec]);
      await t.engine.startTask(task);
      await t.exited(task.id);
      expect((await t.output(task.id)).join('\n')).toBe(`${odd}|`);
      await t.reopen();
      expect((await t.engine.list()).map(({ id }) => id)).toContain(task.id);
    });

    it('see names they were given', async () => {
      const spec = t.sh('grep -c "10.1.2.3.*db.internal" /etc/hosts', {
        extraHosts: [{ hostname: 'db.internal', ipAddress: '10.1.2.3' }],
      });
      expect(await t.said([spec])).toEqual(['1']);
    });

    it('have nothing but loopback in mode none', async () => {
      expect(await t.said([t.sh('ls /sys/class/net')], { networkMode: 'none' })).toEqual(['lo']);
    });
  });
}

export function portCases(t: Trial): void {
  describe('ports', () => {
    const ports = (hostPort: number) => [
      { container: 'app', containerPort: 80, hostPort, protocol: 'tcp' as const },
    ];
    const serving = () => t.sh('while :; do echo hello | nc -l -p 80; done');

    it('reach the container, at the one asked for or a free one', async () => {
      const first = await t.engine.startTask(t.task([serving()], { ports: ports(0) }));
      expect(first.bindings).toMatchObject([{ container: 'app', containerPort: 80, protocol: 'tcp' }]);
      const { hostPort } = first.bindings[0]!;
      expect(await answerOf(first, 0)).toBe('hello');
      const taken = t.task([serving()], { ports: ports(hostPort) });
      await expect(t.engine.startTask(taken)).rejects.toMatchObject({
        message: expect.stringMatching(new RegExp(String(hostPort))) as string,
      });
      expect(await t.output(taken.id).catch(() => [])).toEqual([]);
    });

    it('are refused where another program listens', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      try {
        await new Promise((resolve) => other.once('listening', resolve));
        const { port } = other.address() as AddressInfo;
        const spec = t.task([serving()], { ports: ports(port) });
        await expect(t.engine.startTask(spec)).rejects.toThrow(String(port));
      } finally {
        other.close();
      }
    });
  });
}
