import { setTimeout as delay } from 'node:timers/promises';
import { segment } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerDetails } from '../client/types.ts';

const firstAskMs = 5;
const lastAskMs = 500;

/** How a container ended, as soon as it does not run. Undefined where it is gone. Rejects when the signal fires. */
export async function exitCodeOf(
  client: DockerClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  if (!client.quirks.promptWaits) return (await untilEnded(client, id, signal))?.State.ExitCode;
  const call = { query: { condition: 'not-running' }, signal, timeoutMs: 0 };
  const path = `/containers/${segment(id)}/wait`;
  return (await client.connection.json<{ StatusCode: number }>('POST', path, call)).StatusCode;
}

/** The container once it does not run; undefined where it is gone. Rejects when the signal fires. */
export async function untilEnded(
  client: DockerClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<ContainerDetails | undefined> {
  for (let wait = firstAskMs; ; wait = Math.min(wait * 2, lastAskMs)) {
    const details = await client.inspectContainer(id);
    if (!details?.State.Running) return details;
    await delay(wait, undefined, { signal });
  }
}
