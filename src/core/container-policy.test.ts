import { expect, it } from 'vitest';
import { judgeContainer, judgeTask, type ContainerRequest } from './container-policy.ts';
import type { MachinePolicy } from './context.ts';
import type { TaskDefinition } from './ecs-model.ts';
import { taskSpec } from './task-spec.ts';

const closed: MachinePolicy = {
  everything: false,
  hostNetwork: false,
  refusal: async (path) => (path === '/srv' ? undefined : `no ${path}`),
};
const open: MachinePolicy = { everything: true, hostNetwork: true, refusal: async () => undefined };

function judge(policy: MachinePolicy, definition: TaskDefinition) {
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

it("gives the machine's network only where that was opened, and not to change it", async () => {
  const onHost: TaskDefinition = { networkMode: 'host' };
  const opened: MachinePolicy = { ...closed, hostNetwork: true };
  await expect(judge(closed, onHost)).rejects.toThrow('--host-network');
  await expect(judge(opened, onHost)).resolves.toBeUndefined();
  await expect(judge(closed, adding('NET_ADMIN'))).resolves.toBeUndefined();
  await expect(judge(opened, { ...adding('NET_ADMIN'), networkMode: 'host' })).rejects.toThrow('NET_ADMIN');
});

it.each<[string, Partial<ContainerRequest>]>([
  ["ipcMode 'host'", { hostNamespaces: ['ipc'] }],
  ["utsMode 'host'", { hostNamespaces: ['uts'] }],
  ["userMode 'host'", { hostNamespaces: ['user'] }],
  ["cgroupMode 'host'", { hostNamespaces: ['cgroup'] }],
  ['device /dev/sda', { devices: ['/dev/sda'] }],
  ['security option seccomp=unconfined', { securityOptions: ['no-new-privileges', 'seccomp=unconfined'] }],
  ['security option apparmor:unconfined', { securityOptions: ['apparmor:unconfined'] }],
  ['security option label=disable', { securityOptions: ['label=disable'] }],
  ['security option label=type:spc_t', { securityOptions: ['label=type:spc_t'] }],
  ['security option label:level:s0', { securityOptions: ['label:level:s0'] }],
  ['security option systempaths=unconfined', { securityOptions: ['systempaths=unconfined'] }],
  ['cgroup parent /', { cgroupParent: '/' }],
  [
    'driver options of volume v',
    { volumeOptions: [{ member: 'volume v', options: { type: 'none', o: 'bind', device: '/etc' } }] },
  ],
])('refuses %s of any face', async (what, request) => {
  await expect(judgeContainer({ name: 'c', ...request }, closed)).rejects.toMatchObject({
    code: 'InvalidParameter',
    message: expect.stringContaining(what) as string,
  });
  await expect(judgeContainer({ name: 'c', ...request }, open)).resolves.toBeUndefined();
});

it("keeps sysctls of the machine's network out of reach", async () => {
  const sysctls = { 'net.ipv4.ip_forward': '1' };
  const opened: MachinePolicy = { ...closed, hostNetwork: true };
  await expect(judgeContainer({ name: 'c', sysctls }, closed)).resolves.toBeUndefined();
  await expect(judgeContainer({ name: 'c', sysctls, hostNamespaces: ['network'] }, opened)).rejects.toThrow(
    'sysctl net.ipv4.ip_forward',
  );
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
