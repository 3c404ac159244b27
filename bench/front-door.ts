/**
 * What it costs to know who calls: the same DescribeTasks with authentication off, with each kind of credential, and
 * over TLS with and without a client certificate. Nothing runs: the engine is simulated. The contenders take turns,
 * round by round, each with a server of its own.
 */
import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { signingSecret } from '../src/auth-methods.ts';
import { tokenIssuer } from '../src/api/auth/token-issuer.ts';
import { loadConfig } from '../src/config.ts';
import { createAccessKey, createApiKey } from '../src/core/credentials.ts';
import { ownerOfData } from '../src/core/principal.ts';
import { openSealer } from '../src/store/secrets/sealer.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { systemClock } from '../src/telemetry/clock.ts';
import { makeCertificates, pemOf } from '../test/fixtures/certificates.ts';
import { processorTime } from './harness/child.ts';
import { withCleanup, type Cleanup } from './harness/cleanup.ts';
import { Figures } from './harness/figures.ts';
import { applyLoad, postRequest, type LoadResult } from './harness/http-load.ts';
import { ecsHeaders, startLongshore, type Longshore, type LongshoreOptions } from './harness/longshore.ts';
import { readOptions } from './harness/options.ts';
import { signatureHeaders, type AccessKey } from './harness/signed-request.ts';

const rounds = 9;
const connections = 16;
const measureMs = 1000;
const warmUpMs = 3000;
const stored = 10;
const account = '000000000000';

/** What the requests of a second may be fewer, at most, than without. */
const goals: { name: string; of: string; atLeast?: number }[] = [
  { name: 'api-key', of: 'off', atLeast: 0.9 },
  { name: 'jwt', of: 'off', atLeast: 0.9 },
  { name: 'mtls', of: 'tls', atLeast: 0.9 },
  { name: 'mtls', of: 'off', atLeast: 0.9 },
  { name: 'sigv4', of: 'off', atLeast: 0.7 },
  { name: 'tls', of: 'off' },
];

interface Credentials {
  apiKey: string;
  accessKey: AccessKey;
  token: string;
}

interface Contender {
  name: string;
  server: Longshore;
  /** Made shortly before they are sent: a signature is good for a quarter of an hour. */
  requests: () => Buffer[];
  tls?: ConnectionOptions;
}

interface Cell extends LoadResult {
  cpuMicroseconds: number;
}

const definition = {
  family: 'bench',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'web', image: '127.0.0.1:5000/bench:1', essential: true }],
};

async function main(): Promise<void> {
  const { json } = readOptions(process.argv.slice(2));
  await withCleanup(async (cleanup) => {
    const contenders = await start(cleanup);
    const cells = new Map<string, Cell[]>(contenders.map(({ name }) => [name, []]));
    for (const each of contenders) await load(each, warmUpMs);
    for (let round = 0; round < rounds; round++) {
      for (const each of turned(contenders, round)) cells.get(each.name)!.push(await load(each, measureMs));
    }
    const figures = new Figures();
    putFigures(figures, cells);
    figures.print('front-door', json);
  });
}

async function start(cleanup: Cleanup): Promise<Contender[]> {
  const certificates = await makeCertificates();
  cleanup.add(() => certificates.dispose());
  const authority = await certificates.authority('bench');
  const [serverFiles, client] = [await authority.server(), await pemOf(await authority.client('web'))];
  const ca = await readFile(authority.cert, 'utf8');
  const tlsFlags = ['--tls-cert', serverFiles.cert, '--tls-key', serverFiles.key];
  const mutual = [...tlsFlags, '--client-ca', authority.cert, '--client-role', 'web=operator'];
  const none = ['--auth', 'none'];
  const required = ['--auth', 'required'];

  const keyed = (show: (keys: Credentials, body: string) => Record<string, string>) => {
    const keys = new Keys();
    return { options: keys.options, credential: (body: string) => show(keys.made, body) };
  };
  const byKey = keyed(({ apiKey }) => ({ 'x-api-key': apiKey }));
  const byToken = keyed(({ token }) => ({ authorization: `Bearer ${token}` }));
  const bySignature = keyed(({ accessKey }, body) => signed(accessKey, body));
  return [
    await contender(cleanup, { name: 'off', flags: none }),
    await contender(cleanup, { name: 'api-key', flags: required, ...byKey }),
    await contender(cleanup, { name: 'jwt', flags: required, ...byToken }),
    await contender(cleanup, { name: 'sigv4', flags: required, ...bySignature }),
    await contender(cleanup, { name: 'tls', flags: [...none, ...tlsFlags], tls: { ca } }),
    await contender(cleanup, {
      ...{ name: 'mtls', flags: [...required, ...mutual], tls: { ca, ...client } },
      options: new Keys().options,
    }),
  ];
}

