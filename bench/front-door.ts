/**
 * What it costs to know who calls: the same DescribeTasks with authentication off, with each kind of credential, and
 * over TLS with and without a client certificate. Nothing runs: the engine is simulated. The two of a ratio have a
 * fresh server each and run one right after the other, in turned order from round to round: so both are equally warm,
 * and a shared machine, which changes over a second by more than what is measured, is the same for both. Servers of one
 * kind differ too, by what their compiler made of them, so that every ratio has several of each.
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
import { withCleanup, withPart, type Cleanup } from './harness/cleanup.ts';
import { Figures } from './harness/figures.ts';
import { applyLoad, postRequest } from './harness/http-load.ts';
import { putCells, type Cell } from './harness/load-cell.ts';
import { ecsHeaders, startLongshore, type Longshore } from './harness/longshore.ts';
import { readOptions } from './harness/options.ts';
import { signatureHeaders, type AccessKey } from './harness/signed-request.ts';

const servers = 4;
const rounds = 10;
const connections = 16;
const measureMs = 300;
const warmUpMs = 4000;
const stored = 10;
const account = '000000000000';

/** What the requests of a second may be fewer, at most, than without. */
const pairs: Pair[] = [
  { name: 'api-key', of: 'off', atLeast: 0.9 },
  { name: 'jwt', of: 'off', atLeast: 0.9 },
  { name: 'mtls', of: 'tls', atLeast: 0.9 },
  // Holds the cost of TLS itself.
  { name: 'mtls', of: 'off' },
  { name: 'sigv4', of: 'off', atLeast: 0.7 },
  { name: 'tls', of: 'off' },
];

interface Credentials {
  apiKey: string;
  accessKey: AccessKey;
  token: string;
}

interface Setup {
  flags: readonly string[];
  credential?: (keys: Credentials, body: string) => Record<string, string>;
  tls?: ConnectionOptions & { ca: string };
}

interface Contender {
  server: Longshore;
  /** Made shortly before they are sent: a signature is good for a quarter of an hour. */
  requests: () => Buffer[];
  tls?: ConnectionOptions;
}

interface Pair {
  name: string;
  of: string;
  atLeast?: number;
}

/** What was measured next to each other. */
interface Round {
  pair: Pair;
  cell: Cell;
  reference: Cell;
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
    const setups = await prepare(cleanup);
    const measured: Round[] = [];
    for (let server = 0; server < servers; server++) {
      for (const pair of pairs)
        measured.push(...(await withPart(cleanup, (part) => compare(part, setups, pair))));
    }
    const figures = new Figures();
    putFigures(figures, measured);
    figures.print('front-door', json);
  });
}

/** How the server of each contender is started, and what its requests show. */
async function prepare(cleanup: Cleanup): Promise<ReadonlyMap<string, Setup>> {
  const certificates = await makeCertificates();
  cleanup.add(() => certificates.dispose());
  const authority = await certificates.authority('bench');
  const [serverFiles, client] = [await authority.server(), await pemOf(await authority.client('web'))];
  const ca = await readFile(authority.cert, 'utf8');
  const tlsFlags = ['--tls-cert', serverFiles.cert, '--tls-key', serverFiles.key];
  const mutual = [...tlsFlags, '--client-ca', authority.cert, '--client-role', 'web=operator'];
  const none = ['--auth', 'none'];
  const required = ['--auth', 'required'];

  const signed = ({ accessKey }: Credentials, body: string) =>
    signatureHeaders(accessKey, { ...target, host: '127.0.0.1' }, body);
  return new Map<string, Setup>([
    ['off', { flags: none }],
    ['api-key', { flags: required, credential: ({ apiKey }) => ({ 'x-api-key': apiKey }) }],
    ['jwt', { flags: required, credential: ({ token }) => ({ authorization: `Bearer ${token}` }) }],
    ['sigv4', { flags: required, credential: signed }],
    ['tls', { flags: [...none, ...tlsFlags], tls: { ca } }],
    ['mtls', { flags: [...required, ...mutual], tls: { ca, ...client } }],
  ]);
}

async function compare(
  cleanup: Cleanup,
  setups: ReadonlyMap<string, Setup>,
  pair: Pair,
): Promise<readonly Round[]> {
  const contender = await start(cleanup, setups.get(pair.name)!);
  const reference = await start(cleanup, setups.get(pair.of)!);
  for (const each of [contender, reference]) await load(each, warmUpMs);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = await load(round % 2 === 0 ? contender : reference, measureMs);
    const second = await load(round % 2 === 0 ? reference : contender, measureMs);
    const [cell, other] = round % 2 === 0 ? [first, second] : [second, first];
    measured.push({ pair, cell, reference: other });
  }
  return measured;
}

async function start(cleanup: Cleanup, setup: Setup): Promise<Contender> {
  const { flags, tls, credential = () => ({}) } = setup;
  const keys = new Keys();
  const options = { ...keys.options, ...(tls && { tls: { ca: tls.ca } }) };
  const server = await startLongshore(cleanup, ['--engine', 'simulated', ...flags], options);
  const arns = await fill(server);
  const requests = () =>
    arns.map((arn) => {
      const input = { cluster: 'default', tasks: [arn] };
      return postRequest('/', { ...target, ...credential(keys.made, JSON.stringify(input)) }, input);
    });
  return { server, requests, ...(tls && { tls }) };
}

const target = ecsHeaders('DescribeTasks');

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

function putFigures(figures: Figures, measured: readonly Round[]): void {
  const ratios = (pair: Pair, key: keyof Cell) =>
    measured.filter((each) => each.pair === pair).map(({ cell, reference }) => cell[key] / reference[key]);
  for (const pair of pairs) {
    const { name, of, atLeast } = pair;
    const goal = atLeast === undefined ? {} : { goal: { atLeast } };
    figures.put(`${name}/${of} rps ratio`, 'ratio', ratios(pair, 'requestsPerSecond'), goal);
  }
  for (const pair of pairs) {
    figures.put(`${pair.name}/${pair.of} cpu ratio`, 'ratio', ratios(pair, 'cpuMicroseconds'));
  }
  for (const name of new Set(pairs.flatMap((pair) => [pair.of, pair.name]))) {
    putCells(figures, (figure) => `${figure} (${name})`, cellsOf(measured, name));
  }
}

const cellsOf = (measured: readonly Round[], name: string): Cell[] =>
  measured.flatMap(({ pair, cell, reference }) =>
    pair.name === name ? [cell] : pair.of === name ? [reference] : [],
  );

await main();
