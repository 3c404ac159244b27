/** What containers use: as it is measured, as it goes on, and as it is kept. */
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { eventsOf, openLines, valuesOf, type LineStream } from '../../fixtures/line-stream.ts';
import { until } from '../../fixtures/processes.ts';
import { sleeper } from '../../fixtures/task-client.ts';
import type { Suite } from '../suite.ts';

interface Usage {
  status: string;
  cpu_usage: number;
  memory_usage: number;
  memory_used_bytes: number;
  memory_limit_bytes: number;
  pids: number;
}

interface Step extends Omit<Usage, 'status' | 'cpu_usage'> {
  timestamp: string;
  samples: number;
  cpu_usage: number | null;
  cpu_usage_max: number | null;
  network: Record<string, number | null>;
}

const MiB = 1024 * 1024;
/** Burns what it may have of a core, and holds memory that is no cache of a file. */
const burning = 'dd if=/dev/zero of=/dev/shm/held bs=1M count=40 2>/dev/null; while :; do :; done';

export function metricsCases({ kind, workshop, client, clear }: Suite): void {
  /** Samples come every 15 seconds, whatever the engine. */
  const itTakesLong = kind === 'embedded' || process.env['LONGSHORE_LONG'] === '1' ? it : it.skip;
  const open: LineStream[] = [];
  const streamOf = async (path: string, accept?: string) => {
    const headers: Record<string, string> = accept === undefined ? {} : { accept };
    const stream = await openLines(`${workshop.it.server.url}/api/v1${path}`, { headers });
    open.push(stream);
    return stream;
  };
  const make = (name: string, command: string) =>
    client.data<{ id: string }>('POST', '/containers', {
      ...{ image: workshop.it.image, name, command: ['sh', '-c', command], start: true },
      ...{ cpu_limit: 0.25, memory_limit: '128m' },
    });
  const seriesOf = async (container: string) =>
    (await client.data<{ series: Step[] }>('GET', `/metrics/containers/${container}?range=1h`)).series;
  let burner: string;
  let task: string;
  beforeAll(async () => {
    burner = (await make('burner', burning)).id;
    task = await workshop.it.client.start([sleeper()]);
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  afterAll(async () => {
    await workshop.it.client.stop(task);
    await clear();
  });

  it('are what the kernel counts: share of the processor, memory without cache', async () => {
    const { state } = await client.data<{ state: { pid: number } }>('GET', '/containers/burner');
    const stream = await streamOf('/metrics/containers/burner?stream=true', 'application/x-ndjson');
    await until('the first value', async () => valuesOf(stream).length > 0);
    const [from, begun] = [await processorSeconds(state.pid), Date.now()];
    const before = valuesOf(stream).length;
    await until('some seconds of it', async () => valuesOf(stream).length > before + 5);
    const expected = ((await processorSeconds(state.pid)) - from) / ((Date.now() - begun) / 1000);
    const values = valuesOf<Usage>(stream).slice(before);
    const share = values.reduce((sum, { cpu_usage }) => sum + cpu_usage, 0) / values.length;
    expect(Math.abs(share - expected * 100)).toBeLessThan(8);
    // Its limit is a quarter of a core, which the kernel keeps over any tenth of a second.
    expect(share).toBeLessThan(33);
    const last = values.at(-1)!;
    expect(last.memory_limit_bytes).toBe(128 * MiB);
    expect(last.memory_used_bytes).toBeGreaterThan(40 * MiB);
    expect(last.memory_used_bytes).toBeLessThan(56 * MiB);
    expect(last.memory_usage).toBeCloseTo((last.memory_used_bytes / (128 * MiB)) * 100, 1);
    expect(last.pids).toBeGreaterThanOrEqual(1);
  });

  it('are streamed over stops and starts, until the container is removed', async () => {
    await make('passing', 'exec sleep 1000');
    const stream = await streamOf('/metrics/containers/passing?stream=true&interval=1s');
    expect(stream.contentType).toBe('text/event-stream');
    const last = () => eventsOf<Usage>(stream).at(-1)?.data;
    await until('it runs', async () => last()?.status === 'running');
    await client.data('POST', '/containers/passing/kill');
    await until('its end', async () => last()?.status === 'exited');
    expect(last()).toMatchObject({ cpu_usage: 0, memory_used_bytes: 0, pids: 0 });
    await client.data('POST', '/containers/passing/start');
    await until('it runs again', async () => last()?.status === 'running' && last()!.pids > 0);
    await client.data('DELETE', '/containers/passing?force=true');
    await stream.ended;
    expect(eventsOf(stream).every(({ event }) => event === undefined)).toBe(true);
  });

  it('are streamed of the machine', async () => {
    const stream = await streamOf('/metrics/resources?stream=true', 'application/x-ndjson');
    await until('two values', async () => valuesOf(stream).length >= 2);
    const [first, second] = valuesOf<{ timestamp: string; cpu_usage: number }>(stream);
    expect(second!.timestamp > first!.timestamp).toBe(true);
    expect(second!.cpu_usage).toBeLessThanOrEqual(100);
  });

  it('are refused by the name of what is wrong', async () => {
    for (const [query, fields] of [
      ['range=31d', ['range']],
      ['range=soon&step=-1', ['range', 'step']],
      ['range=6h&step=15s', ['step']],
      ['step=20s', ['step']],
      ['range=1h&step=2h', ['step']],
      ['interval=5s', ['interval']],
      ['stream=true&interval=10ms', ['interval']],
      ['stream=true&interval=2m', ['interval']],
      ['stream=true&range=1h&step=15s', ['range', 'step']],
      ['window=1h', ['window']],
    ] as const) {
      for (const path of ['/metrics/containers/burner', '/metrics/resources'])
        expect({ query, fields: await client.refused(400, 'GET', `${path}?${query}`) }).toEqual({
          query,
          fields,
        });
    }
  });

  itTakesLong(
    'are kept of each container, also of tasks, over a crash of the server, until it is removed',
    async () => {
      const { items } = await client.data<{ items: { id: string; task: object | null }[] }>(
        'GET',
        '/containers',
      );
      const ofTask = items.find((each) => each.task !== null)!.id;
      await until('two steps', async () => (await seriesOf('burner')).length >= 2, 90_000);
      const kept = await seriesOf(burner);
      const measured = kept.find(({ cpu_usage }) => cpu_usage !== null)!;
      expect(measured.cpu_usage).toBeGreaterThan(1);
      expect(measured.cpu_usage).toBeLessThan(33);
      expect(measured.cpu_usage_max).toBeGreaterThanOrEqual(measured.cpu_usage!);
      expect(measured.memory_used_bytes).toBeGreaterThan(40 * MiB);
      expect(Object.keys(measured.network)).toContain('rx_bytes_per_second');
      await until('of a task', async () => (await seriesOf(ofTask)).length > 0, 60_000);
      const coarse = await client.data<{ series: Step[] }>(
        'GET',
        `/metrics/containers/${burner}?range=1h&step=1h`,
      );
      expect(coarse.series.reduce((sum, { samples }) => sum + samples, 0)).toBeGreaterThanOrEqual(2);
      const machine = await client.data<{ series: Step[] }>('GET', '/metrics/resources?range=30d');
      expect(machine).toMatchObject({ range: '30d', step: '15m' });
      expect(machine.series.length).toBeGreaterThan(0);

      await workshop.it.server.kill();
      await workshop.it.serve();
      const after = await seriesOf('burner');
      expect(after.slice(0, kept.length - 1)).toEqual(kept.slice(0, -1));
      await until('a later step', async () => (await seriesOf('burner')).length > kept.length, 90_000);

      const directory = join(workshop.it.dataDir, 'usage');
      const files = await readdir(directory, { recursive: true });
      const file = join(
        directory,
        files.find((each) => each.endsWith(`${burner}.usage`))!,
      );
      expect((await stat(file)).mode & 0o077).toBe(0);
      await client.data('DELETE', '/containers/burner?force=true');
      await client.refused(404, 'GET', '/metrics/containers/burner?range=1h');
      const isGone = () =>
        stat(file).then(
          () => false,
          () => true,
        );
      await until('its file is gone', isGone, 60_000);
    },
  );
}

/** Used by a process and those of its children that ended (proc(5): the fields after its name in brackets). */
async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)!.split(' ');
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) / 100;
}
