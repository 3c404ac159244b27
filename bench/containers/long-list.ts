/** Lists while there are many containers: made and not started, which is as much to list. */
import { performance } from 'node:perf_hooks';
import type { Figures } from '../harness/figures.ts';
import { inParallel } from '../harness/in-parallel.ts';
import { ourCall, rawCall, removeAll, type Contenders } from './contenders.ts';

const goal = { atMost: 30 };
const makers = 4;

const queries = {
  all: '',
  'limit and offset': '?limit=50&offset=500',
  status: '?status=created',
  name: '?name=many-9',
  label: '?label=tenth%3D3',
};

export async function measureLongList(
  { engine, ours, raw, image }: Contenders,
  { containers, rounds }: { containers: number; rounds: number },
  figures: Figures,
): Promise<void> {
  let number = 0;
  await inParallel(containers, makers, async () => {
    const name = `many-${number++}`;
    const labels = { tenth: String(number % 10) };
    await ours.call(ourCall('POST', '/containers', { image, name, labels, command: ['sleep', '100000'] }));
  });
  const engines: number[] = [];
  const taken = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round++) {
    engines.push(await timed(() => raw.call(rawCall('GET', '/containers/json?all=1'))));
    for (const [name, query] of Object.entries(queries)) {
      const ms = await timed(() => ours.call(ourCall('GET', `/containers${query}`)));
      // The first of each finds out what there is.
      if (round > 0) taken.set(name, [...(taken.get(name) ?? []), ms]);
    }
  }
  for (const [name, all] of taken)
    figures.put(`list of ${containers} p50: ${name} (${engine})`, 'ms', all, { goal });
  figures.put(`list of ${containers} p50: raw (${engine})`, 'ms', engines);
  await removeAll(ours);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
