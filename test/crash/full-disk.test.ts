/** A disk that runs full under the data directory: what cannot be done says so, the rest goes on, and room heals it. */
import { mkdtemp, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { containersClient } from '../fixtures/containers.ts';
import { run } from '../fixtures/processes.ts';
import { containerOf, page, pageServer, sh, sleeper } from '../fixtures/task-client.ts';
import { useWorkshop } from '../fixtures/workshop.ts';

let disk = '';
beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'ls-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]);
});
// Hooks after all run last first: the workshop closes before its disk goes.
afterAll(async () => {
  await run('umount', ['-l', disk]);
  await rmdir(disk);
});
const workshop = useWorkshop('embedded', () => ({ dataDir: join(disk, 'data') }));
const client = () => workshop.it.client;

const filling = () => join(disk, 'filling');

async function fill(): Promise<void> {
  const { bfree, bsize } = await statfs(disk);
  // To the last byte: what does not fit is what fills it.
  await writeFile(filling(), Buffer.alloc(bfree * bsize)).catch(() => undefined);
  await writeFile(`${filling()}-rest`, Buffer.alloc(4096)).catch(() => undefined);
}

const free = () => Promise.all([filling(), `${filling()}-rest`].map((path) => rm(path, { force: true })));

it('refuses what it cannot keep, answers what it knows, and goes on with room', async () => {
  const definition = await client().register([
    pageServer('served', { portMappings: [{ containerPort: 80, hostPort: 0 }] }),
  ]);
  const arn = await client().run(definition);
  const port = containerOf(await client().running(arn)).networkBindings![0]!.hostPort!;
  expect(await page(`127.0.0.1:${port}`)).toBe('served');
  const acknowledged: string[] = [];
  await fill();
  try {
    // The database may have a little room of its own left.
    let refusal: Error | undefined;
    for (let count = 0; count < 200 && !refusal; count++) {
      await client()
        .register([sleeper('true', { environment: [{ name: 'BULK', value: 'x'.repeat(20_000) }] })])
        .then((registered) => acknowledged.push(registered))
        .catch((error: Error) => (refusal = error));
    }
    expect(refusal).toMatchObject({
      name: 'ServerException',
      message: expect.stringMatching(/no (space|room)|disk.*full/i) as string,
    });
    expect((await client().task(arn)).lastStatus).toBe('RUNNING');
    expect(await page(`127.0.0.1:${port}`)).toBe('served');
    expect((await fetch(`${workshop.it.server.url}/health`)).status).toBe(200);
  } finally {
    await free();
  }
  const next = await client().start([sh('exit 3')]);
  expect(containerOf(await client().stopped(next)).exitCode).toBe(3);
  await workshop.it.server.kill();
  await workshop.it.serve();
  expect((await client().task(arn)).lastStatus).toBe('RUNNING');
  for (const registered of acknowledged.slice(-3)) {
    const known = await client().run(registered);
    await client().running(known);
  }
  await client().stopAll();
  await workshop.it.expectNoTraces();
});

it('says that an image has no room', async () => {
  const image = await workshop.it.push('huge:1', { files: { '/huge': 'x'.repeat(80_000_000) } });
  const task = await client().stopped(await client().start([sh('true', { image })]));
  expect(task).toMatchObject({ stopCode: 'TaskFailedToStart' });
  expect(task.stoppedReason).toMatch(/^CannotPullContainerError: .*no space left on device; free disk space/);
  const next = await client().start([sh('exit 3')]);
  expect(containerOf(await client().stopped(next)).exitCode).toBe(3);
});

it('says so to who works with images and containers one by one, and goes on', async () => {
  const containers = containersClient(() => workshop.it.server.url);
  const huge = await workshop.it.push('huge-again:1', { files: { '/huge': 'y'.repeat(80_000_000) } });
  const full = expect.stringMatching(/no space left on device; free disk space/) as string;
  const refused = { status: 500, body: { code: 500, message: full } };
  expect(await containers.call('POST', '/images/pull', { name: huge })).toMatchObject({
    ...refused,
    body: { ...refused.body, errors: [] },
  });
  const image = workshop.it.image;
  await fill();
  try {
    expect(await containers.call('POST', '/containers', { image, name: 'no-room' })).toMatchObject(refused);
    expect((await containers.call('GET', '/containers')).status).toBe(200);
  } finally {
    await free();
  }
  expect(await containers.data('GET', '/containers')).toMatchObject({ total: 0 });
  await containers.refused(404, 'GET', `/images/${huge}`);
  const body = { image, name: 'no-room', command: ['true'], start: true };
  await containers.data('POST', '/containers', body);
  await containers.data('DELETE', '/containers/no-room?force=true');
});

it('ends tasks whose end it could not write down at once', async () => {
  const arn = await client().start([sleeper('true')]);
  await client().running(arn);
  const ending = await client().start([sh('sleep 1; exit 7')]);
  await client().running(ending);
  await fill();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await free();
  expect(containerOf(await client().stopped(ending)).exitCode).toBe(7);
  await client().running(arn);
});
