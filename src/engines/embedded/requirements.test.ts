import { describe, expect, it } from 'vitest';
import { cgroups } from './requirements.ts';

describe('what the doctor says of cgroups', () => {
  it('tells what to do where none are mounted', () => {
    const layout = { version: 'none' as const, unifiedMounts: [], mounts: new Map<string, string>() };
    expect(cgroups(layout)).toMatchObject({
      status: 'missing',
      fix: expect.stringContaining('mount') as string,
    });
  });

  it('names the controllers that are missing', () => {
    const mounts = new Map([
      ['cpu', '/sys/fs/cgroup/cpu,cpuacct'],
      ['memory', '/sys/fs/cgroup/memory'],
    ]);
    expect(cgroups({ version: 'v1', unifiedMounts: [], mounts })).toMatchObject({
      status: 'warn',
      detail: 'v1 without pids, devices',
    });
  });
});
