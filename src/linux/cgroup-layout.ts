import { readFile } from 'node:fs/promises';

/** `hybrid`: v1 controllers with a v2 hierarchy mounted below them. */
export interface CgroupLayout {
  version: 'v1' | 'v2' | 'hybrid' | 'none';
  /** Mount points of v2 hierarchies below v1 ones. */
  unifiedMounts: string[];
  /** Mount points of v1 hierarchies by controller; of v2, one entry named `unified`. */
  mounts: Map<string, string>;
}

const ROOT = '/sys/fs/cgroup';

export async function readCgroupLayout(mountInfo = '/proc/self/mountinfo'): Promise<CgroupLayout> {
  return parseCgroupLayout(await readFile(mountInfo, 'utf8'));
}

/** Format of mountinfo: proc_pid_mountinfo(5). */
export function parseCgroupLayout(mountInfo: string): CgroupLayout {
  const mounts = new Map<string, string>();
  const unified: string[] = [];
  for (const line of mountInfo.split('\n')) {
    const [left, right] = line.split(' - ');
    const mountPoint = left?.split(' ')[4];
    if (!mountPoint || !right) continue;
    const [type, , options = ''] = right.split(' ');
    if (type === 'cgroup2') unified.push(mountPoint);
    if (type === 'cgroup') {
      for (const option of options.split(','))
        if (!/^(rw|ro|xattr)$/.test(option)) mounts.set(option, mountPoint);
    }
  }
  if (unified.includes(ROOT))
    return { version: 'v2', unifiedMounts: [], mounts: new Map([['unified', ROOT]]) };
  const below = unified.filter((path) => path.startsWith(`${ROOT}/`));
  const [hybrid] = below;
  if (mounts.size === 0) return { version: 'none', unifiedMounts: below, mounts };
  if (hybrid === undefined) return { version: 'v1', unifiedMounts: [], mounts };
  // The memory controller may be on either side.
  return { version: 'hybrid', unifiedMounts: below, mounts: mounts.set('unified', hybrid) };
}
