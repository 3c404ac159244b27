/**
 * The engine port: what puts a task's processes on a machine. It is task-level, because a Kubernetes Pod, a group of
 * containers in one network namespace and a simulated task are all "a task". The engine is the truth for what runs.
 */
import type { ContainerHost } from './container-host.ts';
import type { ExecSession } from './exec.ts';
import type { CredentialSource, PullProgress } from './image-transfer.ts';
import type { LogLine, LogQuery } from './logs.ts';

export interface PortMapping {
  containerPort: number;
  /** 0: the engine picks a free one. Absent: not published. */
  hostPort?: number;
  protocol: 'tcp' | 'udp';
  /** Container that declared it. */
  container: string;
}

/** `awsvpc`, `bridge`: a network of the task's own, shared by its containers. `host`: the machine's. `none`: loopback only. */
export type NetworkMode = 'awsvpc' | 'bridge' | 'host' | 'none';

export interface Mount {
  /** Absolute directory on the host, checked against the host-path policy before it gets here. Absent: an empty volume of the task's. */
  hostPath?: string;
  /** Name of the task volume; containers that name the same volume share it. */
  volume: string;
  containerPath: string;
  readOnly: boolean;
}

export interface ContainerSpec {
  name: string;
  /** Image reference as the user wrote it. */
  image: string;
  essential: boolean;
  /** Absent: the image's. */
  entrypoint?: string[];
  command?: string[];
  environment: Record<string, string>;
  /** user, user:group, uid or uid:gid. */
  user?: string;
  workingDirectory?: string;
  /** ECS CPU units, 1024 a core: a share, not a ceiling. 0: none given. */
  cpuUnits: number;
  /** Hard limit. */
  memoryMiB?: number;
  memoryReservationMiB?: number;
  readonlyRootFilesystem: boolean;
  privileged: boolean;
  interactive: boolean;
  pseudoTerminal: boolean;
  init: boolean;
  hostname?: string;
  extraHosts: { hostname: string; ipAddress: string }[];
  dnsServers: string[];
  dnsSearchDomains: string[];
  tmpfs: { containerPath: string; sizeMiB: number; options: string[] }[];
  mounts: Mount[];
  ulimits: { name: string; soft: number; hard: number }[];
  capabilities: { add: string[]; drop: string[] };
  sysctls: Record<string, string>;
  sharedMemoryMiB?: number;
  /** Labels the user gave. */
  labels: Record<string, string>;
  /** Seconds from the stop signal to SIGKILL. */
  stopTimeoutSeconds: number;
  /** Docker log options of a local log driver that are honoured: max-size (bytes) and max-file. */
  log: { maxBytes: number; maxFiles: number };
}

export interface TaskSpec {
  /** Task ARN. Unique; carried by every object of the engine as a label. */
  id: string;
  /** Short id, for names: lower-case letters, digits and hyphens. */
  name: string;
  networkMode: NetworkMode;
  ports: PortMapping[];
  /** In the order they start; they stop in reverse. */
  containers: ContainerSpec[];
  /** Task-level limits over all containers. */
  cpuUnits?: number;
  memoryMiB?: number;
  /** `task`: the containers see each other's processes. `host`: they see the machine's. */
  pidMode?: 'task' | 'host';
  /** Extra labels for every engine object. */
  labels: Record<string, string>;
}

export interface Binding {
  container: string;
  containerPort: number;
  hostPort: number;
  protocol: 'tcp' | 'udp';
  /** Address it listens on. */
  bindIp: string;
}

/** What a task's own network turned out to be. Absent for `host` and `none`. */
export interface TaskNetwork {
  address: string;
  prefixLength: number;
  gateway: string;
  macAddress: string;
}

export interface StartedContainer {
  name: string;
  /** The engine's id of it. */
  runtimeId: string;
  /** `sha256:…` of the image's manifest where known, else of the image. */
  imageDigest?: string;
  /** Epoch ms. */
  startedAt: number;
}

export interface StartedTask {
  network?: TaskNetwork;
  bindings: Binding[];
  containers: StartedContainer[];
}

