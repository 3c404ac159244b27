/**
 * What the API costs: DescribeTasks, ListTasks and RegisterTaskDefinition with few and with many tasks stored, beside
 * a bare fastify route that answers the same body and a bare node:http echo. Nothing runs: the engine is simulated.
 * Every contender is a process of its own; they take turns, round by round.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { processorTime } from './harness/child.ts';
import { withCleanup, type Cleanup } from './harness/cleanup.ts';
import { Figures, type Goal } from './harness/figures.ts';
import { applyLoad, postRequest } from './harness/http-load.ts';
import { putCells, type Cell } from './harness/load-cell.ts';
import { ecsHeaders, startLongshore, type Longshore } from './harness/longshore.ts';
import { readOptions } from './harness/options.ts';
import { startPeer, type Peer } from './harness/peer.ts';

const rounds = 7;
const connections = 16;
const measureMs = 1000;
const warmUpMs = 1500;
const storedCounts = [10, 1_000, 10_000];
const [fewest, most] = [10, 10_000];

/** One kind of request, and the inputs that a load of it takes in turn. */
interface Workload {
  name: string;
  operation: string;
  inputs: (taskArns: readonly string[]) => object[];
}

const definition = {
  family: 'bench',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  containerDefinitions: [
    {
      name: 'web',
      image: '127.0.0.1:5000/bench:1',
      essential: true,
      environment: [{ name: 'MODE', value: 'bench' }],
      portMappings: [{ containerPort: 80, protocol: 'tcp' }],
    },
  ],
};

const workloads: Workload[] = [
  {
    name: 'describe-tasks',
    operation: 'DescribeTasks',
    inputs: (arns) => arns.map((arn) => ({ cluster: 'default', tasks: [arn] })),
  },
  {
    name: 'describe-10-tasks',
    operation: 'DescribeTasks',
    inputs: (arns) =>
      Array.from({ length: Math.ceil(arns.length / 10) }, (_, index) => ({
        cluster: 'default',
        tasks: arns.slice(index * 10, index * 10 + 10),
      })),
  },
  {
    name: 'list-tasks',
    operation: 'ListTasks',
    // So that the answer is as long with ten tasks as with ten thousand.
    inputs: () => [{ cluster: 'default', maxResults: 10 }],
  },
  { name: 'register-task-definition', operation: 'RegisterTaskDefinition', inputs: () => [definition] },
];

interface Contender {
  name: string;
  pid: number;
  port: number;
  requests: Buffer[];
}

async function main(): Promise<void> {
  const { json } = readOptions(process.argv.slice(2));
  await withCleanup(async (cleanup) => {
    const figures = new Figures();
    const servers = new Map<number, { server: Longshore; arns: string[] }>();
    for (const stored of storedCounts) {
      const server = await startLongshore(cleanup, ['--engine', 'simulated']);
      servers.set(stored, { server, arns: await fill(server, stored) });
    }
    const peers = await startPeers(cleanup, servers.get(most)!);
    const contenders = workloads.map((workload) => contendersFor(workload, servers, peers));
    for (const each of contenders.flat()) await load(each, warmUpMs);
    const cells = workloads.map(() => new Map<string, Cell[]>());
    for (let round = 0; round < rounds; round++) {
      for (const [index, each] of contenders.entries()) {
        for (const contender of turned(each, round)) {
          const cell = await load(contender, measureMs);
          cells[index]!.set(contender.name, [...(cells[index]!.get(contender.name) ?? []), cell]);
        }
      }
    }
    workloads.forEach(({ name }, index) => putFigures(figures, name, cells[index]!));
    figures.print('control-plane', json);
  });
}

/** Registers the definition and runs so many tasks of it; their ARNs, once all are RUNNING. */
async function fill(server: Longshore, stored: number): Promise<string[]> {
  await server.call('CreateCluster', { clusterName: 'default' });
  await server.call('RegisterTaskDefinition', definition);
  const arns: string[] = [];
  while (arns.length < stored) {
    const { tasks } = await server.call('RunTask', {
      taskDefinition: definition.family,
      launchType: 'FARGATE',
      count: 10,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    });
    arns.push(...(tasks as { taskArn: string }[]).map((task) => task.taskArn));
  }
  for (;;) {
    const { clusters } = await server.call('DescribeClusters', { clusters: ['default'] });
    if ((clusters as { runningTasksCount: number }[])[0]!.runningTasksCount === stored) return arns;
    await delay(20);
  }
}

interface Peers {
  fastify: Peer;
  echo: Peer;
}

/** The fastify peer answers with what the server itself answered to the first request of each workload. */
async function startPeers(
  cleanup: Cleanup,
  { server, arns }: { server: Longshore; arns: string[] },
): Promise<Peers> {
  const bodies: Record<string, object> = {};
  for (const { name, operation, inputs } of workloads) {
    bodies[`/${name}`] = await server.call(operation, inputs(arns)[0]!);
  }
  return {
    fastify: await startPeer(cleanup, 'fastify-route', bodies),
    echo: await startPeer(cleanup, 'http-echo'),
  };
}

function contendersFor(
  { name, operation, inputs }: Workload,
  servers: ReadonlyMap<number, { server: Longshore; arns: string[] }>,
  { fastify, echo }: Peers,
): Contender[] {
  const ours = [...servers].map(([stored, { server, arns }]) => ({
    name: String(stored),
    pid: server.pid,
    port: server.port,
    requests: inputs(arns).map((input) => postRequest('/', ecsHeaders(operation), input)),
  }));
  const [input] = inputs(servers.get(most)!.arns);
  const peerRequests = [postRequest(`/${name}`, { 'content-type': 'application/json' }, input)];
  return [
    ...ours,
    { ...fastify, name: 'fastify', requests: peerRequests },
    { ...echo, name: 'echo', requests: peerRequests },
  ];
}

async function load({ pid, port, requests }: Contender, durationMs: number): Promise<Cell> {
  const before = processorTime(pid);
  const result = await applyLoad({ port, requests, connections, durationMs });
  return { ...result, cpuMicroseconds: (processorTime(pid) - before) / result.requests };
}

/** Each round begins with another contender, so that none always runs after the same one. */
function turned<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function putFigures(figures: Figures, name: string, cells: ReadonlyMap<string, Cell[]>): void {
  const ratio = (figure: string, of: string, to: string, key: keyof Cell, goal?: Goal) => {
    const [upper, lower] = [of, to].map((contender) => cells.get(contender)!.map((cell) => cell[key]));
    // Round by round, because the two then met the same load of the machine.
    const samples = upper!.map((value, round) => value / lower![round]!);
    figures.put(`${name}${figure} ratio`, 'ratio', samples, { goal });
  };
  const isGoal = name === 'describe-tasks';
  const [few, many] = [String(fewest), String(most)];
  ratio('/fastify rps', many, 'fastify', 'requestsPerSecond', isGoal ? { atLeast: 0.6 } : undefined);
  ratio('/fastify cpu', many, 'fastify', 'cpuMicroseconds');
  ratio('/node:http echo rps', many, 'echo', 'requestsPerSecond');
  ratio(` latency ${many}/${few}`, many, few, 'p50Ms', isGoal ? { atMost: 1.5 } : undefined);
  ratio(` p99 latency ${many}/${few}`, many, few, 'p99Ms');
  for (const [contender, samples] of cells) {
    const suffix = Number.isNaN(Number(contender)) ? `(${contender})` : `(${contender} stored)`;
    putCells(figures, (figure) => `${name} ${figure} ${suffix}`, samples);
  }
}

await main();
