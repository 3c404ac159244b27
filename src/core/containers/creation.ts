/** A container is made: judged, its image fetched where it is not there, marked with whose it is. */
import { AppError } from '../errors.ts';
import type { HostContainerSpec } from '../ports/host-container-spec.ts';
import type { HostContainerDetails } from '../ports/host-containers.ts';
import type { TransferOptions } from '../ports/host-images.ts';
import type { Principal } from '../principal.ts';
import { absent } from './absent.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { pullImage } from './images.ts';
import { judge, type JudgedRequest } from './judgement.ts';
import { startContainer } from './lifecycle.ts';
import { marked, reservedLabel } from './visibility.ts';

export interface CreationRequest extends JudgedRequest {
  /** `missing`: only where the machine has no such image. */
  pull: 'missing' | 'always' | 'never';
  start: boolean;
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
export async function created(
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

/** What `pull` says is fetched. Throws with `field` image, also what the registry says. */
export async function haveImage(
  core: ContainersCore,
  caller: Principal,
  { spec, pull }: Pick<CreationRequest, 'spec' | 'pull'>,
  transfer: TransferOptions = {},
): Promise<void> {
  const { images } = hostOf(core);
  try {
    const there = pull === 'always' ? undefined : await images.inspect(spec.image).catch(absent);
    if (there === undefined && pull === 'never') {
      throw new AppError('ResourceNotFound', `Image '${spec.image}' is not on this machine.`, {
        field: 'image',
      });
    }
    if (there === undefined) await pullImage(core, caller, spec.image, transfer);
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