export interface EngineContainer {
  name: string;
  runtimeId: string;
  imageDigest?: string;
  state: 'created' | 'running' | 'exited';
  startedAt?: number;
  /** Set once exited. */
  exitCode?: number;
  finishedAt?: number;
  oomKilled?: boolean;
}

/** A task as the engine has it. */
export interface EngineTask {
  id: string;
  network?: TaskNetwork;
  bindings: Binding[];
  containers: EngineContainer[];
}

export type EngineEvent =
  | {
      type: 'exited';
      taskId: string;
      container: string;
      /** The engine's id of it, where the engine tells: keeps a late exit of a removed one apart from its successor's. */
      runtimeId?: string;
      exitCode: number;
      oomKilled: boolean;
      /** Epoch ms. */
      at: number;
    }
  /** Something may have been missed: list again. */
  | { type: 'resync' }
  | { type: 'health'; available: boolean; reason?: string };

export interface ImageInfo {
  /** Manifest digest where the image came from a registry, else the image id. */
  digest: string;
  sizeBytes: number;
  /** False where it was there and up to date already. */
  pulled: boolean;
}

export interface EngineInfo {
  name: 'docker' | 'embedded' | 'kubernetes' | 'simulated';
  /** For people: "Docker 20.10.24 at unix:///var/run/docker.sock". */
  description: string;
  /** True when no container really runs. */
  simulated: boolean;
  cpuUnits: number;
  memoryMiB: number;
  architecture: 'x86_64' | 'arm64';
  /** Whether tasks have networks of our making, or the engine's own. */
  taskNetwork: 'own' | 'engine';
  /** Why not `own`. */
  taskNetworkReason?: string;
}

export interface ContainerStats {
  name: string;
  /** Epoch ms. */
  at: number;
  /** CPU time used since the start, in nanoseconds. */
  cpuNanos: number;
  memoryBytes: number;
  memoryLimitBytes: number;
  pids: number;
  networkRxBytes: number;
  networkTxBytes: number;
}

/**
 * Errors are `EngineError` of core/errors.ts. What an engine cannot do it says with code `UnsupportedByEngine`.
 * Every method may be called again after a crash with the same arguments.
 */
export interface Engine {
  /** Containers, images, volumes and networks one by one. Absent where the engine has nothing of the kind. */
  readonly host?: ContainerHost;
  info(): EngineInfo;
  /** Resolves when the engine answers now, without a look at what it has. Throws EngineUnavailable with the reason. */
  check(): Promise<void>;
  /** Makes the image available as ECS does: asks the registry whether it changed, falls back to what is cached. */
  ensureImage(
    reference: string,
    options?: {
      credentials?: CredentialSource;
      onProgress?: (progress: PullProgress) => void;
      signal?: AbortSignal;
    },
  ): Promise<ImageInfo>;
  /**
   * Gives the task its network, holds its ports and starts its containers in order. Resolves when every one has a
   * running process (or has already ended). Throws with what failed; what was made stays until `removeTask`.
   */
  startTask(spec: TaskSpec): Promise<StartedTask>;
  /**
   * Stop signal to every container in reverse order, SIGKILL after each one's stop timeout. Resolves when none runs.
   * Unknown tasks are fine.
   */
  stopTask(id: string): Promise<void>;
  /** Removes everything of the task, running or not. Unknown tasks are fine. */
  removeTask(id: string): Promise<void>;
  /** Exits from now on. Ends when the signal fires. A lost connection is healed inside and reported as `resync`. */
  watch(signal: AbortSignal): AsyncIterable<EngineEvent>;
  /** All tasks of this owner that the engine has, running or ended. */
  list(): Promise<EngineTask[]>;
  /** Undefined when the engine has no such task. */
  inspect(id: string): Promise<EngineTask | undefined>;
  logs(id: string, container: string, query: LogQuery): AsyncIterable<LogLine>;
  exec(
    id: string,
    container: string,
    argv: readonly string[],
    options?: {
      tty?: boolean;
      environment?: Record<string, string>;
      workingDirectory?: string;
      user?: string;
    },
  ): Promise<ExecSession>;
  stats(id: string): Promise<ContainerStats[]>;
  /** Releases what this process holds (warm pool, sockets). Tasks go on running. */
  close(): Promise<void>;
}
