/** From what the port asks for to the body of Docker's ContainerCreate. */
import type { ContainerSpec, TaskSpec } from '../../core/ports/engine.ts';
import type { CreateContainer, HostConfig } from './client/types.ts';
import type { Quirks } from './client/quirks.ts';
import { volumeName } from './labels.ts';
import { ownHardLimit } from './own-limits.ts';

/** How a container enters its task's network and names. */
export interface Placement {
  networkMode: string;
  pidMode?: string;
  /** Set where the container may name itself; where it joins another one's network, that one has the names. */
  names?: { hostname?: string; extraHosts: string[] };
}

export interface ContainerInput {
  task: TaskSpec;
  container: ContainerSpec;
  /** Image id, so that a tag that moves meanwhile changes nothing. */
  image: string;
  labels: Record<string, string>;
  placement: Placement;
  quirks: Quirks;
  cgroupParent?: string;
  /** CPUs of the machine. */
  cpus: number;
}

const MiB = 1024 * 1024;
/** What Docker takes at least, and what ECS gives a container that asks for none. */
const leastCpuShares = 2;

export function containerConfig(input: ContainerInput): CreateContainer {
  const { container, placement } = input;
  return {
    Image: input.image,
    ...(container.entrypoint && { Entrypoint: container.entrypoint }),
    ...(container.command && { Cmd: container.command }),
    Env: Object.entries(container.environment).map(([name, value]) => `${name}=${value}`),
    ...(container.user !== undefined && { User: container.user }),
    ...(container.workingDirectory !== undefined && { WorkingDir: container.workingDirectory }),
    ...(placement.names?.hostname !== undefined && { Hostname: placement.names.hostname }),
    Tty: container.pseudoTerminal,
    OpenStdin: container.interactive,
    Labels: input.labels,
    HostConfig: {
      ...limits(input),
      ...(input.cgroupParent !== undefined && { CgroupParent: input.cgroupParent }),
      ...security(container),
      ...files(input),
      NetworkMode: placement.networkMode,
      ...(placement.pidMode !== undefined && { PidMode: placement.pidMode }),
      ...names(input),
      LogConfig: logConfig(container.log, input.quirks),
    },
  };
}

/**
 * A container's CPU units are its share against others. The task's are a ceiling: each container gets all of it,
 * because the engine has no group over a task's containers that could hold it. Zero memory means no limit.
 */
function limits({ task, container, cpus, quirks }: ContainerInput): HostConfig {
  const shares = container.cpuUnits || (task.containers.length === 1 ? (task.cpuUnits ?? 0) : 0);
  const memory = container.memoryMiB ?? task.memoryMiB;
  return {
    CpuShares: Math.max(shares, leastCpuShares),
    ...(task.cpuUnits && { NanoCpus: Math.min(Math.round((task.cpuUnits / 1024) * 1e9), cpus * 1e9) }),
    ...(memory && { Memory: memory * MiB }),
    ...(container.memoryReservationMiB && { MemoryReservation: container.memoryReservationMiB * MiB }),
    ...(container.sharedMemoryMiB && { ShmSize: container.sharedMemoryMiB * MiB }),
    // Only when asked for: an engine without CAP_SYS_RESOURCE fails on limits above its own.
    ...(container.ulimits.length > 0 && { Ulimits: ulimits(container, quirks) }),
  };
}

function ulimits(container: ContainerSpec, quirks: Quirks): HostConfig['Ulimits'] {
  const named = new Set(container.ulimits.map(({ name }) => name));
  const implied = quirks.impliedUlimits
    .filter((name) => !named.has(name))
    .map((name) => ({ name, soft: ownHardLimit(name), hard: ownHardLimit(name) }));
  return [...container.ulimits, ...implied].map(({ name, soft, hard }) => ({
    Name: name,
    Soft: soft,
    Hard: hard,
  }));
}

function security(container: ContainerSpec): HostConfig {
  const { add, drop } = container.capabilities;
  return {
    ...(container.readonlyRootFilesystem && { ReadonlyRootfs: true }),
    ...(container.privileged && { Privileged: true }),
    ...(container.init && { Init: true }),
    ...(add.length > 0 && { CapAdd: add }),
    ...(drop.length > 0 && { CapDrop: drop }),
    ...(Object.keys(container.sysctls).length > 0 && { Sysctls: container.sysctls }),
  };
}

/** Host directories go the way of `Binds`, which makes a missing one as ECS does; a colon in a path rules it out. */
function files({ task, container }: ContainerInput): HostConfig {
  const mounts = container.mounts.map((mount) => ({
    Type: mount.hostPath === undefined ? ('volume' as const) : ('bind' as const),
    Source: mount.hostPath ?? volumeName(task.name, mount.volume),
    Target: mount.containerPath,
    ReadOnly: mount.readOnly,
  }));
  const fits = ({ Source, Target }: { Source: string; Target: string }) =>
    !`${Source}${Target}`.includes(':');
  const binds = mounts
    .filter(fits)
    .map((mount) => `${mount.Source}:${mount.Target}:${mount.ReadOnly ? 'ro' : 'rw'}`);
  const others = mounts.filter((mount) => !fits(mount));
  return {
    ...(binds.length > 0 && { Binds: binds }),
    ...(others.length > 0 && { Mounts: others }),
    ...(container.tmpfs.length > 0 && {
      Tmpfs: Object.fromEntries(
        container.tmpfs.map((mount) => [
          mount.containerPath,
          [`size=${mount.sizeMiB}m`, ...mount.options].join(','),
        ]),
      ),
    }),
  };
}

function names({ container, placement }: ContainerInput): HostConfig {
  if (!placement.names) return {};
  const { extraHosts } = placement.names;
  return {
    ...(extraHosts.length > 0 && { ExtraHosts: extraHosts }),
    ...(container.dnsServers.length > 0 && { Dns: container.dnsServers }),
    ...(container.dnsSearchDomains.length > 0 && { DnsSearch: container.dnsSearchDomains }),
  };
}

/** Podman keeps one file and drops all of it when it is full, so it gets the room of all the files together. */
export function logConfig(
  log: ContainerSpec['log'],
  quirks: Pick<Quirks, 'logFiles'>,
): HostConfig['LogConfig'] {
  const limits: Record<string, string> = quirks.logFiles
    ? { 'max-size': String(log.maxBytes), 'max-file': String(log.maxFiles) }
    : { 'max-size': String(log.maxBytes * log.maxFiles) };
  return { Type: 'json-file', Config: limits };
}
