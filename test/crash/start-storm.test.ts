/** kill -9 of the server at random moments while tasks start and end: nothing that was acknowledged is lost. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../fixtures/processes.ts';
import { containerOf, page, sh, sleeper } from '../fixtures/task-client.ts';
import { containersOf, type ListedContainer } from '../fixtures/traces.ts';
import { useWorkshop } from '../fixtures/workshop.ts';

const ROUNDS = process.env['LONGSHORE_LONG'] === '1' ? 20 : 2;
const LATEST_KILL_MS = 1_200;

let notes = '';
beforeAll(async () => {
  notes = await mkdtemp(join(tmpdir(), 'ls-notes-'));
});
afterAll(() => rm(notes, { recursive: true, force: true }));

const workshop = useWorkshop('embedded', () => ({ flags: ['--host-path', notes] }));
const client = () => workshop.it.client;

interface Kind {
  definition: string;
  /** Absent: it runs until it is stopped. */
  exitCode?: number;
  /** Its container notes each of its starts. */
  noted?: boolean;
}

let kinds: Kind[] = [];
let servers = '';
/** Containers note each of their starts in a file of the machine. */
const volumes = [{ name: 'notes', host: { sourcePath: '' } }];
const withNotes = { mountPoints: [{ sourceVolume: 'notes', containerPath: '/notes' }] };
const note = 'echo $TASK >> /notes/starts';

beforeAll(async () => {
  volumes[0]!.host.sourcePath = notes;
  const portMappings = [{ containerPort: 80, hostPort: 0 }];
  const ending = (exitCode: number, script: string) => async () => ({
    exitCode,
    noted: true,
    definition: await client().register([sh(`${note}; ${script}; exit ${exitCode}`, withNotes)], { volumes }),
  });
  const staying = async () => ({
    noted: true,
    definition: await client().register([sleeper(note, withNotes)], { volumes }),
  });
  const several = async () => ({
    definition: await client().register([
      sleeper('echo one'),
      sleeper('echo two'),
      sh('sleep 0.3; exit 3', { essential: false }),
    ]),
  });
  const makers = [
    staying,
    ending(11, 'true'),
    several,
    ending(12, 'sleep 0.3'),
    staying,
    ending(13, 'sleep 1'),
  ];
  for (const make of makers) kinds.push(await make());
  servers = await client().register([
    sh('mkdir /tmp/w; echo $TASK > /tmp/w/index.html; httpd -f -p 80 -h /tmp/w', { portMappings }),
  ]);
  kinds = [...kinds, ...kinds];
});

const named = (name: string) => ({
  overrides: { containerOverrides: [{ name: 'app', environment: [{ name: 'TASK', value: name }] }] },
});

it.each(Array.from({ length: ROUNDS }, (_, index) => index + 1))(
  'round %i',
  async (round) => {
    const killAfterMs = Math.floor(Math.random() * LATEST_KILL_MS);
    const acknowledged = await storm(round, killAfterMs);
    await workshop.it.serve();
    await Promise.all(
      acknowledged.map((each) => expectSettled(each, `round ${round}, killed after ${killAfterMs} ms`)),
    );
    expectNoneTwice(await containersOf(workshop.it.traced));
    await expectEachStartedOnce(acknowledged);
    await client().stopAll();
    await Promise.all(acknowledged.map(({ arn }) => client().stopped(arn)));
    await workshop.it.expectNoTraces();
  },
  120_000,
);

interface Acknowledged extends Kind {
  arn: string;
  name: string;
}

/** Starts a task of each kind, a few at a time, and kills the server meanwhile. Answers with those it heard of. */
async function storm(round: number, killAfterMs: number): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const starting = Promise.allSettled(
    kinds.map(async (kind, index) => {
      await delay(index * 40);
      const name = `${round}-${index}`;
      const arn = await client().run(kind.definition, named(name));
      acknowledged.push({ ...kind, arn, name });
    }),
  );
  await delay(killAfterMs);
  await workshop.it.server.kill();
  await starting;
  return acknowledged;
}

async function expectSettled({ arn, exitCode }: Acknowledged, when: string): Promise<void> {
  if (exitCode === undefined) {
    const task = await client().running(arn);
    expect(containerOf(task).lastStatus, when).toBe('RUNNING');
    return;
  }
  const task = await client().stopped(arn);
  expect(task, when).toMatchObject({ stopCode: 'EssentialContainerExited' });
  expect(containerOf(task).exitCode, when).toBe(exitCode);
}

function expectNoneTwice(containers: ListedContainer[]): void {
  const names = containers.map(
    ({ Labels }) => `${Labels?.['longshore.task']} ${Labels?.['longshore.container']}`,
  );
  expect(names.length).toBe(new Set(names).size);
}

/** Tasks of one container: what has run is never run again, not even where the server did not live to hear of it. */
async function expectEachStartedOnce(acknowledged: Acknowledged[]): Promise<void> {
  const names = acknowledged.filter(({ noted }) => noted).map(({ name }) => name);
  // A task is RUNNING once it has a process, which may be a moment before that has noted anything.
  const starts = await until('the first note of each', async () => {
    const noted = (await readFile(join(notes, 'starts'), 'utf8').catch(() => '')).split('\n');
    return names.every((name) => noted.includes(name)) && noted;
  });
  const counted = names.map((name) => ({ name, starts: starts.filter((line) => line === name).length }));
  expect(counted).toEqual(names.map((name) => ({ name, starts: 1 })));
}

it('fifty tasks at once all run, each at a port of its own', async () => {
  const arns = await Promise.all(
    Array.from({ length: 50 }, (_, index) => client().run(servers, named(`server-${index}`))),
  );
  const tasks = await Promise.all(arns.map((arn) => client().running(arn, 110_000)));
  const pages = await Promise.all(
    tasks.map((task) => page(`127.0.0.1:${containerOf(task).networkBindings![0]!.hostPort}`)),
  );
  expect(pages).toEqual(arns.map((_, index) => `server-${index}`));
  await client().stopAll();
  await Promise.all(arns.map((arn) => client().stopped(arn)));
  await workshop.it.expectNoTraces();
});
