/**
 * The container host: what an engine with containers of its own lets people do with them one by one, beside the tasks
 * of `engine.ts`. Optional: an engine without it has no `host`, and whoever needs one says `UnsupportedByEngine`.
 *
 * The words are those of the Docker Engine API; where Podman differs, the adapter hides it or a member says so. Names:
 * a container is found by its full id, by a prefix of it that fits no other, or by its name; an image by id, prefix
 * or reference; volumes and networks by name (networks also by id). Sizes are bytes, times are epoch milliseconds.
 *
 * What a container may get of the machine is judged before it gets here (core/container-policy.ts).
 *
 * Errors of every method are one of:
 * - `AppError` `ResourceNotFound`: there is no such container, image, volume or network.
 * - `AppError` `InvalidParameter`: the engine refused what was asked, or a prefix fits several; `details.field` where
 *   it is known which member is wrong.
 * - `AppError` `AlreadyExists`: the name is taken.
 * - `AppError` `ResourceInUse`: it runs, belongs to a task, or something needs it; the message names what. `details`
 *   has `task` (ARN) where a task protects it, `field` and `holder` where a port is taken.
 * - `AppError` `Conflict`: not in this state: a stopped container has no processes to list.
 * - `AppError` `AccessDenied`, `Throttled`: of a registry that wants (other) credentials, or fewer requests.
 * - `AppError` `Unavailable`: a registry cannot be reached.
 * - `AppError` `Server`: the engine failed, with its own words.
 * - `EngineError` `EngineUnavailable`: the engine cannot be reached.
 * - `EngineError` `UnsupportedByEngine`: this engine can never do it.
 */
import type { HostContainers } from './host-containers.ts';
import type { HostImages } from './host-images.ts';
import type { HostNetworks } from './host-networks.ts';
import type { HostVolumes } from './host-volumes.ts';

export interface ContainerHost {
  readonly containers: HostContainers;
  readonly images: HostImages;
  readonly volumes: HostVolumes;
  readonly networks: HostNetworks;
  /** Whether the engine runs the health checks of containers; else their health says nothing. */
  readonly checksHealth: boolean;
  describe(): Promise<HostDescription>;
  /** What could go now, and what that would free. Changes nothing. */
  planPrune(query: PruneQuery): Promise<PrunePlan>;
  /** Removes what `plan` names and nothing else. What came into use meanwhile stays, and is told. */
  prune(plan: PrunePlan): Promise<PruneResult>;
  /**
   * What happens from now on, or since a time, until the signal fires. A lost connection is healed inside: what came
   * meanwhile is told late, and `resync` says that something may be missing all the same.
   */
  events(query: EventQuery): AsyncIterable<HostEvent>;
}

export interface HostDescription {
  product: 'Docker' | 'Podman';
  version: string;
  apiVersion: string;
  kernel: string;
  hostName: string;
  /** Absent where the engine does not tell (Podman 4). */
  cgroupVersion?: 1 | 2;
  storageDriver: string;
  /** Where the engine keeps its data, as a path of the machine it runs on. */
  dataDirectory: string;
  cpus: number;
  memoryBytes: number;
  /** With those of tasks. */
  containers: { running: number; paused: number; stopped: number };
  images: number;
}

export type ResourceKind = 'container' | 'image' | 'volume' | 'network';

export interface PruneQuery {
  kinds: readonly ResourceKind[];
  /** Images: all that no container is made of, not only those without a tag. */
  unusedImages?: boolean;
  /** Only what was made before: epoch ms. Volumes and networks too where the engine tells when they were made. */
  before?: number;
  /** Only what bears all of these: `name` or `name=value`. */
  labels?: readonly string[];
}

export interface PruneItem {
  kind: ResourceKind;
  id: string;
  /** Name, or a reference of an image; the id where it has none. */
  name: string;
  /** What its removal frees. Layers that images share are counted for none of them. 0 for networks. */
  bytes: number;
}

/**
 * Stopped containers, images that nothing uses, volumes without a name given by anyone that no container has, networks
 * without containers. Never what belongs to a task or to the engine itself.
 */
export interface PrunePlan {
  items: PruneItem[];
  bytes: number;
}

export interface PruneResult {
  removed: PruneItem[];
  /** Sum over `removed`. */
  bytes: number;
  kept: { item: PruneItem; reason: string }[];
}

export interface EventQuery {
  /** Epoch ms, inclusive; as far back as the engine remembers (Docker: the last 256 events). Absent: from now on. */
  since?: number;
  kinds?: readonly ResourceKind[];
  signal: AbortSignal;
}

export interface HostChange {
  kind: ResourceKind;
  /**
   * Docker's words: of a container `create`, `start`, `die`, `stop`, `kill`, `pause`, `unpause`, `restart`, `rename`,
   * `update`, `oom`, `destroy`, `health_status: healthy` …; of an image `pull`, `push`, `tag`, `untag`, `delete`,
   * `load`, `save`, `import`; of a volume `create`, `destroy`; of a network `create`, `connect`, `disconnect`,
   * `destroy`.
   */
  action: string;
  id: string;
  /** Of a container, volume or network; of an image its reference. */
  name: string;
  /** Epoch ms. */
  at: number;
  /** What a container is made of. */
  image?: string;
  /** Of `die`. */
  exitCode?: number;
  /** ARN of the task that the container is of. */
  task?: string;
  /** Of a container, where they are known without asking; with other things that the engine says of it among them. */
  labels?: Readonly<Record<string, string>>;
}

export type HostEvent =
  | HostChange
  /** Something may have been missed: list again. */
  | { kind: 'resync'; reason: string };
