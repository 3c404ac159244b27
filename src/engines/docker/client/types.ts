/** The parts of the Docker Engine API (1.40 to 1.51) that are used here. Names are the API's own. */

export interface PortBinding {
  HostIp: string;
  HostPort: string;
}

export interface HostConfig {
  NetworkMode?: string;
  PidMode?: string;
  Binds?: string[];
  Mounts?: MountRequest[];
  PortBindings?: Record<string, PortBinding[]>;
  CpuShares?: number;
  NanoCpus?: number;
  Memory?: number;
  MemoryReservation?: number;
  Ulimits?: { Name: string; Soft: number; Hard: number }[];
  ReadonlyRootfs?: boolean;
  Privileged?: boolean;
  CapAdd?: string[];
  CapDrop?: string[];
  SecurityOpt?: string[];
  Sysctls?: Record<string, string>;
  ShmSize?: number;
  CgroupParent?: string;
  Tmpfs?: Record<string, string>;
  Init?: boolean;
  ExtraHosts?: string[];
  Dns?: string[];
  DnsSearch?: string[];
  LogConfig?: { Type: string; Config: Record<string, string> };
  RestartPolicy?: { Name: string; MaximumRetryCount?: number };
  AutoRemove?: boolean;
  MemorySwap?: number;
  CpuPeriod?: number;
  CpuQuota?: number;
  CpusetCpus?: string;
  PidsLimit?: number | null;
  Devices?: { PathOnHost: string; PathInContainer: string; CgroupPermissions: string }[];
  IpcMode?: string;
  UTSMode?: string;
  UsernsMode?: string;
  VolumesFrom?: string[] | null;
  Links?: string[] | null;
  GroupAdd?: string[] | null;
  DeviceRequests?: object[] | null;
  DeviceCgroupRules?: string[] | null;
  DnsOptions?: string[] | null;
  PublishAllPorts?: boolean;
  Runtime?: string;
  OomScoreAdj?: number;
}

export interface MountRequest {
  Type: 'bind' | 'volume' | 'tmpfs';
  Source?: string;
  Target: string;
  ReadOnly?: boolean;
  TmpfsOptions?: { SizeBytes?: number };
}

/** Durations are nanoseconds. */
export interface HealthConfig {
  Test?: string[];
  Interval?: number;
  Timeout?: number;
  Retries?: number;
  StartPeriod?: number;
}

export interface CreateContainer {
  Image: string;
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  User?: string;
  WorkingDir?: string;
  Hostname?: string;
  Tty?: boolean;
  OpenStdin?: boolean;
  Labels?: Record<string, string>;
  ExposedPorts?: Record<string, object>;
  Healthcheck?: HealthConfig;
  StopSignal?: string;
  StopTimeout?: number;
  HostConfig: HostConfig;
  NetworkingConfig?: { EndpointsConfig: Record<string, { Aliases?: string[] }> };
}

export interface ContainerState {
  Status: string;
  Running: boolean;
  OOMKilled: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  StartedAt: string;
  FinishedAt: string;
  Paused?: boolean;
  /** Podman gives one with an empty status to containers without a check. */
  Health?: {
    Status: string;
    FailingStreak: number;
    Log: { Start: string; End: string; ExitCode: number; Output: string }[] | null;
  } | null;
}

/** What a container is made of, with what its image gave it. */
export interface ContainerConfig {
  Image?: string;
  Labels: Record<string, string> | null;
  Tty: boolean;
  OpenStdin?: boolean;
  Hostname: string;
  User?: string;
  Env?: string[] | null;
  Entrypoint?: string[] | string | null;
  Cmd?: string[] | null;
  WorkingDir?: string;
  Healthcheck?: HealthConfig | null;
  /** Podman gives a number as text. */
  StopSignal?: string;
  StopTimeout?: number | null;
}

export interface MountPoint {
  Type: string;
  Name?: string;
  Source: string;
  Destination: string;
  RW: boolean;
  Propagation?: string;
}

export interface ContainerDetails {
  Id: string;
  Name: string;
  Image: string;
  State: ContainerState;
  HostsPath: string;
  ResolvConfPath: string;
  Created: string;
  RestartCount: number;
  Config: ContainerConfig;
  HostConfig: HostConfig;
  Mounts: MountPoint[] | null;
  NetworkSettings: {
    Ports: Record<string, PortBinding[] | null> | null;
    Networks: Record<string, EndpointSettings> | null;
  };
}

