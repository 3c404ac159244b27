import { describe, expect, it } from 'vitest';
import { parseCgroupLayout } from './cgroup-layout.ts';

const root = '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw';
const v1 = [
  root,
  '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
];

describe('the cgroup layout', () => {
  it('is v2 where the v2 hierarchy is the root', () => {
    const { version, mounts, unifiedMounts } = parseCgroupLayout(
      `${root}\n30 24 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate`,
    );
    expect({ version, unifiedMounts }).toEqual({ version: 'v2', unifiedMounts: [] });
    expect(mounts.get('unified')).toBe('/sys/fs/cgroup');
  });

  it('is v1 where there are controllers only, several to a mount too', () => {
    const { version, mounts } = parseCgroupLayout(v1.join('\n'));
    expect(version).toBe('v1');
    expect(mounts.get('cpuacct')).toBe('/sys/fs/cgroup/cpu,cpuacct');
    expect(mounts.get('memory')).toBe('/sys/fs/cgroup/memory');
  });

  it('is hybrid where a v2 hierarchy lies below', () => {
    const line = '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw';
    const { version, unifiedMounts } = parseCgroupLayout([...v1, line].join('\n'));
    expect({ version, unifiedMounts }).toEqual({
      version: 'hybrid',
      unifiedMounts: ['/sys/fs/cgroup/unified'],
    });
  });

  it('is none where nothing is mounted', () => {
    expect(parseCgroupLayout(root).version).toBe('none');
  });
});
