/** Where engines that speak the Docker API differ. The one place that asks who is at the other end. */
export interface Quirks {
  product: 'Docker' | 'Podman';
  /** Podman puts a container into a namespace by path; Docker only joins another container. */
  joinsNamespaceByPath: boolean;
  /** Actions asked for in the event filter; none where its filter takes other words than its events bear. */
  exitEventFilter: string[];
  /**
   * Podman, once a container names any limit, sets these as well, at values that need CAP_SYS_RESOURCE; so they are
   * named with what this machine allows.
   */
  impliedUlimits: readonly ('nofile' | 'nproc')[];
  /** Resolution of the times in its logs; Podman before 5 gives whole seconds. */
  logTimeMs: number;
  /** How far times in its logs may be out of order: Docker reads the two streams of a container apart. */
  logDisorderMs: number;
  /** Every piece of a long line but the last has so many bytes; Podman's have any number. */
  logPieceBytes: number | undefined;
  /** Tells the last records as they are; Podman joins pieces there, and wrongly. */
  tailsRecords: boolean;
  /** What its log driver takes; Podman has one file only. */
  logFiles: boolean;
  /** `one-shot` of the stats call: without it Docker waits a second for a second sample. */
  oneShotStats: boolean;
  /** Podman qualifies names without a registry by its own rules unless they say docker.io. */
  qualifiesNames: boolean;
  /** Takes another signal than the container's own to stop it; since API 1.42. */
  stopSignals: boolean;
  /** Given to a container that asks for none: Podman takes nothing for 0, and kills at once. */
  stopTimeoutSeconds: number | undefined;
  /** A removal by force kills at once; Podman's gives the container its time to stop in. */
  removalKills: boolean;
  /** Answers a wait, and a kill, as soon as the container ended; Podman may look only every 20 seconds. */
  promptWaits: boolean;
  /** What `ps` is asked for. Podman runs a program of the container for Docker's, and counts itself for columns. */
  processColumns: string | undefined;
  /** Limits are changed by Docker's call, or by Podman's own. */
  updates: 'docker' | 'podman';
  /** Its processor time of the machine counts idle time, as Docker's formula for shares needs. */
  machineCpuTime: boolean;
  /** Memory comes with its parts, so that cache can be told from it. */
  memoryParts: boolean;
  /** What it calls the network that containers without one are on, where it is not `bridge`. */
  bridge: string;
  /** Takes compressed archives of images; Podman's API takes plain ones only. */
  unpacksArchives: boolean;
  /** Images are removed together with the containers made of them when that is forced. */
  forceRemovesContainers: boolean;
}

export function quirksOf(server: { podman: boolean; apiVersion: string }): Quirks {
  if (server.podman) {
    return {
      product: 'Podman',
      joinsNamespaceByPath: true,
      exitEventFilter: [],
      impliedUlimits: ['nofile', 'nproc'],
      logTimeMs: 1000,
      logDisorderMs: 0,
      logPieceBytes: undefined,
      tailsRecords: false,
      logFiles: false,
      oneShotStats: false,
      qualifiesNames: true,
      stopSignals: false,
      stopTimeoutSeconds: 10,
      removalKills: false,
      promptWaits: false,
      processColumns: 'user,pid,ppid,pcpu,etime,tty,time,args',
      updates: 'podman',
      machineCpuTime: false,
      memoryParts: false,
      bridge: 'podman',
      unpacksArchives: false,
      forceRemovesContainers: true,
    };
  }
  return {
    product: 'Docker',
    joinsNamespaceByPath: false,
    exitEventFilter: ['die'],
    impliedUlimits: [],
    logTimeMs: 1,
    logDisorderMs: 1000,
    logPieceBytes: 16 * 1024,
    tailsRecords: true,
    logFiles: true,
    oneShotStats: compareVersions(server.apiVersion, '1.41') >= 0,
    qualifiesNames: false,
    stopSignals: compareVersions(server.apiVersion, '1.42') >= 0,
    stopTimeoutSeconds: undefined,
    removalKills: true,
    promptWaits: true,
    processColumns: undefined,
    updates: 'docker',
    machineCpuTime: true,
    memoryParts: true,
    bridge: 'bridge',
    unpacksArchives: true,
    forceRemovesContainers: false,
  };
}

/** Below, equal, above: negative, zero, positive. */
export function compareVersions(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}