/** Each with a server of its own, so that all of them are equally warm. */
async function contender(
  cleanup: Cleanup,
  setup: {
    name: string;
    flags: readonly string[];
    options?: LongshoreOptions;
    credential?: (body: string) => Record<string, string>;
    tls?: ConnectionOptions & { ca: string };
  },
): Promise<Contender> {
  const { name, flags, tls, credential = () => ({}) } = setup;
  const options = { ...setup.options, ...(tls && { tls: { ca: tls.ca } }) };
  const server = await startLongshore(cleanup, ['--engine', 'simulated', ...flags], options);
  const arns = await fill(server);
  const requests = () =>
    arns.map((arn) => {
      const input = { cluster: 'default', tasks: [arn] };
      return postRequest('/', { ...target, ...credential(JSON.stringify(input)) }, input);
    });
  return { name, server, requests, ...(tls && { tls }) };
}

const target = ecsHeaders('DescribeTasks');
const signed = (key: AccessKey, body: string) =>
  signatureHeaders(key, { ...target, host: '127.0.0.1' }, body);

/** Those of one server: made before it starts, and used for the calls that prepare it. */
class Keys {
  #made: Credentials | undefined;
  readonly options = {
    prepare: async (dataDir: string) => void (this.#made = await makeCredentials(dataDir)),
    headers: () => ({ 'x-api-key': this.made.apiKey }),
  };

  get made(): Credentials {
    return this.#made!;
  }
}

/** As `longshore key create` and `longshore token create` make them. */
async function makeCredentials(dataDir: string): Promise<Credentials> {
  const store = await openSqliteStore({ directory: dataDir });
  try {
    const core = { store, clock: systemClock, sealer: openSealer(dataDir) };
    const [creator, rights] = [ownerOfData(account), { role: 'admin' } as const];
    const { key } = await createApiKey(core, creator, rights);
    const { record, secretAccessKey } = await createAccessKey(core, creator, rights);
    const { config } = loadConfig({ flags: { 'data-dir': dataDir } });
    const issuer = tokenIssuer(signingSecret(config), systemClock);
    const claims = { subject: 'token:bench', scopes: ['*:*'], account, ttlSeconds: 3600 };
    const { token } = await issuer.issue(claims);
    return { apiKey: key, accessKey: { accessKeyId: record.id, secretAccessKey }, token };
  } finally {
    await store.close();
  }
}

/** Registers the definition and runs tasks of it; their ARNs, once all are RUNNING. */
async function fill(server: Longshore): Promise<string[]> {
  await server.call('CreateCluster', { clusterName: 'default' });
  await server.call('RegisterTaskDefinition', definition);
  const { tasks } = await server.call('RunTask', {
    taskDefinition: definition.family,
    launchType: 'FARGATE',
    count: stored,
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
  });
  for (;;) {
    const { clusters } = await server.call('DescribeClusters', { clusters: ['default'] });
    if ((clusters as { runningTasksCount: number }[])[0]!.runningTasksCount === stored) break;
    await delay(20);
  }
  return (tasks as { taskArn: string }[]).map(({ taskArn }) => taskArn);
}

async function load({ server, requests, tls }: Contender, durationMs: number): Promise<Cell> {
  const made = requests();
  const before = processorTime(server.pid);
  const result = await applyLoad({ port: server.port, requests: made, connections, durationMs, tls });
  return { ...result, cpuMicroseconds: (processorTime(server.pid) - before) / result.requests };
}

/** Each round begins with another contender, so that none always runs after the same one. */
function turned<T>(items: readonly T[], by: number): T[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

function putFigures(figures: Figures, cells: ReadonlyMap<string, Cell[]>): void {
  const ratios = (of: string, to: string, key: keyof Cell) =>
    // Round by round, because the two then met the same load of the machine.
    cells.get(of)!.map((cell, round) => cell[key] / cells.get(to)![round]![key]);
  for (const { name, of, atLeast } of goals) {
    const goal = atLeast === undefined ? {} : { goal: { atLeast } };
    figures.put(`${name}/${of} rps ratio`, 'ratio', ratios(name, of, 'requestsPerSecond'), goal);
  }
  for (const { name, of } of goals) {
    figures.put(`${name}/${of} cpu ratio`, 'ratio', ratios(name, of, 'cpuMicroseconds'));
  }
  for (const [name, samples] of cells) {
    const put = (figure: string, unit: string, key: keyof Cell) =>
      figures.put(
        `${figure} (${name})`,
        unit,
        samples.map((cell) => cell[key]),
      );
    put('rps', 'requests/s', 'requestsPerSecond');
    put('p50', 'ms', 'p50Ms');
    put('p99', 'ms', 'p99Ms');
    put('cpu per request', 'µs', 'cpuMicroseconds');
  }
}

await main();
