/** From what the port makes a container of to the body of Docker's ContainerCreate and ContainerUpdate. */
import type {
  HealthCheck,
  HostContainerSpec,
  HostMount,
  Limits,
  PortRequest,
} from '../../../core/ports/host-container-spec.ts';
import type {
  CreateContainer,
  HealthConfig,
  HostConfig,
  MountRequest,
  PortBinding,
} from '../client/types.ts';
import type { Quirks } from '../client/quirks.ts';
import { logConfig } from '../container-config.ts';
import { usualLogLimits, type LogLimits } from '../engine-logs.ts';
import { usersOwn } from '../labels.ts';

const nanos = 1e9;

/** `kept`: of its output. */
export function createBody(
  spec: HostContainerSpec,
  quirks: Pick<Quirks, 'logFiles' | 'stopTimeoutSeconds'>,
  kept: LogLimits = usualLogLimits,
): CreateContainer {
  const ports = spec.ports ?? [];
  const stopTimeout = spec.stopTimeoutSeconds ?? quirks.stopTimeoutSeconds;
  return {
    Image: spec.image,
    ...(spec.entrypoint && { Entrypoint: spec.entrypoint }),
    ...(spec.command && { Cmd: spec.command }),
    Env: Object.entries(spec.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(spec.user !== undefined && { User: spec.user }),
    ...(spec.workingDirectory !== undefined && { WorkingDir: spec.workingDirectory }),
    ...(spec.hostname !== undefined && { Hostname: spec.hostname }),
    Tty: spec.tty ?? false,
    OpenStdin: spec.interactive ?? false,
    Labels: usersOwn(spec.labels ?? {}),
    // An engine may publish only what is exposed too.
    ...(ports.length > 0 && { ExposedPorts: Object.fromEntries(ports.map((port) => [keyOf(port), {}])) }),
    ...(spec.healthCheck && { Healthcheck: healthConfig(spec.healthCheck) }),
    ...(spec.stopSignal !== undefined && { StopSignal: spec.stopSignal }),
    ...(stopTimeout !== undefined && { StopTimeout: stopTimeout }),
    HostConfig: { ...hostConfig(spec, ports), LogConfig: logConfig(kept, quirks) },
    ...networking(spec),
  };
}

function hostConfig(spec: HostContainerSpec, ports: readonly PortRequest[]): HostConfig {
  const { capabilities, devices = [], extraHosts = [], restartPolicy, sharedMemoryBytes } = spec;
  return {
    ...limitsBody(spec.limits ?? {}),
    ...(spec.network !== undefined && { NetworkMode: spec.network }),
    ...(ports.length > 0 && { PortBindings: bindings(ports) }),
    // Not `Binds`, which makes a directory that is missing.
    ...(spec.mounts?.length && { Mounts: spec.mounts.map(mountBody) }),
    ...(restartPolicy && {
      RestartPolicy: { Name: restartPolicy.name, MaximumRetryCount: restartPolicy.maximumRetries ?? 0 },
    }),
    ...(spec.autoRemove && { AutoRemove: true }),
    ...(spec.readOnlyRoot && { ReadonlyRootfs: true }),
    ...(spec.init && { Init: true }),
    ...(spec.privileged && { Privileged: true }),
    ...(capabilities?.add.length && { CapAdd: capabilities.add }),
    ...(capabilities?.drop.length && { CapDrop: capabilities.drop }),
    ...(spec.securityOptions?.length && { SecurityOpt: spec.securityOptions }),
    ...(devices.length > 0 && {
      Devices: devices.map(({ hostPath, containerPath, permissions }) => ({
        PathOnHost: hostPath,
        PathInContainer: containerPath,
        CgroupPermissions: permissions,
      })),
    }),
    ...(spec.sysctls && { Sysctls: spec.sysctls }),
    ...(spec.ulimits?.length && {
      Ulimits: spec.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    }),
    ...(sharedMemoryBytes && { ShmSize: sharedMemoryBytes }),
    ...(extraHosts.length > 0 && {
      ExtraHosts: extraHosts.map(({ hostname, ipAddress }) => `${hostname}:${ipAddress}`),
    }),
    ...(spec.dnsServers?.length && { Dns: spec.dnsServers }),
    ...(spec.dnsSearchDomains?.length && { DnsSearch: spec.dnsSearchDomains }),
  };
}

/** What is absent is left out; 0 takes a limit away, for which Docker wants -1 of two of them. */
export function limitsBody(limits: Limits): HostConfig {
  const { memoryBytes, memoryReservationBytes, memorySwapBytes, cpus, cpuShares, cpuset, pids } = limits;
  return {
    ...(memoryBytes !== undefined && { Memory: memoryBytes }),
    ...(memoryReservationBytes !== undefined && { MemoryReservation: memoryReservationBytes }),
    ...(memorySwapBytes !== undefined && { MemorySwap: memorySwapBytes }),
    ...(cpus !== undefined && { NanoCpus: Math.round(cpus * nanos) }),
    ...(cpuShares !== undefined && { CpuShares: cpuShares }),
    ...(cpuset !== undefined && { CpusetCpus: cpuset }),
    ...(pids !== undefined && { PidsLimit: pids === 0 ? -1 : pids }),
  };
}

function mountBody(mount: HostMount): MountRequest {
  if (mount.type === 'tmpfs') {
    const { target, sizeBytes } = mount;
    return {
      Type: 'tmpfs',
      Target: target,
      ...(sizeBytes !== undefined && { TmpfsOptions: { SizeBytes: sizeBytes } }),
    };
  }
  const { type, source, target, readOnly = false } = mount;
  return { Type: type, Target: target, ReadOnly: readOnly, ...(source !== undefined && { Source: source }) };
}

const keyOf = ({ containerPort, protocol }: PortRequest) => `${containerPort}/${protocol}`;

/** Docker takes the port as text only; an empty one is a free one. */
function bindings(ports: readonly PortRequest[]): Record<string, PortBinding[]> {
  const all: Record<string, PortBinding[]> = {};
  for (const port of ports) {
    const { hostIp = '', hostPort } = port;
    (all[keyOf(port)] ??= []).push({
      HostIp: hostIp,
      HostPort: hostPort === undefined ? '' : String(hostPort),
    });
  }
  return all;
}

function healthConfig(check: HealthCheck): HealthConfig {
  const { test, intervalSeconds, timeoutSeconds, retries, startPeriodSeconds } = check;
  return {
    Test: test,
    ...(intervalSeconds !== undefined && { Interval: intervalSeconds * nanos }),
    ...(timeoutSeconds !== undefined && { Timeout: timeoutSeconds * nanos }),
    ...(retries !== undefined && { Retries: retries }),
    ...(startPeriodSeconds !== undefined && { StartPeriod: startPeriodSeconds * nanos }),
  };
}

function networking({
  network,
  networkAliases,
}: HostContainerSpec): Pick<CreateContainer, 'NetworkingConfig'> {
  if (network === undefined || !networkAliases?.length) return {};
  return { NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: networkAliases } } } };
}
