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
        cpu: { quota: CPU_PERIOD_US * limits.cores, period: CPU_PERIOD_US },
      },
      seccomp: seccompProfile(),
      maskedPaths: [
        ...[
          'acpi',
          'asound',
          'cmdline',
          'config.gz',
          'iomem',
          'ioports',
          'kallsyms',
          'kcore',
          'key-users',
          'keys',
        ],
        ...['latency_stats', 'modules', 'partitions', 'sched_debug', 'scsi', 'slabinfo', 'timer_list'],
        ...['timer_stats', 'vmallocinfo'],
      ].map((name) => `/proc/${name}`),
      readonlyPaths: ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map((name) => `/proc/${name}`),
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
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'nodev', 'noexec'] },
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
