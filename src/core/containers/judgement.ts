/** Whether a container may be made as it was asked for, told of every field at once. */
import { judgeContainer, type ContainerRequest } from '../container-policy.ts';
import type { MachinePolicy } from '../context.ts';
import type { HostContainerSpec, HostMount, PortRequest } from '../ports/host-container-spec.ts';
import type { Principal } from '../principal.ts';
import { absent } from './absent.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { Problems } from './problems.ts';
import { refuseReserved, sees, seesServer } from './visibility.ts';

export interface JudgedRequest {
  spec: HostContainerSpec;
  /** How the request calls each mount: `volumes[0].host_path`. As many as `spec.mounts`. */
  mountFields: readonly string[];
  /** How the request calls each port: `ports["80/tcp"]`. As many as `spec.ports`. */
  portFields: readonly string[];
}

/** Every field is judged by itself, so that all that are refused are named at once; then the whole. */
export async function judge(core: ContainersCore, caller: Principal, request: JudgedRequest): Promise<void> {
  const { spec } = request;
  const name = spec.name ?? spec.image;
  const problems = new Problems();
  const whole = requestOf(request, name);
  for (const [field, part] of partsOf(whole)) {
    await problems.collect(field, () => judgeContainer({ name, ...part }, core.machine));
  }
  refuseReserved(spec.labels, problems);
  spec.ports?.forEach((port, index) => judgePort(core, port, request.portFields[index]!, problems));
  for (const [index, mount] of (spec.mounts ?? []).entries()) {
    await judgeVolume(core, caller, mount, request.mountFields[index]!, problems);
  }
  await judgeNetwork(core, caller, spec, problems);
  problems.refuse();
  await judgeContainer(whole, core.machine);
}

/** A whole container, whoever asked for its parts and when. Throws `InvalidParameter` for the first that is refused. */
export async function judgeWhole(spec: HostContainerSpec, machine: MachinePolicy): Promise<void> {
  const mountFields = (spec.mounts ?? []).map(() => 'volumes');
  await judgeContainer(requestOf({ spec, mountFields, portFields: [] }, spec.name ?? spec.image), machine);
}

function requestOf({ spec, mountFields }: JudgedRequest, name: string): ContainerRequest {
  return {
    name,
    ...(spec.privileged && { privileged: true }),
    capabilities: spec.capabilities?.add ?? [],
    hostNamespaces: spec.network === 'host' ? ['network'] : [],
    devices: spec.devices?.map(({ hostPath }) => hostPath) ?? [],
    securityOptions: spec.securityOptions ?? [],
    sysctls: spec.sysctls ?? {},
    bindMounts: (spec.mounts ?? []).flatMap((mount, index) =>
      mount.type === 'bind' ? [{ member: mountFields[index]!, hostPath: mount.source }] : [],
    ),
  };
}

function partsOf(whole: ContainerRequest): [field: string, part: Partial<ContainerRequest>][] {
  return [
    ['privileged', { privileged: whole.privileged ?? false }],
    ['cap_add', { capabilities: whole.capabilities ?? [] }],
    ['network', { hostNamespaces: whole.hostNamespaces ?? [] }],
    ['devices', { devices: whole.devices ?? [] }],
    ['security_opt', { securityOptions: whole.securityOptions ?? [] }],
    ['sysctls', { sysctls: whole.sysctls ?? {} }],
    ...(whole.bindMounts ?? []).map((mount): [string, Partial<ContainerRequest>] => [
      mount.member,
      { bindMounts: [mount] },
    ]),
  ];
}

const anyAddress = new Set(['0.0.0.0', '::']);

/** Addresses beyond those of `--publish-address` are the operator's to open. */
function judgePort(
  { publishAddress }: ContainersCore,
  port: PortRequest,
  field: string,
  problems: Problems,
): void {
  const { hostIp } = port;
  const isOpen = anyAddress.has(publishAddress) || hostIp === undefined || hostIp === publishAddress;
  if (isOpen || hostIp.startsWith('127.') || hostIp === '::1') return;
  problems.add(
    field,
    `ports are published on ${publishAddress} and loopback only; start the server with --publish-address ` +
      `${hostIp} to allow ${hostIp}.`,
  );
}

/** A volume that is there already is somebody's. One that is not is made with the container, and is then nobody's. */
async function judgeVolume(
  core: ContainersCore,
  caller: Principal,
  mount: HostMount,
  field: string,
  problems: Problems,
): Promise<void> {
  if (mount.type !== 'volume' || mount.source === undefined) return;
  const volume = await hostOf(core).volumes.inspect(mount.source).catch(absent);
  if (volume === undefined ? seesServer(core, caller) : sees(core, caller, volume)) return;
  problems.add(field, `there is no volume '${mount.source}'; make it first.`);
}

async function judgeNetwork(
  core: ContainersCore,
  caller: Principal,
  { network }: HostContainerSpec,
  problems: Problems,
): Promise<void> {
  if (network === undefined || ['bridge', 'none', 'host'].includes(network)) return;
  const found = await hostOf(core).networks.inspect(network).catch(absent);
  if (found !== undefined && sees(core, caller, found)) return;
  problems.add('network', `there is no network '${network}'. It may also be bridge, none or host.`);
}
