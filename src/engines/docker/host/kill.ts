import { segment } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import { untilEnded } from './container-end.ts';

const kills = new Set(['SIGKILL', 'KILL', '9']);
/** As long as Docker waits for what it has killed. */
const patienceMs = 10_000;

/** Resolves once the signal is sent; after SIGKILL once it does not run. */
export async function killContainer(client: DockerClient, id: string, signal: string): Promise<void> {
  await sendSignal(client, id, signal);
  if (!kills.has(signal) || client.quirks.promptWaits) return;
  const patience = AbortSignal.timeout(patienceMs);
  await untilEnded(client, id, patience).catch((error: unknown) => {
    if (!patience.aborted) throw error;
  });
}

/** Podman's answer to Docker's call waits for the end as its waits do; the answer to its own call does not. */
export async function sendSignal(client: DockerClient, id: string, signal: string): Promise<void> {
  const { connection, quirks } = client;
  const api = quirks.promptWaits ? '' : '/libpod';
  await connection.call('POST', `${api}/containers/${segment(id)}/kill`, { query: { signal } });
}
