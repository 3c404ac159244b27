/** What a container definition and the overrides of a call ask for is what the process finds. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerOf, sh, sleeper } from '../fixtures/task-client.ts';
import { LOCAL_ENGINES, useWorkshop } from '../fixtures/workshop.ts';

let host = '';
beforeAll(async () => {
  host = await mkdtemp(join(tmpdir(), 'ls-host-'));
  await mkdir(join(host, 'open'));
  await mkdir(join(host, 'closed'));
  await writeFile(join(host, 'open', 'greeting'), 'from the machine');
  await symlink(join(host, 'closed'), join(host, 'open', 'way-out'));
});
afterAll(() => rm(host, { recursive: true, force: true }));

describe.each(LOCAL_ENGINES)('%s', (kind) => {
  const workshop = useWorkshop(kind, () => ({ flags: ['--host-path', join(host, 'open')] }));
  const client = () => workshop.it.client;

  it('gets its environment, with values of any shape', async () => {
    const environment = [
      { name: 'PLAIN', value: 'one' },
      { name: 'ODD', value: 'two  "words" = $PLAIN \\ ü' },
      { name: 'EMPTY', value: '' },
    ];
    const said = await client().said(
      sh('echo "$PLAIN|$ODD|${EMPTY-unset}|$AWS_EXECUTION_ENV"', { environment }),
    );
    expect(said).toEqual(['one|two  "words" = $PLAIN \\ ü||AWS_ECS_EC2']);
  });

  it('gets what the call overrides, and the rest of its definition', async () => {
    const definition = await client().register([
      sh('echo not this', {
        environment: [
          { name: 'KEPT', value: 'kept' },
          { name: 'CHANGED', value: 'before' },
        ],
      }),
    ]);
    const override = {
      name: 'app',
      command: ['sh', '-c', 'echo $KEPT $CHANGED $ADDED'],
      environment: [
        { name: 'CHANGED', value: 'after' },
        { name: 'ADDED', value: 'added' },
      ],
    };
    const arn = await client().run(definition, { overrides: { containerOverrides: [override] } });
    await client().stopped(arn);
    expect(await client().output(arn)).toEqual(['kept after added']);
  });

  it("runs the image's own program where the definition names none", async () => {
    const image = await workshop.it.push('own:1', {
      entrypoint: ['sh', '-c'],
      cmd: ['id -u; pwd; echo $FROM'],
      user: 'app',
      workdir: '/data',
      env: ['FROM=image'],
    });
    expect(await client().said({ image })).toEqual(['1000', '/data', 'image']);
    expect(await client().said({ image, command: ['echo command'] })).toEqual(['command']);
    expect(await client().said({ image, entryPoint: ['echo'], command: ['both', 'given'] })).toEqual([
      'both given',
    ]);
  });

  it.each([
    ['app', '1000 1000'],
    ['1234', '1234 0'],
    ['1234:4321', '1234 4321'],
  ])('runs as user %s', async (user, ids) => {
    expect(await client().said(sh('echo $(id -u) $(id -g)', { user }))).toEqual([ids]);
  });

  it('starts in the directory asked for', async () => {
    expect(await client().said(sh('pwd', { workingDirectory: '/tmp' }))).toEqual(['/tmp']);
  });

  it('cannot write to a root that is read only, but can where it got room', async () => {
    const container = sh(
      'touch /x 2>/dev/null || echo refused; touch /room/x && echo written; mount | grep " /room "',
      {
        readonlyRootFilesystem: true,
        linuxParameters: { tmpfs: [{ containerPath: '/room', size: 3, mountOptions: ['noexec'] }] },
      },
    );
    const said = await client().said(container);
    expect(said.slice(0, 2)).toEqual(['refused', 'written']);
    expect(said[2]).toMatch(/tmpfs.*noexec.*size=3072k/);
  });

  it('has the limits asked for', async () => {
    const ulimits = [{ name: 'nofile' as const, softLimit: 300, hardLimit: 400 }];
    const container = sh('ulimit -Sn; ulimit -Hn; cat /sys/fs/cgroup/memory/memory.limit_in_bytes', {
      ulimits,
      memory: 32,
    });
    expect(await client().said(container)).toEqual(['300', '400', String(32 * 1024 * 1024)]);
  });

  it('keeps few rights by default, and those that it got or gave up', async () => {
    const rights =
      'grep -E "CapBnd|Seccomp:|NoNewPrivs" /proc/self/status | tr -d "\\t"; ls /dev/mem 2>&1 | tail -n 1';
    const said = await client().said(sh(rights));
    expect(said).toContain('CapBnd:00000000a80425fb');
    expect(said).toContain('Seccomp:2');
    expect(said.at(-1)).toMatch(/No such file/);
    const capabilities = { add: ['NET_ADMIN'], drop: ['NET_RAW'] };
    expect(await client().said(sh(rights, { linuxParameters: { capabilities } }))).toContain(
      'CapBnd:00000000a80415fb',
    );
  });

  it('has an init process where asked', async () => {
    const said = await client().said(
      sh('cat /proc/1/comm', { linuxParameters: { initProcessEnabled: true } }),
    );
    expect(said).toEqual([expect.stringMatching(/init|tini|catatonit/)]);
  });

  it('shares a volume between the containers of a task, and with no other task', async () => {
    const volumes = [{ name: 'shared' }];
    const mountPoints = [{ sourceVolume: 'shared', containerPath: '/shared' }];
    const readOnly = [{ sourceVolume: 'shared', containerPath: '/seen', readOnly: true }];
    const definition = await client().register(
      [
        sh(
          'until [ -s /seen/note ]; do sleep 0.1; done; cat /seen/note; touch /seen/x 2>/dev/null || echo refused',
          {
            name: 'reads',
            mountPoints: readOnly,
          },
        ),
        sleeper('ls /shared; echo note > /shared/note', { name: 'writes', mountPoints }),
      ],
      { volumes },
    );
    for (const arn of [await client().run(definition), await client().run(definition)]) {
      await client().stopped(arn);
      expect(await client().output(arn, 'reads')).toEqual(['note', 'refused']);
      // Empty at first, also for the second task.
      expect(await client().output(arn, 'writes')).toEqual([]);
    }
  });

  it('sees a directory of the machine that --host-path allows', async () => {
    const volumes = [{ name: 'machine', host: { sourcePath: join(host, 'open') } }];
    const mountPoints = [{ sourceVolume: 'machine', containerPath: '/machine' }];
    const container = sh('cat /machine/greeting; echo hello > /machine/answer', { mountPoints });
    expect(await client().said(container, { volumes })).toEqual(['from the machine']);
    expect(await readFile(join(host, 'open', 'answer'), 'utf8')).toBe('hello\n');
  });

  it.each([
    ['beside the allowed one', () => join(host, 'closed')],
    ['that a link leads to', () => join(host, 'open', 'way-out')],
    ['of the server', () => workshop.it.dataDir],
    ['above it all', () => '/'],
    ['climbing out', () => join(host, 'open') + '/../closed'],
  ])('is refused a directory %s', async (_, path) => {
    const volumes = [{ name: 'machine', host: { sourcePath: path() } }];
    const mountPoints = [{ sourceVolume: 'machine', containerPath: '/machine' }];
    await expect(client().start([sh('ls /machine', { mountPoints })], { volumes })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(/Volume 'machine' of container 'app': directory/) as string,
    });
  });

  it.each([
    ['privileged', { privileged: true }],
    ['CAP_SYS_ADMIN', { linuxParameters: { capabilities: { add: ['SYS_ADMIN'] } } }],
  ])('is refused %s without --host-path /', async (_, members) => {
    await expect(client().start([sh('true', members)])).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(/--host-path \//) as string,
    });
  });

  it('reports the digest of its image and its own id', async () => {
    const arn = await client().start([sleeper()]);
    const container = containerOf(await client().running(arn));
    expect(container.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(container.runtimeId).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('without --host-path', () => {
  const workshop = useWorkshop('embedded');

  it('refuses a directory of the machine and says how to allow it', async () => {
    const volumes = [{ name: 'machine', host: { sourcePath: host } }];
    const mountPoints = [{ sourceVolume: 'machine', containerPath: '/machine' }];
    const starting = workshop.it.client.start([sh('true', { mountPoints })], { volumes });
    await expect(starting).rejects.toThrow(`start the server with --host-path ${host}`);
  });
});
