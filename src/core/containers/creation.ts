/** A container is made: judged, its image fetched where it is not there, marked with whose it is. */
import { judgeContainer, type ContainerRequest } from '../container-policy.ts';
import { AppError } from '../errors.ts';
import type { HostContainerSpec, HostMount, PortRequest } from '../ports/host-container-spec.ts';
import type { HostContainerDetails } from '../ports/host-containers.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { pullImage } from './images.ts';
import { startContainer } from './lifecycle.ts';
import { Problems } from './problems.ts';
import { marked, refuseReserved, reservedLabel, sees, seesServer } from './visibility.ts';

export interface CreationRequest {
  spec: HostContainerSpec;
  /** `missing`: only where the machine has no such image. */
  pull: 'missing' | 'always' | 'never';
  start: boolean;
  /** How the request calls each mount: `volumes[0].host_path`. As many as `spec.mounts`. */
  mountFields: readonly string[];
  /** How the request calls each port: `ports["80/tcp"]`. As many as `spec.ports`. */
  portFields: readonly string[];
}

export interface Creation {
  details: HostContainerDetails;
  warnings: string[];
}

/**
 * Throws `InvalidParameter` naming every field that is refused, `AlreadyExists` for a name that is taken, and, with
 * `start`, what starting throws: the container is then there and does not run, as `details.container_id` says.
 */
export async function createContainer(
  core: ContainersCore,
  caller: Principal,
  request: CreationRequest,
): Promise<Creation> {
  const host = hostOf(core);
  await judge(core, caller, request);
  await haveImage(core, caller, request);
  const { id, warnings } = await created(core, {
    ...request.spec,
    ports: request.spec.ports?.map((port) => ({ ...port, hostIp: port.hostIp ?? core.publishAddress })),
    labels: marked(caller, request.spec.labels),
  });
  if (request.start) await started(core, caller, id);
  return { details: await host.containers.inspect(id), warnings };
}

/** In words that do not tell whose the other one is. */
async function created(
  core: ContainersCore,
  spec: HostContainerSpec,
): Promise<{ id: string; warnings: string[] }> {
  try {
    return await hostOf(core).containers.create(spec);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'AlreadyExists') throw error;
    const message = `The name '${spec.name ?? ''}' is taken; choose another, or remove the container that has it.`;
    throw new AppError('AlreadyExists', message, { field: 'name' });
  }
}

async function started(core: ContainersCore, caller: Principal, id: string): Promise<void> {
  try {
    await startContainer(core, caller, id);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${error.message} Container ${id.slice(0, 12)} was made all the same.`, {
      ...error.details,
      container_id: id,
    });
  }
}

/** Every field is judged by itself, so that all that are refused are named at once; then the whole. */
async function judge(core: ContainersCore, caller: Principal, request: CreationRequest): Promise<void> {
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

function requestOf({ spec, mountFields }: CreationRequest, name: string): ContainerRequest {
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

function absent(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'ResourceNotFound') return undefined;
  throw error;
}

async function haveImage(
  core: ContainersCore,
  caller: Principal,
  { spec, pull }: CreationRequest,
): Promise<void> {
  const { images } = hostOf(core);
  try {
    const there = pull === 'always' ? undefined : await images.inspect(spec.image).catch(absent);
    if (there === undefined && pull === 'never') {
      throw new AppError('ResourceNotFound', `Image '${spec.image}' is not on this machine.`, {
        field: 'image',
      });
    }
    if (there === undefined) await pullImage(core, caller, spec.image);
    refuseForgedLabels(spec.image, (there ?? (await images.inspect(spec.image))).labels);
  } catch (error) {
    if (error instanceof AppError)
      throw new AppError(error.code, error.message, { ...error.details, field: 'image' });
    throw error;
  }
}

/** A container has its image's labels too, and by ours containers are known as a task's or an account's. */
function refuseForgedLabels(image: string, labels: Record<string, string>): void {
  const forged = Object.keys(labels).find((label) => reservedLabel.test(label));
  if (forged === undefined) return;
  throw new AppError(
    'InvalidParameter',
    `Image '${image}' has the label ${forged}, which is the server's own.`,
    {
      field: 'image',
    },
  );
}
