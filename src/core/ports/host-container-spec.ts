/** What a container is made of: the same shape to make one and to say what one was made with. */
export interface HostContainerSpec {
  /** `[a-zA-Z0-9][a-zA-Z0-9_.-]+`. Absent: the engine makes one up. */
  name?: string;
  /** Reference or id of an image that is there. */
  image: string;
  /** Absent: the image's. Empty: none. */
  entrypoint?: string[];
  command?: string[];
  environment?: Record<string, string>;
  labels?: Record<string, string>;
  workingDirectory?: string;
  /** user, user:group, uid or uid:gid. */
  user?: string;
  hostname?: string;
  tty?: boolean;
  /** Its input stays open. */
  interactive?: boolean;
  ports?: PortRequest[];
  mounts?: HostMount[];
  /** `bridge`, `none`, `host`, or a network's name. Absent: the engine's own bridge. */
  network?: string;
  /** Names that others on the network find it by. Not on `bridge`, `none` and `host`. */
  networkAliases?: string[];
  extraHosts?: { hostname: string; ipAddress: string }[];
  dnsServers?: string[];
  dnsSearchDomains?: string[];
  restartPolicy?: RestartPolicy;
  limits?: Limits;
  /** Removed by the engine when it ends. */
  autoRemove?: boolean;
  healthCheck?: HealthCheck;
  /** `SIGTERM`, `15`. */
  stopSignal?: string;
  stopTimeoutSeconds?: number;
  readOnlyRoot?: boolean;
  /** An init process that reaps zombies and passes signals on. */
  init?: boolean;
  privileged?: boolean;
  capabilities?: { add: string[]; drop: string[] };
  securityOptions?: string[];
  devices?: { hostPath: string; containerPath: string; permissions: string }[];
  sysctls?: Record<string, string>;
  ulimits?: { name: string; soft: number; hard: number }[];
  sharedMemoryBytes?: number;
}

export interface PortRequest {
  containerPort: number;
  protocol: 'tcp' | 'udp' | 'sctp';
  /** Absent: all of the machine's. */
  hostIp?: string;
  /** Absent: the engine picks a free one at each start. */
  hostPort?: number;
}

export type HostMount =
  /** A file or directory of the machine, which has to be there. */
  | { type: 'bind'; source: string; target: string; readOnly?: boolean }
  /** `source` absent: a volume without a name, which goes with the container if asked to. */
  | { type: 'volume'; source?: string; target: string; readOnly?: boolean }
  | { type: 'tmpfs'; target: string; sizeBytes?: number };

export interface RestartPolicy {
  name: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  /** Of `on-failure`. Absent: without end. */
  maximumRetries?: number;
}

/** 0 takes a limit away. Absent in a spec: none. */
export interface Limits {
  memoryBytes?: number;
  memoryReservationBytes?: number;
  /** Memory and swap together, as Docker counts; -1: no limit on swap. */
  memorySwapBytes?: number;
  /** Cores, with fractions. */
  cpus?: number;
  /** Share against others; 1024 is usual. */
  cpuShares?: number;
  /** `0-2,4` */
  cpuset?: string;
  pids?: number;
}

export interface HealthCheck {
  /** `['CMD', program, …]`, `['CMD-SHELL', line]`, or `['NONE']` for not even the image's. */
  test: string[];
  intervalSeconds?: number;
  timeoutSeconds?: number;
  retries?: number;
  startPeriodSeconds?: number;
}
