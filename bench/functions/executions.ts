/**
 * Executions through the whole path (HTTP, API key, limits, validation of params and result, sandbox), beside a bare
 * echo of the same params and beside other ways to run the same function. All take turns, round by round.
 */
import type { Cleanup } from '../harness/cleanup.ts';
import type { Figures } from '../harness/figures.ts';
import { applyLoad, postRequest, type Load, type LoadResult } from '../harness/http-load.ts';
import { startPeer } from '../harness/peer.ts';
import type { FunctionsServer } from './functions-server.ts';
import type { Language } from './language.ts';
import { startRivals } from './rivals.ts';

const rounds = 5;
const warmUpMs = 1000;
const measureMs = 600;
const concurrencies = [1, 16, 64];
/** For what starts a process per call, where more would only wait longer. */
const fewConcurrencies = [1, 16];

interface Contender extends Pick<Load, 'port' | 'requests' | 'connections'> {
  name: string;
}

type Cells = ReadonlyMap<string, LoadResult[]>;

export async function measureExecutions(
  cleanup: Cleanup,
  server: FunctionsServer,
  language: Language,
  figures: Figures,
): Promise<void> {
  const contenders = [...(await ours(server, language)), ...(await others(cleanup, language))];
  const cells = new Map<string, LoadResult[]>(contenders.map(({ name }) => [name, []]));
  for (const each of contenders) await load(each, warmUpMs);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const each = contenders[(round + turn) % contenders.length]!;
      cells.get(each.name)!.push(await load(each, measureMs));
    }
  }
  putComparisons(figures, language, cells);
  putCells(figures, language, cells);
}

/** Many connections keep the client busy enough, and one that polls would take a core from the sandboxes. */
const load = (contender: Contender, durationMs: number): Promise<LoadResult> =>
  applyLoad({ ...contender, durationMs, sleeps: contender.connections > 1 });

/** Each with as many sessions as connections, which all concurrencies share. */
async function ours(server: FunctionsServer, { name, sample, params }: Language): Promise<Contender[]> {
  const contenders = async (
    kind: string,
    retain: boolean,
    cacheControl: string,
    counts: readonly number[],
  ): Promise<Contender[]> => {
    const requests: Buffer[] = [];
    while (requests.length < Math.max(...counts)) {
      const session = await server.initialize(sample, { context: { retain_session: retain } });
      requests.push(server.executeRequest(session, params, cacheControl));
    }
    return counts.map((connections) => ({
      name: `${kind} c${connections}`,
      port: server.port,
      requests: requests.slice(0, connections),
      connections,
    }));
  };
  return [
    ...(await contenders('warm', true, 'no-cache', concurrencies)),
    ...(await contenders('fresh', false, 'no-cache', fewConcurrencies)),
    // What is found there needs no language.
    ...(name === 'nodejs' ? await contenders('cache hit', false, 'max-age=3600', concurrencies) : []),
  ];
}

async function others(cleanup: Cleanup, language: Language): Promise<Contender[]> {
  const request = postRequest('/', { 'content-type': 'application/json' }, { params: language.params });
  const contenders = (kind: string, port: number, counts: readonly number[]): Contender[] =>
    counts.map((connections) => ({
      name: `${kind} c${connections}`,
      port,
      requests: [request],
      connections,
    }));
  const echo = await startPeer(cleanup, 'http-echo');
  const rivals = await startRivals(cleanup, language);
  return [
    ...contenders('echo', echo.port, concurrencies),
    ...rivals.flatMap(({ kind, port, startsProcesses }) =>
      contenders(kind, port, startsProcesses ? fewConcurrencies : concurrencies),
    ),
  ];
}

function putComparisons(figures: Figures, { name }: Language, cells: Cells): void {
  const echo = cells.get('echo c1')!;
  const over = cells.get('warm c1')!.map((cell, round) => cell.p50Ms - echo[round]!.p50Ms);
  figures.put(`warm p50 over echo (${name} c1)`, 'ms', over, { goal: { atMost: 1 } });
  for (const [kind, rival] of [
    ['fresh', 'process per call'],
    ['warm', 'runtime API loop'],
    ['warm', 'workerd'],
  ] as const) {
    const reference = cells.get(`${rival} c16`);
    if (reference === undefined) continue;
    const ratios = cells
      .get(`${kind} c16`)!
      .map((cell, round) => cell.requestsPerSecond / reference[round]!.requestsPerSecond);
    figures.put(`${kind}/${rival} rps ratio (${name} c16)`, 'ratio', ratios);
  }
}

function putCells(figures: Figures, { name, goals }: Language, cells: Cells): void {
  for (const [kind, results] of cells) {
    const put = (figure: string, unit: string, key: keyof LoadResult, atLeast?: number) =>
      figures.put(
        `${figure} (${name} ${kind})`,
        unit,
        results.map((cell) => cell[key]),
        { ...(atLeast !== undefined && { goal: { atLeast } }) },
      );
    put('rps', 'requests/s', 'requestsPerSecond', kind === 'warm c16' ? goals.rate : undefined);
    put('p50', 'ms', 'p50Ms');
    put('p99', 'ms', 'p99Ms');
  }
}
