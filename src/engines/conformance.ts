/** What every engine that runs containers must do, tried with real ones. */
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSpec, Engine, EngineEvent, StartedTask, TaskSpec } from '../core/ports/engine.ts';
import type { LogQuery } from '../core/ports/logs.ts';

export interface ConformanceImage {
  files?: Record<string, string>;
  architecture?: string;
  user?: string;
  entrypoint?: string[];
  cmd?: string[];
  workdir?: string;
  env?: string[];
}

export interface ConformanceSetup {
  /** Opens the engine, the second time with what the first one left. */
  open(): Promise<Engine>;
  /** Pushes busybox with these changes to a registry that the engine may use, and answers its reference. */
  pushImage(name: string, options?: ConformanceImage): Promise<string>;
  /** `host:port` of that registry. */
  registry: string;
  /** Everything that tasks of this engine leave in the machine while they exist, as text; the warm pool left out. */
  leftovers(): Promise<string[]>;
  /** A directory of the host for bind mounts. */
  hostDirectory: string;
  close(): Promise<void>;
}

let serial = 0;

export function engineConformance(name: string, prepare: () => Promise<ConformanceSetup>): void {
  describe(`${name}: engine conformance`, { timeout: 60_000 }, () => {
    let setup: ConformanceSetup;
    let engine: Engine;
    let image: string;
    let before: string[];
    const started = new Set<string>();

    beforeAll(async () => {
      setup = await prepare();
      engine = await setup.open();
      image = await setup.pushImage('base:1');
      await engine.ensureImage(image);
      before = await setup.leftovers();
    }, 120_000);
    afterEach(async () => {
      await Promise.all([...started].map((id) => engine.removeTask(id)));
      started.clear();
      await expect.poll(() => setup.leftovers(), { timeout: 10_000 }).toEqual(before);
    });
    afterAll(async () => {
      await engine?.close();
      await setup?.close();
    }, 120_000);

    const container = (changes: Partial<ContainerSpec> = {}): ContainerSpec => ({
      ...plain,
      image,
      ...changes,
    });
    const sh = (script: string, changes: Partial<ContainerSpec> = {}) =>
      container({ command: ['sh', '-c', script], ...changes });

    function task(containers: ContainerSpec[], changes: Partial<TaskSpec> = {}): TaskSpec {
      const id = `t${process.pid}x${++serial}`;
      started.add(id);
      return { id, name: id, networkMode: 'bridge', ports: [], containers, labels: {}, ...changes };
    }

    async function logsOf(id: string, query: LogQuery = {}, from = 'app') {
      const lines = [];
      for await (const line of engine.logs(id, from, query)) lines.push(line);
      return lines;
    }

    const output = async (id: string, query?: LogQuery, from?: string) =>
      (await logsOf(id, query, from)).map(({ message }) => message);

    const exited = (id: string, from = 'app') =>
      expect
        .poll(async () => (await engine.inspect(id))?.containers.find((one) => one.name === from)?.state, {
          timeout: 20_000,
        })
        .toBe('exited');

    /** Runs one container to its end and gives what it said. */
    async function said(containers: ContainerSpec[], changes?: Partial<TaskSpec>): Promise<string[]> {
      const spec = task(containers, changes);
      await engine.startTask(spec);
      await exited(spec.id);
      return output(spec.id);
    }

    async function watchDuring(work: () => Promise<void>, enough: (events: EngineEvent[]) => boolean) {
      const stop = new AbortController();
      const events: EngineEvent[] = [];
      const reading = (async () => {
        for await (const event of engine.watch(stop.signal)) events.push(event);
      })();
      try {
        await work();
        await expect.poll(() => enough(events), { timeout: 20_000 }).toBe(true);
      } finally {
        stop.abort();
        await reading;
      }
      return events;
    }

    describe('life', () => {
      it('reports exit codes by event and by inspection', async () => {
        const spec = task([sh('exit 3')]);
        const events = await watchDuring(
          async () => void (await engine.startTask(spec)),
          (seen) => seen.some((event) => event.type === 'exited' && event.taskId === spec.id),
        );
        expect(events).toContainEqual(
          expect.objectContaining({ type: 'exited', container: 'app', exitCode: 3, oomKilled: false }),
        );
        const [found] = (await engine.inspect(spec.id))!.containers;
        expect(found).toMatchObject({ state: 'exited', exitCode: 3, oomKilled: false });
        expect(found!.finishedAt).toBeGreaterThanOrEqual(found!.startedAt! - 1000);
      });

      it('has a running process when the start is over', async () => {
        const spec = task([sh('echo up; exec sleep 1000')]);
        const result = await engine.startTask(spec);
        expect(result.containers).toMatchObject([{ name: 'app' }]);
        expect(result.containers[0]!.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
        expect((await engine.inspect(spec.id))!.containers).toMatchObject([
          { name: 'app', state: 'running', runtimeId: result.containers[0]!.runtimeId },
        ]);
        await expect.poll(() => output(spec.id)).toEqual(['up']);
      });

      it('answers a repeated start with the task that runs', async () => {
        const spec = task([sh('exec sleep 1000')]);
        const [one, two] = await Promise.all([engine.startTask(spec), engine.startTask(spec)]);
        const three = await engine.startTask(spec);
        for (const other of [two, three]) {
          expect(other.containers[0]!.runtimeId).toBe(one.containers[0]!.runtimeId);
        }
        expect(three).toMatchObject({ network: one.network, bindings: one.bindings });
      });

      it('stops with the stop signal and lets the process clean up', async () => {
        const spec = task([sh('trap "echo bye; exit 7" TERM; echo up; while :; do sleep 0.05; done')]);
        await engine.startTask(spec);
        await expect.poll(() => output(spec.id)).toEqual(['up']);
        await engine.stopTask(spec.id);
        expect((await engine.inspect(spec.id))!.containers).toMatchObject([{ state: 'exited', exitCode: 7 }]);
        expect(await output(spec.id)).toEqual(['up', 'bye']);
        await engine.stopTask(spec.id);
      });

      it('kills what does not stop in its time', async () => {
        const spec = task([
          sh('trap "" TERM; echo up; while :; do sleep 0.05; done', { stopTimeoutSeconds: 1 }),
        ]);
        await engine.startTask(spec);
        await expect.poll(() => output(spec.id)).toEqual(['up']);
        const from = Date.now();
        await engine.stopTask(spec.id);
        expect(Date.now() - from).toBeGreaterThan(900);
        expect((await engine.inspect(spec.id))!.containers).toMatchObject([
          { state: 'exited', exitCode: 137 },
        ]);
      });

      it('says when the kernel ended a container for its memory', async () => {
        const hungry = 'head -c 200m /dev/zero | tail >/dev/null; exit $?';
        const spec = task([sh(`exec tail /dev/zero || ${hungry}`, { memoryMiB: 16 })]);
        const events = await watchDuring(
          async () => void (await engine.startTask(spec)),
          (seen) => seen.some((event) => event.type === 'exited' && event.taskId === spec.id),
        );
        expect(events).toContainEqual(expect.objectContaining({ exitCode: 137, oomKilled: true }));
        expect((await engine.inspect(spec.id))!.containers).toMatchObject([
          { exitCode: 137, oomKilled: true },
        ]);
      });

      it('knows nothing of what never was', async () => {
        await engine.stopTask('never');
        await engine.removeTask('never');
        expect(await engine.inspect('never')).toBeUndefined();
        await expect(logsOf('never')).rejects.toMatchObject({ code: 'NotFound' });
      });

      it('finds its tasks again after a restart of this process', async () => {
        const server = sh('echo one; while :; do echo hello | nc -l -p 80; done');
        const ports = [{ container: 'app', containerPort: 80, hostPort: 0, protocol: 'tcp' as const }];
        const running = task([server], { ports });
        const ended = task([sh('exit 5')]);
        const first = await engine.startTask(running);
        await engine.startTask(ended);
        await exited(ended.id);
        await engine.close();
        engine = await setup.open();
        const found = new Map((await engine.list()).map((one) => [one.id, one]));
        expect(found.get(running.id)).toMatchObject({
          network: first.network,
          bindings: first.bindings,
          containers: [{ state: 'running', runtimeId: first.containers[0]!.runtimeId }],
        });
        expect(found.get(ended.id)).toMatchObject({ containers: [{ state: 'exited', exitCode: 5 }] });
        expect(await answerOf(first, 0)).toBe('hello');
        const events = await watchDuring(
          () => engine.stopTask(running.id),
          (seen) => seen.some((event) => event.type === 'exited'),
        );
        expect(events).toContainEqual(expect.objectContaining({ type: 'exited', taskId: running.id }));
      });
    });

    describe('failures', () => {
      it.each([
        ['entrypoint', { entrypoint: ['/nothing-here'] }, /nothing-here/],
        ['user', { user: 'nobody-here' }, /nobody-here|unable to find user/],
        ['permission', { entrypoint: ['/etc/passwd'] }, /permission denied/i],
      ])('says what is wrong with a bad %s', async (_, changes, reason) => {
        const spec = task([sh('exec sleep 1000', changes)]);
        const failing = engine.startTask(spec);
        await expect(failing).rejects.toMatchObject({
          code: expect.stringMatching(/^Cannot(Start|Create)ContainerError$/) as string,
          container: 'app',
          message: expect.stringMatching(reason) as string,
        });
      });

      it('says that an image is missing', async () => {
        const missing = `${setup.registry}/never:1`;
        await expect(engine.ensureImage(missing)).rejects.toMatchObject({
          code: 'CannotPullContainerError',
          message: expect.stringMatching(/not found/) as string,
        });
      });

      it('says that a registry cannot be reached', async () => {
        await expect(engine.ensureImage('127.0.0.1:1/app:1')).rejects.toMatchObject({
          code: 'CannotPullContainerError',
          message: expect.stringMatching(/127\.0\.0\.1:1.*(refused|reached)/) as string,
        });
      });

      it('refuses an image of another architecture', async () => {
        const other = engine.info().architecture === 'arm64' ? 'amd64' : 'arm64';
        const reference = await setup.pushImage('foreign:1', { architecture: other });
        await expect(engine.ensureImage(reference)).rejects.toMatchObject({
          code: 'CannotPullContainerError',
          message: expect.stringMatching(new RegExp(other)) as string,
        });
      });

      it.each(['UPPER', 'a b', 'x@sha256:12', '', 'a'.repeat(3000)])(
        'refuses the reference %.20s',
        async (reference) => {
          await expect(engine.ensureImage(reference)).rejects.toMatchObject({
            code: 'CannotPullContainerError',
          });
        },
      );
    });

    describe('images', () => {
      it('takes a tag that moved, and asks no more than that when it did not', async () => {
        const reference = await setup.pushImage('moving:1', { files: { '/v': 'one' } });
        expect(await engine.ensureImage(reference)).toMatchObject({ pulled: true });
        expect(await engine.ensureImage(reference)).toMatchObject({ pulled: false });
        await setup.pushImage('moving:1', { files: { '/v': 'two' } });
        const info = await engine.ensureImage(reference);
        expect(info).toMatchObject({ pulled: true });
        expect(await said([sh('cat /v', { image: reference })])).toEqual(['two']);
        const byDigest = `${reference.replace(/:[^:/]+$/, '')}@${info.digest}`;
        expect(await engine.ensureImage(byDigest)).toMatchObject({ pulled: false, digest: info.digest });
      });

      it("runs the image's own command, user and directory", async () => {
        const reference = await setup.pushImage('own:1', {
          entrypoint: ['sh', '-c'],
          cmd: ['id -u; pwd; echo $FROM'],
          user: 'app',
          workdir: '/data',
          env: ['FROM=image'],
        });
        await engine.ensureImage(reference);
        expect(await said([container({ image: reference })])).toEqual(['1000', '/data', 'image']);
      });
    });

    describe('containers', () => {
      it('have what they were given', async () => {
        const spec = sh('echo $A "$B"; id -u; pwd; ulimit -n; hostname >/dev/null', {
          environment: { A: '1', B: 'two  words = "x"' },
          user: '1000:1000',
          workingDirectory: '/tmp',
          ulimits: [{ name: 'nofile', soft: 512, hard: 512 }],
        });
        expect(await said([spec])).toEqual(['1 two  words = "x"', '1000', '/tmp', '512']);
      });

      it('have a root that cannot be written where asked, and room where asked', async () => {
        const spec = sh(
          'touch /x 2>/dev/null || echo refused; touch /scratch/x && echo written; mount | grep -o "size=[0-9]*k"',
          {
            readonlyRootFilesystem: true,
            tmpfs: [{ containerPath: '/scratch', sizeMiB: 3, options: [] }],
          },
        );
        const lines = await said([spec]);
        expect(lines.slice(0, 2)).toEqual(['refused', 'written']);
      });

      it('share volumes of their task, and see directories of the host', async () => {
        const volume = { volume: 'shared', containerPath: '/shared', readOnly: false };
        const host = {
          volume: 'host',
          hostPath: setup.hostDirectory,
          containerPath: '/host',
          readOnly: true,
        };
        const writer = sh('echo from-one > /shared/f; exec sleep 1000', { name: 'one', mounts: [volume] });
        const reader = sh(
          'while [ ! -s /shared/f ]; do sleep 0.05; done; cat /shared/f; touch /host/x 2>/dev/null || echo refused',
          {
            mounts: [volume, host],
          },
        );
        expect(await said([writer, reader])).toEqual(['from-one', 'refused']);
      });

      it('of one task share localhost', async () => {
        const server = sh('while :; do echo hi | nc -l -p 8123; done', { name: 'server' });
        const client = sh('while ! nc 127.0.0.1 8123 2>/dev/null; do sleep 0.05; done');
        expect(await said([server, client])).toEqual(['hi']);
      });

      it('see names they were given', async () => {
        const spec = sh('grep -c "10.1.2.3.*db.internal" /etc/hosts', {
          extraHosts: [{ hostname: 'db.internal', ipAddress: '10.1.2.3' }],
        });
        expect(await said([spec])).toEqual(['1']);
      });

      it('have nothing but loopback in mode none', async () => {
        expect(await said([sh('ls /sys/class/net')], { networkMode: 'none' })).toEqual(['lo']);
      });
    });

    describe('ports', () => {
      const ports = (hostPort: number) => [
        { container: 'app', containerPort: 80, hostPort, protocol: 'tcp' as const },
      ];
      const serving = () => sh('while :; do echo hello | nc -l -p 80; done');

      it('reach the container, at the one asked for or a free one', async () => {
        const first = await engine.startTask(task([serving()], { ports: ports(0) }));
        expect(first.bindings).toMatchObject([{ container: 'app', containerPort: 80, protocol: 'tcp' }]);
        const { hostPort } = first.bindings[0]!;
        expect(await answerOf(first, 0)).toBe('hello');
        const taken = task([serving()], { ports: ports(hostPort) });
        await expect(engine.startTask(taken)).rejects.toMatchObject({
          message: expect.stringMatching(new RegExp(String(hostPort))) as string,
        });
        expect(await output(taken.id).catch(() => [])).toEqual([]);
      });

      it('are refused where another program listens', async () => {
        const other = createServer().listen(0, '127.0.0.1');
        try {
          await new Promise((resolve) => other.once('listening', resolve));
          const { port } = other.address() as AddressInfo;
          const spec = task([serving()], { ports: ports(port) });
          await expect(engine.startTask(spec)).rejects.toThrow(String(port));
        } finally {
          other.close();
        }
      });
    });

    describe('logs', () => {
      it('keep order, streams, long lines and text of any language', async () => {
        const long = 'head -c 40000 /dev/zero | tr "\\0" x; echo é; echo err >&2; printf "no end"';
        const spec = task([sh(long)]);
        await engine.startTask(spec);
        await exited(spec.id);
        const lines = await logsOf(spec.id);
        const of = (stream: string) =>
          lines.filter((line) => line.stream === stream).map(({ message }) => message);
        expect(of('stdout')).toEqual([`${'x'.repeat(40_000)}é`, 'no end']);
        expect(of('stderr')).toEqual(['err']);
        expect(await output(spec.id, { tail: 1 })).toHaveLength(1);
        expect(await output(spec.id, { tail: 0 })).toEqual([]);
      });

      it('count the last lines, and lines of a time', async () => {
        const spec = task([sh('for i in $(seq 500); do echo $i; done; sleep 1.2; echo last')]);
        await engine.startTask(spec);
        await exited(spec.id);
        const all = await logsOf(spec.id);
        expect(all).toHaveLength(501);
        expect(await output(spec.id, { tail: 3 })).toEqual(['499', '500', 'last']);
        const { at } = all.at(-1)!;
        expect(await output(spec.id, { since: at })).toContain('last');
        expect(await output(spec.id, { since: at })).not.toContain('1');
        expect(await output(spec.id, { until: at, tail: 2 })).toEqual(['499', '500']);
      });

      it('are followed until the container stops', async () => {
        const spec = task([
          sh('echo one; echo two; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo three'),
        ]);
        await engine.startTask(spec);
        await expect.poll(() => output(spec.id)).toEqual(['one', 'two']);
        const following = output(spec.id, { follow: true });
        const tailing = output(spec.id, { follow: true, tail: 1 });
        const session = await engine.exec(spec.id, 'app', ['touch', '/tmp/go']);
        expect(await session.exitCode).toBe(0);
        expect(await following).toEqual(['one', 'two', 'three']);
        expect(await tailing).toEqual(['two', 'three']);
      });

      it('are followed until the signal fires', async () => {
        const spec = task([sh('echo one; exec sleep 1000')]);
        await engine.startTask(spec);
        await expect.poll(() => output(spec.id)).toEqual(['one']);
        const stop = new AbortController();
        const lines: string[] = [];
        for await (const { message } of engine.logs(spec.id, 'app', { follow: true, signal: stop.signal })) {
          lines.push(message);
          stop.abort();
        }
        expect(lines).toEqual(['one']);
      });
    });

    describe('running containers', () => {
      it('run further programs', async () => {
        const spec = task([sh('exec sleep 1000')]);
        await engine.startTask(spec);
        const session = await engine.exec(
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
        const spec = task([sh('exec sleep 1000')]);
        await engine.startTask(spec);
        const session = await engine.exec(spec.id, 'app', ['sh', '-c', 'read x; stty size; exit 4'], {
          tty: true,
        });
        await session.resize(101, 37);
        session.stdin.write('\n');
        expect(await textOf(session.stdout)).toContain('37 101');
        expect(await session.exitCode).toBe(4);
      });

      it('are measured', async () => {
        const spec = task([
          sh('i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exec sleep 1000', { memoryMiB: 64 }),
        ]);
        await engine.startTask(spec);
        const measured = async () => (await engine.stats(spec.id))[0];
        await expect.poll(async () => (await measured())?.cpuNanos ?? 0).toBeGreaterThan(1_000_000);
        const stats = (await measured())!;
        expect(stats).toMatchObject({ name: 'app', memoryLimitBytes: 64 * 1024 * 1024 });
        expect(stats.memoryBytes).toBeGreaterThan(0);
        expect(stats.pids).toBeGreaterThanOrEqual(1);
        expect(Math.abs(Date.now() - stats.at)).toBeLessThan(30_000);
      });
    });

    it('starts many at once', async () => {
      const specs = Array.from({ length: 12 }, () => task([sh('exec sleep 1000')]));
      const results = await Promise.all(specs.map((spec) => engine.startTask(spec)));
      const addresses = results.map(({ network }) => network?.address);
      expect(new Set(addresses).size).toBe(specs.length);
    });
  });
}

const plain: ContainerSpec = {
  name: 'app',
  image: '',
  essential: true,
  environment: {},
  cpuUnits: 0,
  readonlyRootFilesystem: false,
  privileged: false,
  interactive: false,
  pseudoTerminal: false,
  init: false,
  extraHosts: [],
  dnsServers: [],
  dnsSearchDomains: [],
  tmpfs: [],
  mounts: [],
  ulimits: [],
  capabilities: { add: [], drop: [] },
  sysctls: {},
  labels: {},
  stopTimeoutSeconds: 2,
  log: { maxBytes: 10 * 1024 * 1024, maxFiles: 1 },
};

/** What the published port says, asked until something listens behind it. */
async function answerOf({ bindings }: StartedTask, index: number): Promise<string> {
  const { hostPort, bindIp } = bindings[index]!;
  let text = '';
  await expect
    .poll(async () => (text = (await ask(hostPort, bindIp)).trim()), { timeout: 10_000 })
    .not.toBe('');
  return text;
}

function ask(port: number, host: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host }).setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}
