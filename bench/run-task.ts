/**
 * From RunTask to the first instruction of the task's container, with the embedded engine and with the docker engine,
 * beside Docker's own API: a container with a published port, and the way the agent of Amazon ECS does it. All
 * contenders take turns, round by round, in one private network namespace.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { pushImage } from '../test/fixtures/image.ts';
import { startRegistry } from '../test/fixtures/registry.ts';
import type { Contender } from './contenders/contender.ts';
import { dockerContainers, dockerEcsWay, pullByDocker } from './contenders/docker-containers.ts';
import { longshoreTasks } from './contenders/longshore-tasks.ts';
import { withCleanup, type Cleanup } from './harness/cleanup.ts';
import { startDockerd } from './harness/dockerd.ts';
import { Figures, median, percentile, type Goal } from './harness/figures.ts';
import { JsonClient } from './harness/json-client.ts';
import { inParallel } from './harness/in-parallel.ts';
import { startLongshore } from './harness/longshore.ts';
import { readOptions, type Options } from './harness/options.ts';
import { inPrivateNetwork } from './harness/private-network.ts';
import { Stamps } from './harness/stamps.ts';

const latencyRounds = 25;
const warmUpRounds = 2;
const throughputRounds = 5;
/** Tasks that are started, and stay up, at each concurrency. */
const batches = [
  { concurrency: 1, tasks: 8 },
  { concurrency: 4, tasks: 24 },
  { concurrency: 8, tasks: 50 },
];
/** For what goes on after a removal: every contender then starts from the same quiet. */
const settleMs = 500;

/** Ours, and what of Docker's it is measured against. */
const pairs = [
  { ours: 'run-task', peer: 'docker' },
  { ours: 'run-task-docker-engine', peer: 'docker ecs-way' },
];
const latencyGoal = { atMost: 0.45 };
const throughputGoal = { atMost: 0.5 };

type Samples = Map<string, number[]>;

async function measure({ json }: Options): Promise<void> {
  await withCleanup(async (cleanup) => {
    const figures = new Figures();
    const stamps = await Stamps.open(cleanup);
    const contenders = await startContenders(cleanup, stamps.directory);
    for (let round = 0; round < warmUpRounds; round++) await latencyRound(contenders, stamps);
    const latencies: Samples = new Map();
    for (let round = 0; round < latencyRounds; round++) {
      addTo(latencies, await latencyRound(contenders, stamps));
    }
    putLatencies(figures, latencies);
    for (const batch of batches) {
      const times: Samples = new Map();
      for (let round = 0; round < throughputRounds; round++) {
        for (const each of contenders)
          addTo(times, new Map([[each.name, await throughput(each, batch, stamps)]]));
      }
      putThroughputs(figures, times, batch.concurrency);
    }
    figures.print('run-task', json);
  });
}

async function startContenders(cleanup: Cleanup, stampsDirectory: string): Promise<Contender[]> {
  const registry = await startRegistry();
  cleanup.add(() => registry.stop());
  const { reference: image } = await pushImage(registry, 'bench:1', { stopSignal: 'SIGKILL' });
  const socketPath = await startDockerd(cleanup);
  const docker = new JsonClient({ socketPath });
  cleanup.add(() => docker.close());
  await pullByDocker(docker, image);
  const flags = ['--host-path', stampsDirectory];
  const embedded = await startLongshore(cleanup, ['--engine', 'embedded', ...flags]);
  const onDocker = await startLongshore(cleanup, ['--engine', 'docker', ...flags], {
    environment: { DOCKER_HOST: `unix://${socketPath}` },
  });
  return [
    await longshoreTasks('run-task', embedded, image, stampsDirectory),
    dockerContainers(docker, image, stampsDirectory),
    await longshoreTasks('run-task-docker-engine', onDocker, image, stampsDirectory),
    dockerEcsWay(docker, image, stampsDirectory),
  ];
}

/** One start and removal by each; milliseconds by contender. */
async function latencyRound(contenders: readonly Contender[], stamps: Stamps): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const contender of contenders) {
    await delay(settleMs);
    const startedAt = performance.now();
    const { handle, ranAt } = await startOne(contender, stamps);
    times.set(contender.name, ranAt - startedAt);
    await contender.remove(handle);
    await stamps.clear();
  }
  return times;
}

/** Milliseconds per task, from the first request to the first instruction of the last one. */
async function throughput(
  contender: Contender,
  { tasks, concurrency }: { tasks: number; concurrency: number },
  stamps: Stamps,
): Promise<number> {
  await delay(settleMs);
  const handles: string[] = [];
  const startedAt = performance.now();
  let endedAt = startedAt;
  await inParallel(tasks, concurrency, async () => {
    const { handle, ranAt } = await startOne(contender, stamps);
    handles.push(handle);
    endedAt = Math.max(endedAt, ranAt);
  });
  await inParallel(handles.length, 8, () => contender.remove(handles.pop()!));
  await stamps.clear();
  return (endedAt - startedAt) / tasks;
}

let stampNumber = 0;

async function startOne(contender: Contender, stamps: Stamps): Promise<{ handle: string; ranAt: number }> {
  const stamp = `s${stampNumber++}`;
  const ran = stamps.expect(stamp);
  // Waited for below; a failed start is reported first.
  ran.catch(() => undefined);
  const handle = await contender.start(stamp);
  const ranAt = await ran.catch(async (error: Error) => {
    throw new Error(`${contender.name}: ${error.message}: ${await contender.explain(handle)}`);
  });
  return { handle, ranAt };
}

function addTo(samples: Samples, round: ReadonlyMap<string, number>): void {
  for (const [name, value] of round) samples.set(name, [...(samples.get(name) ?? []), value]);
}

function putLatencies(figures: Figures, latencies: Samples): void {
  for (const { ours, peer } of pairs) {
    putRatio(figures, `${ours}/${peer} p50 ratio`, latencies, { ours, peer, goal: latencyGoal });
  }
  for (const [name, samples] of latencies) {
    figures.put(`${name} p50`, 'ms', samples);
    figures.put(`${name} p90`, 'ms', samples, { value: percentile(samples, 0.9) });
  }
}

function putThroughputs(figures: Figures, times: Samples, concurrency: number): void {
  const suffix = `(concurrency ${concurrency})`;
  const goal = concurrency === 8 ? throughputGoal : undefined;
  for (const { ours, peer } of pairs) {
    putRatio(figures, `${ours}/${peer} time per task ratio ${suffix}`, times, { ours, peer, goal });
  }
  for (const [name, samples] of times) {
    figures.put(`${name} time per task ${suffix}`, 'ms', samples);
    figures.put(
      `${name} rate ${suffix}`,
      'tasks/s',
      samples.map((ms) => 1000 / ms),
    );
  }
}

/** The ratio of the medians; its spread is that of the rounds. */
function putRatio(
  figures: Figures,
  figure: string,
  samples: Samples,
  { ours, peer, goal }: { ours: string; peer: string; goal?: Goal | undefined },
): void {
  const [upper, lower] = [samples.get(ours)!, samples.get(peer)!];
  const byRound = upper.map((value, round) => value / lower[round]!);
  figures.put(figure, 'ratio', byRound, { value: median(upper) / median(lower), goal });
}

const options = readOptions(process.argv.slice(2));
await inPrivateNetwork(import.meta.url, () => measure(options));
