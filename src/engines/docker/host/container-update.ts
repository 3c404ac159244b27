/** Limits changed while a container runs: by Docker's call, or by Podman's own in the words of the OCI runtime. */
import { EngineError } from '../../../core/errors.ts';
import type { Limits } from '../../../core/ports/host-container-spec.ts';
import type { ContainerChanges } from '../../../core/ports/host-containers.ts';
import { segment } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerDetails } from '../client/types.ts';
import { limitsBody } from './container-body.ts';

const cpuPeriodMicros = 100_000;
const ownApi = '/libpod';

export async function updateContainer(
  client: DockerClient,
  details: ContainerDetails,
  changes: ContainerChanges,
): Promise<{ warnings: string[] }> {
  return client.quirks.updates === 'docker'
    ? updateByDocker(client, details, changes)
    : updateByPodman(client, details, changes);
}

async function updateByDocker(
  { connection }: DockerClient,
  { Id, HostConfig }: ContainerDetails,
  { limits = {}, restartPolicy }: ContainerChanges,
): Promise<{ warnings: string[] }> {
  const body = {
    ...limitsBody(withSwap(limits, HostConfig.MemorySwap)),
    ...(restartPolicy && {
      RestartPolicy: { Name: restartPolicy.name, MaximumRetryCount: restartPolicy.maximumRetries ?? 0 },
    }),
  };
  const path = `/containers/${segment(Id)}/update`;
  const { Warnings } = await connection.json<{ Warnings: string[] | null }>('POST', path, { body });
  return { warnings: Warnings ?? [] };
}

/** Memory beyond the limit of memory and swap is refused: that one is raised too, to what Docker gives at first. */
function withSwap(limits: Limits, swap = 0): Limits {
  const { memoryBytes, memorySwapBytes } = limits;
  if (!memoryBytes || memorySwapBytes !== undefined || swap < 0) return limits;
  return { ...limits, memorySwapBytes: memoryBytes * 2 };
}

async function updateByPodman(
  { connection }: DockerClient,
  { Id }: ContainerDetails,
  { limits = {}, restartPolicy }: ContainerChanges,
): Promise<{ warnings: string[] }> {
  if (restartPolicy) {
    const message =
      'Podman keeps the restart policy a container was made with; make the container anew with another';
    throw new EngineError('UnsupportedByEngine', message);
  }
  const path = `${ownApi}/containers/${segment(Id)}/update`;
  await connection.call('POST', path, { body: runtimeResources(limits) });
  return {
    warnings: [
      'Podman keeps these limits until the container stops, and goes on telling those it was made with.',
    ],
  };
}

/** OCI runtime specification, config-linux, "Control groups". -1: without a limit. */
function runtimeResources(limits: Limits): object {
  const { memoryBytes, memoryReservationBytes, memorySwapBytes, cpus, cpuShares, cpuset, pids } =
    withSwap(limits);
  const orNone = (value: number | undefined) => (value === 0 ? -1 : value);
  const memory = {
    limit: orNone(memoryBytes),
    reservation: orNone(memoryReservationBytes),
    swap: orNone(memorySwapBytes),
  };
  const cpu = {
    shares: cpuShares,
    cpus: cpuset,
    ...(cpus !== undefined && {
      period: cpuPeriodMicros,
      quota: cpus === 0 ? -1 : Math.round(cpus * cpuPeriodMicros),
    }),
  };
  return { memory, cpu, ...(pids !== undefined && { pids: { limit: orNone(pids) } }) };
}
