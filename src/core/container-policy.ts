/**
 * The one judge of what a container may get of the machine, whichever face it came through, when it is made and when
 * it is changed. Denied unless the operator opened it: bind mounts need their directory under `--host-path`, the
 * machine's network needs `--host-network`, and what amounts to root on the machine needs `--host-path /`.
 */
import type { MachinePolicy } from './context.ts';
import { AppError } from './errors.ts';
import type { TaskSpec } from './ports/engine.ts';

/** What a container asks of the machine. Each face says it of its own requests. */
export interface ContainerRequest {
  /** How a refusal names the container. */
  name: string;
  privileged?: boolean;
  /** Capabilities in addition to the engine's own, with or without `CAP_`. */
  capabilities?: readonly string[];
  /** Namespaces of the machine that it is to share. */
  hostNamespaces?: readonly ('network' | 'pid' | 'ipc' | 'uts' | 'user' | 'cgroup')[];
  devices?: readonly string[];
  /** `seccomp=unconfined`, `label=disable` … */
  securityOptions?: readonly string[];
  sysctls?: Readonly<Record<string, string>>;
  cgroupParent?: string;
  /** Directories of the machine; `member` is how the request calls each. */
  bindMounts?: readonly { member: string; hostPath: string }[];
  /** Options of volume drivers, which can hide a bind mount: `{ type: 'none', o: 'bind', device: '/etc' }`. */
  volumeOptions?: readonly { member: string; options: Readonly<Record<string, string>> }[];
}

/** Capabilities with which a process can leave its container (capabilities(7)). */
const MACHINE_CAPABILITIES = new Set([
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'LINUX_IMMUTABLE',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'PERFMON',
  'SYSLOG',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PACCT',
  'SYS_RAWIO',
  'SYS_TIME',
  'WAKE_ALARM',
]);

/**
 * Options that take nothing away from the container's confinement. Labels of SELinux are none of them: a type may be
 * that of the machine's own programs, and a level that of another container.
 */
const HARMLESS_SECURITY_OPTIONS = /^no-new-privileges([:=]true)?$/;

/** Throws InvalidParameter naming what is not allowed and the flag that would allow it. */
export async function judgeContainer(request: ContainerRequest, policy: MachinePolicy): Promise<void> {
  if (!policy.everything) refuseMachineAccess(request, policy);
  for (const { member, hostPath } of request.bindMounts ?? []) {
    const refusal = await policy.refusal(hostPath);
    if (refusal) throw denied(`${member} of container '${request.name}': ${refusal}`);
  }
}

/** Judges every container of a task. Throws as `judgeContainer` does. */
export async function judgeTask(spec: TaskSpec, policy: MachinePolicy): Promise<void> {
  for (const container of spec.containers) {
    const request: ContainerRequest = {
      name: container.name,
      privileged: container.privileged,
      capabilities: container.capabilities.add,
      hostNamespaces: [
        ...(spec.pidMode === 'host' ? (['pid'] as const) : []),
        ...(spec.networkMode === 'host' ? (['network'] as const) : []),
      ],
      sysctls: container.sysctls,
      bindMounts: container.mounts.flatMap(({ hostPath, volume }) =>
        hostPath === undefined ? [] : [{ member: `Volume '${volume}'`, hostPath }],
      ),
    };
    await judgeContainer(request, policy);
  }
}

function refuseMachineAccess(request: ContainerRequest, { hostNetwork }: MachinePolicy): void {
  const namespaces = request.hostNamespaces ?? [];
  const onMachineNetwork = namespaces.includes('network');
  if (onMachineNetwork && !hostNetwork) {
    throw denied(
      `Container '${request.name}' asks for the machine's own network, from which it reaches every service that ` +
        'listens on loopback, this server too. Start the server with --host-network to allow it.',
    );
  }
  for (const namespace of namespaces) {
    if (namespace !== 'network') throw needsEverything(`${namespace}Mode 'host'`, request);
  }
  if (request.privileged) throw needsEverything('privileged', request);
  const beyond = request.capabilities?.find((capability) => leavesContainer(capability, onMachineNetwork));
  if (beyond !== undefined) throw needsEverything(`capability ${beyond}`, request);
  const [device] = request.devices ?? [];
  if (device !== undefined) throw needsEverything(`device ${device}`, request);
  const option = request.securityOptions?.find((each) => !HARMLESS_SECURITY_OPTIONS.test(each));
  if (option !== undefined) throw needsEverything(`security option ${option}`, request);
  if (request.cgroupParent) throw needsEverything(`cgroup parent ${request.cgroupParent}`, request);
  const sysctl = onMachineNetwork
    ? Object.keys(request.sysctls ?? {}).find((name) => name.startsWith('net.'))
    : undefined;
  if (sysctl !== undefined) throw needsEverything(`sysctl ${sysctl} of the machine's network`, request);
  for (const { member, options } of request.volumeOptions ?? []) {
    if (Object.keys(options).length > 0) throw needsEverything(`driver options of ${member}`, request);
  }
}

function leavesContainer(capability: string, onMachineNetwork: boolean): boolean {
  const plain = capability.toUpperCase().replace(/^CAP_/, '');
  return MACHINE_CAPABILITIES.has(plain) || (plain === 'NET_ADMIN' && onMachineNetwork);
}

function needsEverything(what: string, { name }: ContainerRequest): AppError {
  return denied(
    `${what} (container '${name}') gives access to the whole machine. ` +
      'Start the server with --host-path / to allow it.',
  );
}

function denied(message: string): AppError {
  return new AppError('InvalidParameter', message);
}
