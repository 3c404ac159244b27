/** What makes a container again, from the engine's details of it: the way back of container-body.ts. */
import type {
  HealthCheck,
  HostContainerSpec,
  HostMount,
  Limits,
  PortRequest,
  RestartPolicy,
} from '../../../core/ports/host-container-spec.ts';
import type { Quirks } from '../client/quirks.ts';
import type { ContainerDetails, HealthConfig, HostConfig } from '../client/types.ts';
import { usersOwn } from '../labels.ts';

const nanos = 1e9;
/** What an engine calls a volume that nobody gave a name. */
export const isAnonymous = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

export function specOf(details: ContainerDetails, quirks: Quirks): HostContainerSpec {
  const { Config, HostConfig: host } = details;
  const network = networkOf(details, quirks);
  const networkAliases = givenAliases(details, network);
  const extraHosts = (host.ExtraHosts ?? []).map((entry) => {
    const colon = entry.indexOf(':');
    return { hostname: entry.slice(0, colon), ipAddress: entry.slice(colon + 1) };
  });
  return {
    name: details.Name.replace(/^\//, ''),
    image: Config.Image ?? details.Image,
    entrypoint: words(Config.Entrypoint),
    command: Config.Cmd ?? [],
    environment: withoutEngineOwn(environmentOf(Config.Env), Config.Hostname, quirks),
    labels: usersOwn(Config.Labels ?? {}),
    workingDirectory: Config.WorkingDir ?? '',
    user: Config.User ?? '',
    // An engine's own choice is the beginning of the id.
    ...(details.Id.startsWith(Config.Hostname) ? {} : { hostname: Config.Hostname }),
    tty: Config.Tty,
    interactive: Config.OpenStdin ?? false,
    ports: portsOf(host),
    mounts: mountsOf(details),
    network,
    ...(networkAliases.length > 0 && { networkAliases }),
    ...(extraHosts.length > 0 && { extraHosts }),
    ...(host.Dns?.length && { dnsServers: host.Dns }),
    ...(host.DnsSearch?.length && { dnsSearchDomains: host.DnsSearch }),
    restartPolicy: restartPolicyOf(host),
    limits: limitsOf(host),
    autoRemove: host.AutoRemove ?? false,
    ...(Config.Healthcheck?.Test?.length && { healthCheck: healthCheckOf(Config.Healthcheck) }),
    ...(Config.StopSignal && { stopSignal: Config.StopSignal }),
    ...(Config.StopTimeout != null && { stopTimeoutSeconds: Config.StopTimeout }),
    readOnlyRoot: host.ReadonlyRootfs ?? false,
    init: host.Init ?? false,
    privileged: host.Privileged ?? false,
    capabilities: { add: host.CapAdd ?? [], drop: host.CapDrop ?? [] },
    securityOptions: host.SecurityOpt ?? [],
    devices: (host.Devices ?? []).map(({ PathOnHost, PathInContainer, CgroupPermissions }) => ({
      hostPath: PathOnHost,
      containerPath: PathInContainer,
      permissions: CgroupPermissions,
    })),
    ...(host.Sysctls && { sysctls: host.Sysctls }),
    ulimits: (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({
      name: Name.replace(/^RLIMIT_/, '').toLowerCase(),
      soft: Soft,
      hard: Hard,
    })),
    ...(host.ShmSize && { sharedMemoryBytes: host.ShmSize }),
  };
}

/** Podman gives an entrypoint as one text. */
function words(value: string[] | string | null | undefined): string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  return value ?? [];
}

