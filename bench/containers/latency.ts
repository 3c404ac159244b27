/** What a call of the containers API takes beside the engine's own call for the same, by turns. */
import { performance } from 'node:perf_hooks';
import { percentile, type Figures, type Goal } from '../harness/figures.ts';
import { ourCall, rawCall, type Contenders } from './contenders.ts';

interface Endpoint {
  name: string;
  ours: (id: string) => ReturnType<typeof ourCall>;
  raw: (id: string) => ReturnType<typeof rawCall>;
  /** Milliseconds that ours may take more, at the median. */
  goal?: number;
}

const overheadMs = 3;
/** Ends at SIGKILL, which the image names as its stop signal. */
const command = ['sh', '-c', 'seq 1 200; exec sleep 100000'];
const lines = 100;

/** Of a container that is made; `create` is measured apart, as it gives the id. In the order of its life. */
const endpoints: Endpoint[] = [
  {
    name: 'list',
    goal: overheadMs,
    ours: () => ourCall('GET', '/containers'),
    raw: () => rawCall('GET', '/containers/json?all=1'),
  },
  {
    name: 'detail',
    ours: (id) => ourCall('GET', `/containers/${id}`),
    raw: (id) => rawCall('GET', `/containers/${id}/json`),
  },
  {
    name: 'start',
    goal: overheadMs,
    ours: (id) => ourCall('POST', `/containers/${id}/start`),
    raw: (id) => rawCall('POST', `/containers/${id}/start`),
  },
  {
    name: 'metrics',
    ours: (id) => ourCall('GET', `/metrics/containers/${id}`),
    raw: (id) => rawCall('GET', `/containers/${id}/stats?stream=false&one-shot=true`),
  },
  {
    name: 'logs tail',
    ours: (id) => ourCall('GET', `/containers/${id}/logs?tail=${lines}`),
    raw: (id) => rawCall('GET', `/containers/${id}/logs?stdout=1&stderr=1&timestamps=1&tail=${lines}`),
  },
  {
    name: 'stop',
    goal: overheadMs,
    ours: (id) => ourCall('POST', `/containers/${id}/stop`),
    raw: (id) => rawCall('POST', `/containers/${id}/stop`),
  },
  {
    name: 'delete',
    ours: (id) => ourCall('DELETE', `/containers/${id}`),
    raw: (id) => rawCall('DELETE', `/containers/${id}`),
  },
  {
    name: 'images list',
    ours: () => ourCall('GET', '/images'),
    raw: () => rawCall('GET', '/images/json'),
  },
];

export interface LatencySizes {
  rounds: number;
  warmUpRounds: number;
}

type Taken = Record<'ours' | 'raw', number>;
type Samples = Map<string, Taken[]>;

export async function measureLatency(
  contenders: Contenders,
  { rounds, warmUpRounds }: LatencySizes,
  figures: Figures,
): Promise<void> {
  for (let round = 0; round < warmUpRounds; round++) await oneRound(contenders, new Map(), round);
  const samples: Samples = new Map();
  for (let round = 0; round < rounds; round++) await oneRound(contenders, samples, round);
  for (const [name, taken] of samples) put(figures, `${name} (${contenders.engine})`, taken, goalOf(name));
}

/** One container by each, and with each every call of its life. Who is first changes from round to round. */
async function oneRound(contenders: Contenders, samples: Samples, round: number): Promise<void> {
  const { ours, raw, image } = contenders;
  const ids: Record<'ours' | 'raw', string> = { ours: '', raw: '' };
  const both = async (name: string, calls: Record<'ours' | 'raw', () => Promise<unknown>>) => {
    const taken: Taken = { ours: 0, raw: 0 };
    for (const each of round % 2 === 0 ? (['ours', 'raw'] as const) : (['raw', 'ours'] as const)) {
      const startedAt = performance.now();
      await calls[each]();
      taken[each] = performance.now() - startedAt;
    }
    samples.set(name, [...(samples.get(name) ?? []), taken]);
  };
  await both('create', {
    ours: async () => {
      const { data } = await ours.call(ourCall('POST', '/containers', { image, command }));
      ids.ours = (data as { id: string }).id;
    },
    raw: async () => {
      const { Id } = await raw.call(rawCall('POST', '/containers/create', { Image: image, Cmd: command }));
      ids.raw = Id as string;
    },
  });
  for (const endpoint of endpoints) {
    await both(endpoint.name, {
      ours: () => ours.call(endpoint.ours(ids.ours)),
      raw: () => raw.call(endpoint.raw(ids.raw)),
    });
  }
}

const goalOf = (name: string): Goal | undefined => {
  const atMost = endpoints.find((endpoint) => endpoint.name === name)?.goal;
  return atMost === undefined ? undefined : { atMost };
};

function put(figures: Figures, name: string, taken: readonly Taken[], goal: Goal | undefined): void {
  const more = taken.map(({ ours, raw }) => ours - raw);
  figures.put(`overhead p50: ${name}`, 'ms', more, { ...(goal && { goal }) });
  figures.put(`overhead p99: ${name}`, 'ms', more, { value: percentile(more, 0.99) });
  for (const each of ['ours', 'raw'] as const) {
    figures.put(
      `${each} p50: ${name}`,
      'ms',
      taken.map((one) => one[each]),
    );
  }
}
