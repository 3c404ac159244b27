import { expect, it } from 'vitest';
import { judgeTask } from './container-policy.ts';
import type { HostPathPolicy } from './context.ts';
import type { TaskDefinition } from './ecs-model.ts';
import { taskSpec } from './task-spec.ts';

const closed: HostPathPolicy = {
  everything: false,
  refusal: async (path) => (path === '/srv' ? undefined : `no ${path}`),
};
const open: HostPathPolicy = { everything: true, refusal: async () => undefined };

function judge(policy: HostPathPolicy, definition: TaskDefinition) {
  const [container] = definition.containerDefinitions ?? [{}];
  return judgeTask(
    taskSpec({
      taskArn: 'a',
      taskId: 'a',
      clusterArn: 'c',
      region: 'r',
      launchType: 'EC2',
      overrides: {},
      definition: {
        family: 'f',
        ...definition,
        containerDefinitions: [{ name: 'c', image: 'i', ...container }],
      },
    }),
    policy,
  );
}

const adding = (...add: string[]): TaskDefinition => ({
  containerDefinitions: [{ linuxParameters: { capabilities: { add } } }],
});
const mounting = (sourcePath?: string): TaskDefinition => ({
  volumes: [{ name: 'v', host: { sourcePath } }],
  containerDefinitions: [{ mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] }],
});

it.each<[string, TaskDefinition]>([
  ['privileged', { containerDefinitions: [{ privileged: true }] }],
  ["pidMode 'host'", { pidMode: 'host' }],
  ['capability SYS_ADMIN', adding('SYS_ADMIN')],
  ['capability cap_sys_module', adding('NET_BIND_SERVICE', 'cap_sys_module')],
  ['capability ALL', adding('ALL')],
])('refuses %s unless the whole machine is open', async (what, definition) => {
  await expect(judge(closed, definition)).rejects.toMatchObject({
    code: 'InvalidParameter',
    message: expect.stringContaining(what) as string,
  });
  await expect(judge(closed, definition)).rejects.toThrow('--host-path /');
  await expect(judge(open, definition)).resolves.toBeUndefined();
});

it('refuses to change the network of the machine', async () => {
  await expect(judge(closed, adding('NET_ADMIN'))).resolves.toBeUndefined();
  await expect(judge(closed, { ...adding('NET_ADMIN'), networkMode: 'host' })).rejects.toThrow('NET_ADMIN');
});

it('lets pass what stays within the container', async () => {
  await expect(
    judge(closed, { pidMode: 'task', ...adding('SYS_PTRACE', 'NET_RAW') }),
  ).resolves.toBeUndefined();
});

it('asks the path policy for every bind mount, and for no empty volume', async () => {
  await expect(judge(closed, mounting('/etc'))).rejects.toThrow("Volume 'v' of container 'c': no /etc");
  await expect(judge(closed, mounting('/srv'))).resolves.toBeUndefined();
  await expect(judge(closed, mounting())).resolves.toBeUndefined();
});
