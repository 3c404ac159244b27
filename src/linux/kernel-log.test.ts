import { expect, it } from 'vitest';
import { killedGroups } from './kernel-log.ts';

const log = `[  100.664565]  oom_kill_process.cold+0x8/0x8a
[  100.664859] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/tasks,task_memcg=/tasks/0a1b2c,task=busybox,pid=5734,uid=0
[  100.664879] Memory cgroup out of memory: Killed process 5734 (busybox) total-vm:26852kB
[  101.000000] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/other,task=node,pid=1,uid=0
`;

it('finds the groups whose processes the kernel ended for their own lack of memory', () => {
  expect(killedGroups(log)).toEqual(['/tasks/0a1b2c']);
  expect(killedGroups('')).toEqual([]);
});
