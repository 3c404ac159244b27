import type { StopOptions } from '../../../core/ports/host-containers.ts';
import { segment } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerDetails } from '../client/types.ts';
import { untilEnded } from './container-end.ts';
import { sendSignal } from './kill.ts';

/** What Docker gives a container that says nothing. */
const usualSeconds = 10;

/** Resolves when it does not run. A paused one is unpaused first: it could not act on a signal. */
export async function stopContainer(
  client: DockerClient,
  { Id, Config, State }: ContainerDetails,
  { timeoutSeconds, signal }: StopOptions,
): Promise<void> {
  const { connection, quirks } = client;
  const seconds = timeoutSeconds ?? Config.StopTimeout ?? usualSeconds;
  const path = `/containers/${segment(Id)}`;
  if (State.Paused) await client.unpauseContainer(Id);
  if (signal === undefined) return client.stopContainer(Id, seconds);
  if (!quirks.stopSignals) {
    await sendSignal(client, Id, signal);
    const patience = AbortSignal.timeout(seconds * 1000);
    await untilEnded(client, Id, patience).catch((error: unknown) => {
      if (!patience.aborted) throw error;
    });
    // Ended by then: fine.
    return client.stopContainer(Id, 0);
  }
  const query = { t: seconds, signal };
  await connection.call('POST', `${path}/stop`, { query, timeoutMs: (seconds + 60) * 1000 });
}
