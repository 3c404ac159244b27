/** The shapes of the task network's interface. */

export interface NetworkLease {
  /** Number of the task's address; part of the names of its namespace and link. */
  slot: number;
  /** Name of the namespace; of an attached one, of its link. */
  name: string;
  /** `/run/netns/<name>`, or `/proc/<pid>/ns/net` where it was attached. */
  path: string;
  address: string;
  prefixLength: number;
  gateway: string;
  macAddress: string;
}

export interface PublishRequest {
  containerPort: number;
  /** 0: the kernel picks a free one of its local port range, as Docker and ECS do. */
  hostPort: number;
  protocol: 'tcp' | 'udp';
}

/** `hostPort` is the real one. */
export interface Published extends PublishRequest {
  /** The address it is published on; 0.0.0.0 is every address of this machine. */
  bindIp: string;
}

export interface AdoptedLease {
  slot: number;
  /** A process in the namespace, where the lease came from `attach`. */
  pid?: number;
  published: Published[];
}

/** Errors are `EngineError` with code `ResourceInitializationError`. */
export interface TaskNetworks {
  /** A namespace of its own, ready: from the warm pool, else made now. */
  claim(): Promise<NetworkLease>;
  /** Puts a link and an address of ours into the network namespace of a running process. */
  attach(pid: number): Promise<NetworkLease>;
  /**
   * Takes the ports with sockets of ours, so that their numbers are known, before anything leads to the task. All or
   * nothing. Throws naming the port that is taken and, where /proc tells, who holds it.
   */
  hold(lease: NetworkLease, ports: readonly PublishRequest[]): Promise<Published[]>;
  /** Makes the ports lead to the task, and takes those that `hold` has not taken yet. All or nothing. */
  publish(lease: NetworkLease, ports: readonly PublishRequest[]): Promise<Published[]>;
  /** Takes back ports, link and namespace of a lease that this object gave. May be called again. */
  release(lease: NetworkLease): Promise<void>;
  /**
   * After a restart: these leases live on with exactly these ports, and whatever else of this owner's was found is
   * removed. Answers in the order given.
   */
  adopt(leases: readonly AdoptedLease[]): Promise<NetworkLease[]>;
  /** Removes the pool. `keep: false` removes the leases, the bridges, the rules and the kernel settings too. */
  close(options: { keep: boolean }): Promise<void>;
}

export interface NetworkLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface TaskNetworksOptions {
  /** Short id of this server: six lower-case letters or digits. Servers of different owners run side by side. */
  owner: string;
  /** IPv4 address that ports are published on; 0.0.0.0 is every address of this machine. */
  publishAddress: string;
  /** How many namespaces wait ready. */
  poolSize: number;
  /** IPv4 network of the tasks, e.g. 10.100.0.0/20. Absent: a free one. */
  subnet?: string;
  log?: NetworkLog;
}
