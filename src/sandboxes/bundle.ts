/** The OCI configuration of one sandbox (OCI runtime specification 1.0, config.md and config-linux.md). */
import type { Launch } from '../core/ports/runtime.ts';
import { seccompProfile } from './seccomp.ts';

export interface BundleOptions {
  id: string;
  launch: Launch;
  /** Root filesystem that all sandboxes share, made read-only already. */
  root: string;
  cgroup: string;
  /** First of the two user ids of this machine that are this sandbox's alone. */
  firstUid: number;
  memoryBytes: number;
  /** Weight against other sandboxes that want the CPU too, as cgroup v1 counts. */
  cpuShares: number;
  limits: ProcessLimits;
}

export interface ProcessLimits {
  /** Processes and threads. */
  pids: number;
  openFiles: number;
  /** Of /tmp; as much again holds the function's own files. In memory, so it counts there too. */
  diskBytes: number;
  /** Files and directories in each of the two. */
  diskFiles: number;
  /** Cores it may keep busy. */
  cores: number;
}

export const PROCESS_LIMITS: ProcessLimits = {
  pids: 64,
  openFiles: 256,
  diskBytes: 32 << 20,
  diskFiles: 4_096,
  cores: 1,
};

/** User ids a sandbox takes: root of its namespace, who owns nothing and runs nothing, and the function's user. */
export const UIDS_PER_SANDBOX = 2;
const FUNCTION_UID = 1000;

/** One that is started ahead leaves the CPU to those that somebody waits for. */
export const CPU_SHARES = { ahead: 64, claimed: 1_024 };
const CPU_PERIOD_US = 100_000;
const NO_CAPABILITIES = { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] };

export function bundleConfiguration(options: BundleOptions): object {
  const { launch, limits } = options;
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: FUNCTION_UID, gid: FUNCTION_UID },
      args: launch.argv,
      env: Object.entries({
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: '/tmp',
        LANG: 'C.UTF-8',
        TZ: 'UTC',
        ...launch.environment,
      }).map(([name, value]) => `${name}=${value}`),
      cwd: '/function',
      noNewPrivileges: true,
      capabilities: NO_CAPABILITIES,
      rlimits: [
        rlimit('RLIMIT_NOFILE', limits.openFiles),
        rlimit('RLIMIT_NPROC', limits.pids),
        rlimit('RLIMIT_FSIZE', limits.diskBytes),
        rlimit('RLIMIT_CORE', 0),
        rlimit('RLIMIT_MEMLOCK', 0),
        rlimit('RLIMIT_MSGQUEUE', 0),
      ],
    },
    root: { path: options.root, readonly: true },
    hostname: 'sandbox',
    mounts: mounts(limits),
    linux: {
      namespaces: ['pid', 'mount', 'ipc', 'uts', 'network', 'user', 'cgroup'].map((type) => ({ type })),
      uidMappings: mappings(options.firstUid),
      gidMappings: mappings(options.firstUid),
      cgroupsPath: options.cgroup,
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        // No swap: memory and swap together are no more than memory.
        memory: { limit: options.memoryBytes, swap: options.memoryBytes },
        pids: { limit: limits.pids },
        cpu: { shares: options.cpuShares, quota: CPU_PERIOD_US * limits.cores, period: CPU_PERIOD_US },
      },
      seccomp: seccompProfile(),
    },
  };
}

const rlimit = (type: string, value: number) => ({ type, soft: value, hard: value });

const mappings = (first: number) => [
  { containerID: 0, hostID: first, size: 1 },
  { containerID: FUNCTION_UID, hostID: first + 1, size: 1 },
];

function mounts({ diskBytes, diskFiles }: ProcessLimits): object[] {
  const disk = ['nosuid', 'nodev', `size=${diskBytes}`, `nr_inodes=${diskFiles}`];
  return [
    // Its own processes and nothing of the machine: no /proc/sys, kallsyms, meminfo … (Linux 5.8).
    {
      destination: '/proc',
      type: 'proc',
      source: 'proc',
      options: ['nosuid', 'nodev', 'noexec', 'subset=pid'],
    },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'noexec', 'mode=755', 'size=64k', 'nr_inodes=64'],
    },
    { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: [...disk, 'mode=1777'] },
    { destination: '/function', type: 'tmpfs', source: 'tmpfs', options: [...disk, 'mode=1777'] },
  ];
}
