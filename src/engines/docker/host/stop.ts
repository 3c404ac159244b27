import { setTimeout as delay } from 'node:timers/promises';
import type { StopOptions } from '../../../core/ports/host-containers.ts';
import { segment } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerDetails } from '../client/types.ts';

/** What Docker gives a container that says nothing. */
const usualSeconds = 10;
const firstAskMs = 5;
const lastAskMs = 200;

/** Resolves when it does not run. A paused one is unpaused first: it could not act on a signal. */
export async function stopContainer(
  client: DockerClient,
  { Id, Config, State }: ContainerDetails,
  { timeoutSeconds, signal }: StopOptions,
): Promise<void> {
  const { connection, quirks } = client;
  const seconds = timeoutSeconds ?? Config.StopTimeout ?? usualSeconds;
  const path = `/containers/${segment(Id)}`;
  if (State.Paused) await connection.call('POST', `${path}/unpause`);
  if (signal === undefined) return client.stopContainer(Id, seconds);
  if (!quirks.stopSignals) {
    await connection.call('POST', `${path}/kill`, { query: { signal } });
    if (await endsWithin(client, Id, seconds * 1000)) return;
    return client.stopContainer(Id, 0);
  }
  const query = { t: seconds, signal };
  await connection.call('POST', `${path}/stop`, { query, timeoutMs: (seconds + 60) * 1000 });
}

async function endsWithin(client: DockerClient, id: string, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  for (let wait = firstAskMs; ; wait = Math.min(wait * 2, lastAskMs)) {
    const details = await client.inspectContainer(id);
    if (!details?.State.Running) return true;
    if (Date.now() >= end) return false;
    await delay(Math.min(wait, end - Date.now()));
  }
}
