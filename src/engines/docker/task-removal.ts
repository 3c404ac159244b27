import { stopping, type DockerClient } from './client/docker-client.ts';
import type { ContainerSummary } from './client/types.ts';
import { readLabels } from './labels.ts';

/**
 * Removes the containers of one task, running or not. The first goes last: Podman does not remove one whose process
 * namespace others are in.
 */
export async function removeContainers(
  client: DockerClient,
  containers: readonly ContainerSummary[],
): Promise<void> {
  const isFirst = ({ Labels }: ContainerSummary) => readLabels(Labels)?.position === 0;
  await Promise.all(containers.filter((each) => !isFirst(each)).map((each) => remove(client, each)));
  await Promise.all(containers.filter(isFirst).map((each) => remove(client, each)));
}

async function remove(client: DockerClient, { Id, State }: ContainerSummary): Promise<void> {
  // Podman forgets a container in this state and leaves its processes running.
  if (State === stopping) await client.stopContainer(Id, 0);
  await client.removeContainer(Id);
}