export interface EndpointSettings {
  IPAddress: string;
  IPPrefixLen: number;
  Gateway: string;
  MacAddress: string;
  Aliases?: string[] | null;
  /** What was asked for, where it was. */
  IPAMConfig?: { IPv4Address?: string; IPv6Address?: string } | null;
}

export interface ContainerSummary {
  Id: string;
  Names: string[];
  State: string;
  Labels: Record<string, string> | null;
  Image: string;
  ImageID: string;
  /** Epoch seconds. */
  Created: number;
  /** For people, with the health in brackets. */
  Status: string;
  Ports: { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[] | null;
  NetworkSettings?: { Networks: Record<string, unknown> | null } | null;
  Mounts?: MountPoint[] | null;
  /** Written layer, where it was asked for. */
  SizeRw?: number;
}

export interface ImageDetails {
  Id: string;
  RepoDigests: string[] | null;
  RepoTags: string[] | null;
  Architecture: string;
  Os: string;
  Variant?: string;
  Size: number;
  Created?: string;
  Author?: string;
  RootFS?: { Layers?: string[] | null };
  Config: ImageConfig | null;
}

export interface ImageSummary {
  Id: string;
  RepoTags: string[] | null;
  RepoDigests: string[] | null;
  /** Epoch seconds; of Podman, when it was pulled. */
  Created: number;
  Size: number;
  /** -1 where it was not counted. */
  SharedSize: number;
  Labels: Record<string, string> | null;
}

export interface ImageConfig {
  User?: string;
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  ExposedPorts?: Record<string, object> | null;
  Env?: string[] | null;
  WorkingDir?: string;
  Volumes?: Record<string, object> | null;
  Labels?: Record<string, string> | null;
  Healthcheck?: HealthConfig | null;
  StopSignal?: string;
}

/** One line of a pull's progress. A failure after the first line comes as `errorDetail`, not as a status. */
export interface PullMessage {
  status?: string;
  id?: string;
  progressDetail?: { current?: number; total?: number };
  errorDetail?: { message?: string };
  /** Old form of errorDetail, which Podman 4 sends alone. */
  error?: string;
  /** Of a push: what the registry calls it now. Podman says it in `status`. */
  aux?: { Digest?: string };
  /** Of a load: `Loaded image: name:tag`. */
  stream?: string;
}

export interface EventMessage {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  time: number;
  timeNano: number;
}

export interface StatsMessage {
  read: string;
  cpu_stats?: {
    cpu_usage?: { total_usage?: number; percpu_usage?: number[] | null };
    system_cpu_usage?: number;
    online_cpus?: number;
  };
  memory_stats?: { usage?: number; limit?: number; stats?: Record<string, number> | null };
  pids_stats?: { current?: number };
  networks?: Record<string, { rx_bytes: number; tx_bytes: number }>;
  blkio_stats?: { io_service_bytes_recursive?: { op: string; value: number }[] | null };
}

export interface ServerVersion {
  Version: string;
  ApiVersion: string;
  Arch: string;
  Os: string;
}

export interface ServerInfo {
  NCPU: number;
  MemTotal: number;
  Architecture: string;
  KernelVersion: string;
  /** Host name of the machine it runs on. */
  Name: string;
  SecurityOptions?: string[] | null;
  /** Podman 4 does not tell. */
  CgroupVersion?: string;
  Driver: string;
  DockerRootDir: string;
  ContainersRunning: number;
  ContainersPaused: number;
  ContainersStopped: number;
  Images: number;
}

export interface VolumeDetails {
  Name: string;
  Driver: string;
  Mountpoint: string;
  CreatedAt?: string;
  Labels: Record<string, string> | null;
  Options: Record<string, string> | null;
  /** Only of `/system/df`; -1 where it was not counted. */
  UsageData?: { Size: number; RefCount: number } | null;
}

export interface NetworkDetails {
  Id: string;
  Name: string;
  Created?: string;
  Driver: string;
  Internal: boolean;
  Labels: Record<string, string> | null;
  IPAM?: { Config?: { Subnet?: string; Gateway?: string }[] | null };
}

/** What takes room on disk. */
export interface DiskUsage {
  Images: ImageSummary[] | null;
  Volumes: VolumeDetails[] | null;
}
