/** Containers and usage as the document writes them. */
import { clusterNameOf } from '../../core/arn.ts';
import { levelOf } from '../../core/containers/log-level.ts';
import type { Outcome } from '../../core/containers/lifecycle.ts';
import type { HostContainerSpec, HostMount, PortRequest } from '../../core/ports/host-container-spec.ts';
import type {
  HostContainer,
  HostContainerDetails,
  HostLogLine,
  PublishedPort,
} from '../../core/ports/host-containers.ts';
import { taskLabels } from '../../core/task-spec.ts';

export interface Envelope<T> {
  code: 200;
  message: 'success';
  data: T;
}

export const enveloped = <T>(data: T): Envelope<T> => ({ code: 200, message: 'success', data });

/** RFC 3339 in UTC, to the second as the document's example has it. */
export const timeOf = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
const timeOrNull = (at: number | undefined) => (at === undefined ? null : timeOf(at));

export function containerOf(container: HostContainer) {
  const { id, name, state, image, createdAt, health, ports, labels, networks } = container;
  return {
    id,
    name,
    status: state,
    image,
    created_at: timeOf(createdAt),
    image_id: container.imageId,
    health: health ?? null,
    ports: ports.map(publishedPortOf),
    labels,
    networks,
    compose_project: labels['com.docker.compose.project'] ?? null,
    task: taskOf(container),
  };
}

/** What only its labels tell is null for a task of something else than a server of this kind. */
function taskOf({ task, labels }: HostContainer) {
  if (task === undefined) return null;
  const {
    [taskLabels.cluster]: cluster,
    [taskLabels.family]: family,
    [taskLabels.revision]: revision,
  } = labels;
  return {
    arn: task.id,
    cluster: cluster === undefined ? null : clusterNameOf(cluster),
    definition: family === undefined ? null : `${family}:${revision ?? ''}`,
    container: task.container,
  };
}

const publishedPortOf = ({ containerPort, protocol, hostIp, hostPort }: PublishedPort) => ({
  container_port: containerPort,
  protocol,
  host_ip: hostIp ?? null,
  host_port: hostPort ?? null,
});

export function detailOf(details: HostContainerDetails) {
  const { spec, startedAt, finishedAt, addresses } = details;
  return {
    ...containerOf(details),
    command: spec.command ?? [],
    entrypoint: spec.entrypoint ?? [],
    environment: spec.environment ?? {},
    working_dir: spec.workingDirectory ?? '',
    user: spec.user ?? '',
    hostname: spec.hostname ?? '',
    tty: spec.tty ?? false,
    requested_ports: Object.fromEntries(requestedPorts(spec.ports ?? [])),
    mounts: (spec.mounts ?? []).map(mountOf),
    network: spec.network ?? 'bridge',
    addresses: addresses.map(({ network, address, prefixLength, gateway, macAddress, aliases }) => ({
      network,
      address,
      prefix_length: prefixLength,
      gateway,
      mac_address: macAddress,
      aliases,
    })),
    restart_policy: {
      name: spec.restartPolicy?.name ?? 'no',
      maximum_retry_count: spec.restartPolicy?.maximumRetries ?? 0,
    },
    limits: limitsOf(spec),
    state: {
      status: details.state,
      exit_code: details.exitCode ?? null,
      oom_killed: details.oomKilled,
      error: details.error,
      health: details.health ?? null,
      started_at: timeOrNull(startedAt),
      finished_at: timeOrNull(finishedAt),
      restart_count: details.restartCount,
      pid: details.pid,
    },
    started_at: timeOrNull(startedAt),
  };
}

/** As they are given when a container is made. */
export function requestedPorts(ports: readonly PortRequest[]): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const { containerPort, protocol, hostIp, hostPort } of ports) {
    const key = `${containerPort}/${protocol}`;
    found.set(key, [...(found.get(key) ?? []), { host_ip: hostIp ?? '', host_port: hostPort ?? null }]);
  }
  return found;
}

export function mountOf(mount: HostMount) {
  const { type, target } = mount;
  if (type === 'tmpfs') return { type, container_path: target, size_bytes: mount.sizeBytes ?? null };
  const readOnly = { read_only: mount.readOnly ?? false };
  return type === 'bind'
    ? { type, host_path: mount.source, container_path: target, ...readOnly }
    : { type, volume: mount.source ?? null, container_path: target, ...readOnly };
}

export function limitsOf({ limits = {} }: HostContainerSpec) {
  return {
    memory_limit: limits.memoryBytes ?? 0,
    memory_reservation: limits.memoryReservationBytes ?? 0,
    cpu_limit: limits.cpus ?? 0,
    cpu_shares: limits.cpuShares ?? 0,
    pids_limit: limits.pids ?? 0,
  };
}

export const outcomeOf = ({ id, name, state, changed }: Outcome) => ({ id, name, status: state, changed });

export const lineOf = ({ at, stream, message, cursor }: HostLogLine) => ({
  timestamp: new Date(at).toISOString(),
  stream,
  level: levelOf(message),
  message,
  cursor,
});
