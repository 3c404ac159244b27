/** Containers one by one. Errors, names and units: container-host.ts. */
import type { ExecSession } from './exec.ts';
import type { Page, PageQuery } from './page.ts';
import type { HostContainerSpec, Limits, RestartPolicy } from './host-container-spec.ts';
import type { LogLine, LogQuery } from './logs.ts';

/**
 * Full id, prefix or name; or what `inspect` has just told of it, which need not be asked for again: whether it runs
 * is then taken from that.
 */
export type ContainerReference = string | HostContainerDetails;

export interface HostContainers {
  /** With those of tasks; without what the engine adapter made for itself. */
  list(query?: ContainerQuery): Promise<Page<HostContainer>>;
  inspect(container: string): Promise<HostContainerDetails>;
  /** Made and not started; publishes no port yet. Its image has to be there: `ResourceNotFound` where it is not. */
  create(spec: HostContainerSpec): Promise<{ id: string; warnings: string[] }>;
  /** False where it ran already. A port that is taken: `ResourceInUse` with `details.holder`; nothing then runs. */
  start(container: ContainerReference): Promise<boolean>;
  /** Stop signal, then SIGKILL. Resolves when it does not run. False where it did not run before. */
  stop(container: ContainerReference, options?: StopOptions): Promise<boolean>;
  /** Whatever its state was, it runs afterwards. */
  restart(container: ContainerReference, options?: StopOptions): Promise<void>;
  /** `signal`: `SIGTERM` or a number. `Conflict` where it does not run. */
  kill(container: ContainerReference, signal?: string): Promise<void>;
  /** False where it was so already. `Conflict` where it does not run. */
  pause(container: ContainerReference): Promise<boolean>;
  unpause(container: ContainerReference): Promise<boolean>;
  rename(container: ContainerReference, name: string): Promise<void>;
  /**
   * At once, also of a running one. What is absent stays as it is. A Podman of others holds limits only until the next
   * stop, says so as a warning, and goes on telling the former ones; its restart policy is `UnsupportedByEngine`.
   */
  update(container: ContainerReference, changes: ContainerChanges): Promise<{ warnings: string[] }>;
  /** A running one, or one of a task, only with `force`: `ResourceInUse` else. */
  remove(
    container: ContainerReference,
    options?: { force?: boolean; anonymousVolumes?: boolean },
  ): Promise<void>;
  /** Resolves when it does not run, at once where it does not. Rejects with the signal's reason. */
  wait(container: ContainerReference, signal?: AbortSignal): Promise<{ exitCode: number }>;
  /** The processes, as `ps` of the machine shows them. `Conflict` where it does not run. */
  top(container: ContainerReference): Promise<{ titles: string[]; processes: string[][] }>;
  /**
   * Of a stopped one too; as many lines at a time as there are. Ends when the container stops, also with `follow`. What
   * has no line break yet is a line when the run has ended.
   */
  logs(container: ContainerReference, query?: HostLogQuery): AsyncIterable<HostLogLine[]>;
  /** `Conflict` where it does not run. The size of the terminal is set by `resize`, which may be called at once. */
  exec(container: ContainerReference, argv: readonly string[], options?: ExecOptions): Promise<ExecSession>;
  /** What it uses now. Takes no time to measure: shares are over the time since it was last asked. One of a list will do. */
  stats(container: string | HostContainer): Promise<ContainerUsage>;
  /** A tar archive of the file or directory at `path` in the container. Destroy it to end the reading. */
  readArchive(container: ContainerReference, path: string): Promise<NodeJS.ReadableStream>;
  /** Unpacks a tar archive, plain or compressed, in the directory at `path` in the container. */
  writeArchive(container: ContainerReference, path: string, archive: NodeJS.ReadableStream): Promise<void>;
}

/** Docker's states. Podman's `configured` and `initialized` are `created`, `stopping` is `running`, `stopped` `exited`. */
export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** What is absent filters nothing. */
export interface ContainerQuery extends PageQuery {
  states?: readonly ContainerState[];
  /** A part of the name. */
  name?: string;
  /** `name` or `name=value`, all of them. */
  labels?: readonly string[];
  /** Reference as the container was made with, with or without its tag, or an image's id. */
  image?: string;
  /** Only those of this task: its ARN. */
  task?: string;
  /** A part of the name, the image or the id. */
  search?: string;
  /** Absent: `created`, the newest first. Ties by id. */
  sort?: { by: 'created' | 'name' | 'state' | 'image'; descending?: boolean };
}

