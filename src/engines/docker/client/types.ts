/** The parts of the Docker Engine API (1.40 to 1.51) that are used here. Names are the API's own. */

export interface PortBinding {
  HostIp: string;
  HostPort: string;
}

export interface HostConfig {
  NetworkMode?: string;
  PidMode?: string;
  Binds?: string[];
  Mounts?: { Type: 'bind' | 'volume'; Source: string; Target: string; ReadOnly: boolean }[];
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
  HostConfig: HostConfig;
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
}

export interface ContainerDetails {
  Id: string;
  Name: string;
  Image: string;
  State: ContainerState;
  HostsPath: string;
  ResolvConfPath: string;
  Config: { Labels: Record<string, string> | null; Tty: boolean; Hostname: string };
  HostConfig: HostConfig;
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
}

export interface ContainerSummary {
  Id: string;
  Names: string[];
  State: string;
  Labels: Record<string, string> | null;
}

export interface ImageDetails {
  Id: string;
  RepoDigests: string[] | null;
  RepoTags: string[] | null;
  Architecture: string;
  Os: string;
  Size: number;
  Config: ImageConfig | null;
}

export interface ImageConfig {
  User?: string;
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  ExposedPorts?: Record<string, object> | null;
}

/** One line of a pull's progress. A failure after the first line comes as `errorDetail`, not as a status. */
export interface PullMessage {
  status?: string;
  id?: string;
  progressDetail?: { current?: number; total?: number };
  errorDetail?: { message?: string };
  /** Old form of errorDetail, which Podman 4 sends alone. */
  error?: string;
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
  cpu_stats?: { cpu_usage?: { total_usage?: number } };
  memory_stats?: { usage?: number; limit?: number; stats?: Record<string, number> | null };
  pids_stats?: { current?: number };
  networks?: Record<string, { rx_bytes: number; tx_bytes: number }>;
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
}