export function environmentOf(entries: readonly string[] | null | undefined): Record<string, string> {
  return Object.fromEntries(
    (entries ?? []).map((entry) => {
      const equals = entry.indexOf('=');
      return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

function portsOf({ PortBindings }: HostConfig): PortRequest[] {
  return Object.entries(PortBindings ?? {}).flatMap(([key, bindings]) => {
    const [port, protocol = 'tcp'] = key.split('/');
    return bindings.map(({ HostIp, HostPort }) => ({
      containerPort: Number(port),
      protocol: protocol as PortRequest['protocol'],
      ...(HostIp && { hostIp: HostIp }),
      ...(Number(HostPort) > 0 && { hostPort: Number(HostPort) }),
    }));
  });
}

/** By their targets: Docker has them in another order each time. */
function mountsOf({ Mounts, HostConfig: host }: ContainerDetails): HostMount[] {
  const sizes = new Map(
    (host.Mounts ?? []).map(({ Target, TmpfsOptions }) => [Target, TmpfsOptions?.SizeBytes]),
  );
  const mounts = (Mounts ?? []).map(({ Type, Name, Source, Destination, RW }): HostMount => {
    if (Type === 'tmpfs') {
      const sizeBytes = sizes.get(Destination);
      return { type: 'tmpfs', target: Destination, ...(sizeBytes !== undefined && { sizeBytes }) };
    }
    const readOnly = !RW;
    if (Type !== 'volume') return { type: 'bind', source: Source, target: Destination, readOnly };
    const named = Name !== undefined && !isAnonymous(Name);
    return { type: 'volume', ...(named && { source: Name }), target: Destination, readOnly };
  });
  return mounts.sort((one, other) => (one.target < other.target ? -1 : 1));
}

/** Podman says `bridge` of containers on any network of that kind. */
function networkOf({ HostConfig: host, NetworkSettings }: ContainerDetails, { bridge }: Quirks): string {
  const { NetworkMode = 'bridge' } = host;
  if (!['default', 'bridge', bridge].includes(NetworkMode)) return NetworkMode;
  const [first, ...others] = Object.keys(NetworkSettings.Networks ?? {});
  if (first === undefined || [first, ...others].some((name) => ['bridge', bridge].includes(name))) {
    return 'bridge';
  }
  return first;
}

/** Without those that every container has: the beginning of its id, and its name. */
export function givenAliases({ Id, Name, NetworkSettings }: ContainerDetails, network: string): string[] {
  const aliases = NetworkSettings.Networks?.[network]?.Aliases ?? [];
  return aliases.filter((alias) => !Id.startsWith(alias) && `/${alias}` !== Name && alias !== Name);
}

/** Podman adds some to every container, one of which holds its id. */
function withoutEngineOwn(
  environment: Record<string, string>,
  hostname: string,
  { product }: Quirks,
): Record<string, string> {
  if (product !== 'Podman') return environment;
  const added: Record<string, string> = { TERM: 'xterm', container: 'podman', HOSTNAME: hostname, HOME: '/' };
  return Object.fromEntries(Object.entries(environment).filter(([name, value]) => added[name] !== value));
}

function restartPolicyOf({ RestartPolicy: policy }: HostConfig): RestartPolicy {
  const name = (policy?.Name || 'no') as RestartPolicy['name'];
  const retries = policy?.MaximumRetryCount ?? 0;
  return { name, ...(name === 'on-failure' && retries > 0 && { maximumRetries: retries }) };
}

function limitsOf(host: HostConfig): Limits {
  const { Memory, MemoryReservation, MemorySwap, CpuShares, CpusetCpus, PidsLimit } = host;
  const quota = host.CpuQuota && host.CpuPeriod ? host.CpuQuota / host.CpuPeriod : 0;
  const cpus = host.NanoCpus ? host.NanoCpus / nanos : quota;
  return {
    ...(Memory && { memoryBytes: Memory }),
    ...(MemoryReservation && { memoryReservationBytes: MemoryReservation }),
    ...(Memory && MemorySwap && { memorySwapBytes: MemorySwap }),
    ...(cpus > 0 && { cpus }),
    ...(CpuShares && { cpuShares: CpuShares }),
    ...(CpusetCpus && { cpuset: CpusetCpus }),
    ...(PidsLimit && PidsLimit > 0 && { pids: PidsLimit }),
  };
}

export function healthCheckOf({ Test, Interval, Timeout, Retries, StartPeriod }: HealthConfig): HealthCheck {
  return {
    test: Test ?? [],
    ...(Interval && { intervalSeconds: Interval / nanos }),
    ...(Timeout && { timeoutSeconds: Timeout / nanos }),
    ...(Retries && { retries: Retries }),
    ...(StartPeriod && { startPeriodSeconds: StartPeriod / nanos }),
  };
}
