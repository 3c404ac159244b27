/** What cannot be started ends in a STOPPED task whose reason a user can act on; nothing of it stays, and others go on. */
import { createServer, type AddressInfo } from 'node:net';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { pushImage } from '../fixtures/image.ts';
import { freePort, startRegistry } from '../fixtures/registry.ts';
import { containerOf, page, pageServer, sh, sleeper } from '../fixtures/task-client.ts';
import { ALL_ENGINES, useWorkshop } from '../fixtures/workshop.ts';

const foreign = process.arch === 'arm64' ? 'amd64' : 'arm64';
const noDigest = `sha256:${'0'.repeat(64)}`;

describe.each(ALL_ENGINES)('%s', (kind) => {
  const workshop = useWorkshop(kind);
  const client = () => workshop.it.client;
  let witness = '';
  let port = 0;

  beforeAll(async () => {
    witness = await client().start([
      pageServer('still here', { portMappings: [{ containerPort: 80, hostPort: 0 }] }),
    ]);
    port = containerOf(await client().running(witness)).networkBindings![0]!.hostPort!;
  });
  afterAll(async () => {
    await client().running(witness);
    expect(await page(`127.0.0.1:${port}`)).toBe('still here');
  });

  async function failed(...containers: Partial<ContainerDefinition>[]) {
    const task = await client().stopped(await client().start(containers));
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart', desiredStatus: 'STOPPED' });
    expect(task.startedAt).toBeUndefined();
    for (const container of task.containers!) {
      expect(container.lastStatus).toBe('STOPPED');
    }
    return task;
  }

  const images: [string, () => Promise<string> | string, RegExp][] = [
    [
      'a missing image',
      () => `${workshop.it.registry.host}/never:1`,
      /^CannotPullContainerError: .*never:1.*not found/,
    ],
    [
      'a missing tag',
      () => `${workshop.it.registry.host}/base:9`,
      /^CannotPullContainerError: .*base:9.*not found/,
    ],
    [
      'a missing digest',
      () => `${workshop.it.registry.host}/base@${noDigest}`,
      /^CannotPullContainerError: .*base@sha256:0{64}.*not found/,
    ],
    [
      'a malformed digest',
      () => `${workshop.it.registry.host}/base@sha256:12`,
      /^CannotPullContainerError: .*sha256:12/,
    ],
    [
      'an unreachable registry',
      async () => `127.0.0.1:${await freePort()}/app:1`,
      /^CannotPullContainerError: .*127\.0\.0\.1:\d+.*(refused|reached)/,
    ],
    ['a malformed name', () => `${workshop.it.registry.host}/UPPER`, /^CannotPullContainerError: .*UPPER/],
    [
      'another architecture',
      () => workshop.it.push('foreign:1', { architecture: foreign }),
      new RegExp(`^CannotPullContainerError: .*foreign:1.*${foreign}`),
    ],
  ];

  it.each(images)('%s', async (_, reference, reason) => {
    const task = await failed(sh('true', { image: await reference() }));
    expect(task.stoppedReason).toMatch(reason);
    expect(containerOf(task)).toMatchObject({ reason: task.stoppedReason });
    expect(containerOf(task).exitCode).toBeUndefined();
  });

  it('a registry that needs credentials it has not got', async () => {
    const guarded = await startRegistry({ authenticated: true });
    try {
      const { reference: image } = await pushImage(guarded, 'secret:1');
      const task = await failed(sh('true', { image }));
      expect(task.stoppedReason).toMatch(
        /^CannotPullContainerError: .*secret:1.*(unauthorized|denied|credentials|log in)/i,
      );
    } finally {
      await guarded.stop();
    }
  });

  const containers: [string, Partial<ContainerDefinition>, RegExp][] = [
    [
      'an entrypoint that is not there',
      { entryPoint: ['/nothing-here'] },
      /\/nothing-here.*(no such file|not found)/i,
    ],
    ['a command that is not there', { command: ['nothing-here'] }, /nothing-here.*not found/i],
    [
      'an entrypoint that is no program',
      { entryPoint: ['/etc/passwd'] },
      /\/etc\/passwd.*permission denied/i,
    ],
    ['an unknown user', { user: 'nobody-here' }, /nobody-here/],
    ['an unknown group', { user: 'app:nobody-here' }, /nobody-here/],
    ['a working directory that is a file', { workingDirectory: '/etc/passwd' }, /\/etc\/passwd/],
    ['an unknown capability', { linuxParameters: { capabilities: { add: ['NO_SUCH'] } } }, /NO_SUCH/i],
    [
      'a setting of the kernel that is not its own',
      { systemControls: [{ namespace: 'kernel.panic', value: '1' }] },
      /kernel\.panic/,
    ],
  ];

  it.each(containers)('%s', async (_, members, reason) => {
    const task = await failed(sh('sleep 60', members));
    expect(task.stoppedReason).toMatch(/^Cannot(Create|Start)ContainerError: /);
    expect(task.stoppedReason).toMatch(reason);
    // Words for a user, not the engine's own wrapping.
    expect(task.stoppedReason).not.toMatch(
      /OCI runtime|container_linux\.go|Error response from daemon|runc create/,
    );
    expect(containerOf(task)).toMatchObject({ reason: task.stoppedReason });
    expect(containerOf(task).exitCode).toBeUndefined();
  });

  it('one container of several', async () => {
    const task = await failed(
      sleeper('true', { name: 'good' }),
      sh('true', { name: 'bad', entryPoint: ['/nothing-here'] }),
      sleeper('true', { name: 'after' }),
    );
    expect(containerOf(task, 'bad').reason).toMatch(/nothing-here/);
    expect(containerOf(task, 'bad').exitCode).toBeUndefined();
    expect(containerOf(task, 'after').exitCode).toBeUndefined();
    expect(containerOf(task, 'good').reason).toBeUndefined();
  });

  it('a port that another program has', async () => {
    const program = createServer();
    await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve));
    const { port: hostPort } = program.address() as AddressInfo;
    const task = await failed(pageServer('never', { portMappings: [{ containerPort: 80, hostPort }] }));
    await new Promise((resolve) => program.close(resolve));
    expect(task.stoppedReason).toMatch(/^ResourceInitializationError: .*(in use|taken).*; /);
    expect(task.stoppedReason).toContain(String(hostPort));
  });

  it('a port that another task has', async () => {
    const starting = client().start([
      pageServer('never', { portMappings: [{ containerPort: 80, hostPort: port }] }),
    ]);
    const why = await starting.then(
      async (arn) => (await client().stopped(arn)).stoppedReason!,
      (error: Error) => error.message,
    );
    expect(why).toMatch(new RegExp(`RESOURCE:PORTS|port .*${port}.* (in use|taken)`));
    expect(await page(`127.0.0.1:${port}`)).toBe('still here');
  });

  it('leaves nothing behind, however often it happens', async () => {
    const sockets = async () => (await readdir(`/proc/${workshop.it.server.pid}/fd`)).length;
    const broken = await client().register([
      sh('true', { entryPoint: ['/nothing-here'], portMappings: [{ containerPort: 80, hostPort: 0 }] }),
    ]);
    const missing = await client().register([sh('true', { image: `${workshop.it.registry.host}/never:1` })]);
    const round = async () => {
      const arns = await Promise.all([broken, missing, broken, missing].map((each) => client().run(each)));
      await Promise.all(arns.map((arn) => client().stopped(arn)));
    };
    await round();
    const before = await sockets();
    for (let count = 0; count < 5; count++) await round();
    expect(await sockets()).toBeLessThan(before + 10);
    await client().stop(witness);
    await client().stopped(witness);
    await workshop.it.expectNoTraces();
    witness = await client().start([
      pageServer('still here', { portMappings: [{ containerPort: 80, hostPort: port }] }),
    ]);
  });
});
