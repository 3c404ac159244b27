/** Pulls that fail half-way: told as what they are, and nothing of them stays. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openLines, valuesOf } from '../../fixtures/line-stream.ts';
import { pushImage } from '../../fixtures/image.ts';
import { until } from '../../fixtures/processes.ts';
import type { Suite } from '../suite.ts';

export function brokenPullCases({ kind, workshop, client }: Suite): void {
  /** One layer that comes whole, and one that does not. */
  const pushBroken = async (name: string) => {
    const { registry } = workshop.it;
    const layers = [{ [`/${name}`]: name }, { [`/${name}-broken`]: name.repeat(100_000) }];
    const { reference, layerDigests } = await pushImage(registry, `${name}:1`, { layers });
    await registry.spoil(layerDigests.at(-1)!);
    return reference;
  };
  const layers = async () => (await readdir(layersDirectory())).sort();
  const layersDirectory = () => {
    const { dataDir, traced } = workshop.it;
    const engine = dirname(traced.socket);
    if (kind === 'embedded') return join(dataDir, 'embedded/storage/overlay');
    return join(engine, kind === 'podman' ? 'root/overlay' : 'data/overlay2');
  };
  const leavesNothing = async (reference: string, before: string[]) => {
    // A Podman that others use too may keep what came whole for the next attempt: it could be theirs.
    if (kind !== 'podman') await expect.poll(layers, { timeout: 20_000 }).toEqual(before);
    await client.refused(404, 'GET', `/images/${reference}`);
  };

  it('leave no layer behind', async () => {
    // Whose layer the broken ones are upon.
    await client.data('POST', '/images/pull', { name: workshop.it.image });
    const reference = await pushBroken('broken');
    const before = await layers();
    const { status, body } = await client.call('POST', '/images/pull', { name: reference });
    expect({ status, body }).toEqual({
      status: 500,
      body: { code: 500, message: expect.stringContaining(reference) as string, errors: [] },
    });
    await leavesNothing(reference, before);
    expect(await client.refused(500, 'POST', '/containers', { image: reference })).toEqual(['image']);
    await leavesNothing(reference, before);
    expect(await client.data('GET', '/containers')).toMatchObject({ total: 0 });
  });

  it('are told at the end of a stream, and by a job', async () => {
    const reference = await pushBroken('broken-told');
    const before = await layers();
    const stream = await openLines(`${workshop.it.server.url}/api/v1/images/pull`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
      body: JSON.stringify({ name: reference }),
    });
    await stream.ended;
    expect(stream.status).toBe(200);
    expect(valuesOf(stream).at(-1)).toMatchObject({ error: { code: 500, errors: [] } });
    const headers = { prefer: 'respond-async' };
    const { body } = await client.call('POST', '/images/pull', { name: reference }, headers);
    const { id } = body.data as { id: string };
    const job = () => client.data<{ status: string }>('GET', `/jobs/${id}`);
    await until('its end', async () => (await job()).status !== 'running');
    expect(await job()).toMatchObject({ status: 'failed', result: null, error: { code: 500 } });
    await leavesNothing(reference, before);
  });
}