export interface HostContainer {
  /** 64 hexadecimal digits. */
  id: string;
  /** Without a leading slash. */
  name: string;
  /** As it was given. */
  image: string;
  /** `sha256:…` */
  imageId: string;
  state: ContainerState;
  createdAt: number;
  /** Absent: it has no health check. */
  health?: Health['status'];
  /** What is published now; of a stopped one nothing. */
  ports: PublishedPort[];
  labels: Record<string, string>;
  /** Names of its networks. */
  networks: string[];
  /** The task it is a container of, and what it is called there. */
  task?: { id: string; container: string };
}

export interface PublishedPort {
  containerPort: number;
  protocol: 'tcp' | 'udp' | 'sctp';
  /** Absent: exposed only. */
  hostIp?: string;
  hostPort?: number;
}

export interface HostContainerDetails extends HostContainer {
  /**
   * What makes such a container again, with what its image gave it written out: environment, command and so on. Ports
   * are those asked for; ones the engine chose are asked for as such.
   */
  spec: HostContainerSpec;
  /** Its volumes that nobody gave a name: where they are mounted, and what the engine calls them. */
  unnamedVolumes: { target: string; volume: string }[];
  /** What it has that `spec` cannot say, by the Docker Engine API's names: `PidMode`. Made by others, mostly. */
  unsaid: string[];
  /** 0 where nothing runs. */
  pid: number;
  /** Of its last run; absent before the first and while it runs. */
  exitCode?: number;
  oomKilled: boolean;
  /** What the engine says went wrong; empty where nothing did. */
  error: string;
  startedAt?: number;
  finishedAt?: number;
  /** By the restart policy. */
  restartCount: number;
  healthLog?: Health;
  /** By network. */
  addresses: NetworkAddress[];
}

export interface NetworkAddress {
  network: string;
  /** Empty while it does not run. */
  address: string;
  prefixLength: number;
  gateway: string;
  macAddress: string;
  /** That it was given; not its id and its name. */
  aliases: string[];
}

export interface Health {
  status: 'starting' | 'healthy' | 'unhealthy';
  failingStreak: number;
  /** The last few, oldest first. */
  checks: { startedAt: number; finishedAt: number; exitCode: number; output: string }[];
}

export interface StopOptions {
  /** Seconds until SIGKILL. Absent: the container's own, 10 where it has none. */
  timeoutSeconds?: number;
  /** `SIGINT`. Absent: the container's own. */
  signal?: string;
}

export interface ContainerChanges {
  limits?: Limits;
  restartPolicy?: RestartPolicy;
}

export interface ExecOptions {
  tty?: boolean;
  environment?: Record<string, string>;
  workingDirectory?: string;
  user?: string;
}

export interface HostLogQuery extends LogQuery {
  /** Only these lines; `tail` counts no others. Asked of every line in its time, perhaps again, in their order. */
  matches?: (line: HostLogLine) => boolean;
  /**
   * A line's cursor: begins with the line after it, however many share its time. A line that is not there any more, as
   * its file was rotated away, begins with the next one of a later time. Not together with `since` and `tail`.
   */
  after?: string;
}

export interface HostLogLine extends LogLine {
  /** Where this line is, for `after`. Text that orders nothing by itself. */
  cursor: string;
}

/** Counters since the start of the container, as `docker stats` counts. All zero for one that does not run. */
export interface ContainerUsage {
  /** Epoch ms. */
  at: number;
  running: boolean;
  cpuNanos: number;
  /**
   * 100 is one core used whole. Over the time since the sample before. Absent where
   * there is none that is younger than five minutes.
   */
  cpuPercent?: number;
  /** CPUs that it may run on, or that the machine has. */
  cpus: number;
  /** Without the cache of files that nobody uses, unless `memoryIncludesCache`. */
  memoryBytes: number;
  /** Podman does not tell how much of the memory is cache. */
  memoryIncludesCache: boolean;
  /** Its limit, or the machine's memory. */
  memoryLimitBytes: number;
  pids: number;
  /** Of its own interfaces: none with the machine's network, shared ones with a task's. */
  networkRxBytes: number;
  networkTxBytes: number;
  blockReadBytes: number;
  blockWriteBytes: number;
}
