/** Containers are made, started, stopped and removed over and over: the machine holds as much as before. */
import { request, type ClientRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersClient, type ContainersClient } from '../fixtures/containers.ts';
import {
  footprintOf,
  grown,
  kernelRemains,
  type Footprint,
  type KernelTraces,
} from '../fixtures/footprint.ts';
import { openLines, valuesOf } from '../fixtures/line-stream.ts';
import { until } from '../fixtures/processes.ts';
import { engineGet } from '../fixtures/traces.ts';
import { LOCAL_ENGINES, useWorkshop } from '../fixtures/workshop.ts';

const CYCLES = process.env['LONGSHORE_LONG'] === '1' ? 1000 : 10;
/** Whatever is made once, at the first time it is needed. */
const WARM_UP = Math.max(4, CYCLES / 10);
const CALLERS = 2;
/** Connections that are kept for the next call: as many as were ever used at once, of each caller. */
const KEPT_SOCKETS = 16 * CALLERS;

/** Says which link of the machine is its own, and goes on writing. */
const script = [
  "trap 'exit 0' TERM",
  'cat /sys/class/net/eth0/iflink',
  'n=0; while :; do n=$((n+1)); echo line $n; sleep 0.05; done',
].join('; ');

interface Detail {
  id: string;
  status: string;
  ports: { host_port: number }[];
}

interface Line {
  message: string;
}

/** Whatever its end is. */
function ended(call: ClientRequest): Promise<void> {
  call.once('error', () => undefined);
  return new Promise((resolve) => call.once('close', resolve));
}

describe.each(LOCAL_ENGINES)('%s', (kind) => {
  const workshop = useWorkshop(kind);
  let client: ContainersClient;
  let serial = 0;
  let commandsLeft = 0;
  beforeAll(() => {
    client = containersClient(workshop.it.server.url);
  });
  afterAll(async () => {
    const { items } = await client.data<{ items: { id: string }[] }>('GET', '/containers');
    for (const { id } of items) await client.data('DELETE', `/containers/${id}?force=true`);
  });

  /** The whole life of one container, looked at in another way each time. */
  async function cycle(): Promise<KernelTraces> {
    const number = serial++;
    const name = `cycle-${number}`;
    const { id } = await client.data<Detail>('POST', '/containers', {
      ...{ image: workshop.it.image, name, command: ['sh', '-c', script] },
      ports: { '80/tcp': null },
    });
    await client.data('POST', `/containers/${id}/start`);
    const traces = await tracesOf(id);
    if (number % 2 === 0) await leaveStream(`/containers/${id}/logs?follow=true`, 3);
    if (number % 3 === 0) await leaveStream(`/metrics/containers/${id}?stream=true`, 1);
    if (number % 4 === 0) await leaveStream(`/events`, 0);
    if (number % 4 === 1) await client.data('POST', `/containers/${id}/exec`, { command: ['true'] });
    if (number % 4 === 2) await leaveCommand(id);
    if (number % 5 === 0) await leaveCall('POST', `/containers/${id}/restart?timeout=1`);
    if (number % 7 === 0) await leaveCall('GET', `/containers/${id}/logs?tail=all`);
    if (number % 5 === 1) await client.data('POST', `/containers/${id}/kill`);
    const following =
      number % 3 === 1 ? await openLines(urlOf(`/containers/${id}/logs?follow=true`)) : undefined;
    if (number % 4 !== 3) await client.data('POST', `/containers/${id}/stop?timeout=1`);
    if (number % 6 === 5) await leaveCall('DELETE', `/containers/${id}?force=true`);
    await removed(id);
    // Ends by itself, as there is nothing more to follow.
    await following?.ended;
    return traces;
  }

  const urlOf = (path: string) => `${workshop.it.server.url}/api/v1${path}`;

  async function tracesOf(id: string): Promise<KernelTraces> {
    const link = await until('its first line', async () => {
      const { items } = await client.data<{ items: Line[] }>('GET', `/containers/${id}/logs?tail=all`);
      return items[0] && Number(items[0].message);
    });
    const { ports } = await client.data<Detail>('GET', `/containers/${id}`);
    const { NetworkSettings } = await engineGet<{ NetworkSettings: { SandboxKey: string } }>(
      workshop.it.traced.socket,
      `/v1.40/containers/${id}/json`,
    );
    return { link, hostPort: ports[0]!.host_port, namespace: NetworkSettings.SandboxKey };
  }

  /** Goes in the middle of it, once so many lines have come. */
  async function leaveStream(path: string, lines: number): Promise<void> {
    const stream = await openLines(urlOf(path), { headers: { accept: 'application/x-ndjson' } });
    expect(stream.status).toBe(200);
    await until(`${lines} lines of ${path}`, () => valuesOf(stream).length >= lines);
    stream.close();
  }

  /** Goes once the request is sent. */
  async function leaveCall(method: string, path: string): Promise<void> {
    const call = request(urlOf(path), { method, agent: false });
    call.once('finish', () => call.destroy());
    await ended(call.end());
  }

  /** Goes while the command runs. */
  async function leaveCommand(id: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const call = request(urlOf(`/containers/${id}/exec`), { method: 'POST', headers, agent: false });
    const over = ended(call.end(JSON.stringify({ command: ['sleep', '12345'] })));
    await until('the command to run', async () => {
      const { processes } = await client.data<{ processes: string[][] }>('GET', `/containers/${id}/top`);
      return processes.some((columns) => columns.join(' ').includes('sleep 12345'));
    });
    call.destroy();
    commandsLeft++;
    await over;
  }

  /** What the client did not wait for may still go on. */
  async function removed(id: string): Promise<void> {
    await until(`${id} to be removed`, async () => {
      const { status } = await client.call('DELETE', `/containers/${id}?force=true`);
      return status === 404;
    });
  }

  async function cycles(count: number): Promise<KernelTraces[]> {
    const all: KernelTraces[] = [];
    let left = count;
    const work = async () => {
      while (left-- > 0) all.push(await cycle());
    };
    await Promise.all(Array.from({ length: CALLERS }, work));
    return all;
  }

  /** Once what ends after its request has ended. */
  async function settled(before?: Footprint): Promise<Footprint> {
    const look = () => footprintOf(workshop.it.traced, workshop.it.server.pid);
    let now = await look();
    const isQuiet = async () => {
      // Podman closes some files only when its garbage is collected, of which calls make some.
      await client.data('GET', '/images');
      now = await look();
      return (
        before === undefined ||
        (grown(before, now).length === 0 && now.sockets.server <= before.sockets.server + KEPT_SOCKETS)
      );
    };
    await until('what has ended to be gone', isQuiet, 30_000).catch(() => undefined);
    return now;
  }

  it(
    `holds as much after ${CYCLES} containers as after ${WARM_UP}`,
    { timeout: 120_000 + CYCLES * 10_000 },
    async () => {
      const remains = await cycles(WARM_UP);
      await workshop.it.expectNoTraces();
      const before = await settled();
      const leftBefore = commandsLeft;
      remains.push(...(await cycles(CYCLES)));
      await workshop.it.expectNoTraces();
      const after = await settled(before);
      const told = JSON.stringify({ before: { ...before, things: [] }, after: { ...after, things: [] } });
      expect(grown(before, after)).toEqual([]);
      // Podman makes the lock anew that a command waits for which ends while its container is removed.
      expect(after.locks - before.locks, told).toBeLessThanOrEqual(commandsLeft - leftBefore);
      expect(await kernelRemains(remains)).toEqual([]);
      for (const each of ['server', 'engine'] as const) {
        expect(after.sockets[each], told).toBeLessThanOrEqual(before.sockets[each] + KEPT_SOCKETS);
        expect(after.memoryMib[each], told).toBeLessThan(before.memoryMib[each] * 1.25 + 32);
      }
      expect(after.diskMib, told).toBeLessThan(before.diskMib + 4);
    },
  );
});
