/** Volumes of the machine, as far as the caller may see them. */
import { judgeContainer } from '../container-policy.ts';
import { AppError } from '../errors.ts';
import type { HostVolume, VolumeQuery, VolumeSpec } from '../ports/host-volumes.ts';
import type { Page } from '../ports/page.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { pageOf } from './page-of.ts';
import { Problems } from './problems.ts';
import { marked, refuseReserved, sees } from './visibility.ts';

export async function listVolumes(
  core: ContainersCore,
  caller: Principal,
  { limit, offset, ...query }: VolumeQuery,
): Promise<Page<HostVolume>> {
  const { items } = await hostOf(core).volumes.list(query);
  return pageOf(
    items.filter((each) => sees(core, caller, each)),
    { limit, offset },
  );
}

export async function findVolume(core: ContainersCore, caller: Principal, name: string): Promise<HostVolume> {
  const found = await hostOf(core).volumes.inspect(name).catch(hidden(name));
  if (sees(core, caller, found)) return found;
  throw noVolume(name);
}

export async function createVolume(
  core: ContainersCore,
  caller: Principal,
  spec: VolumeSpec,
): Promise<HostVolume> {
  const problems = new Problems();
  const options = spec.driverOptions ?? {};
  const name = spec.name ?? 'volume';
  await problems.collect('driver_opts', () =>
    judgeContainer({ name, volumeOptions: [{ member: 'driver_opts', options }] }, core.machine),
  );
  if (spec.driver !== undefined && spec.driver !== 'local' && !core.machine.everything) {
    problems.add('driver', 'must be local; start the server with --host-path / to allow drivers of plugins.');
  }
  refuseReserved(spec.labels, problems);
  problems.refuse();
  return hostOf(core).volumes.create({ ...spec, labels: marked(caller, spec.labels) });
}

export async function removeVolume(
  core: ContainersCore,
  caller: Principal,
  name: string,
  options: { force?: boolean | undefined },
): Promise<void> {
  await findVolume(core, caller, name);
  await hostOf(core).volumes.remove(name, options);
}

const noVolume = (name: string) =>
  new AppError('ResourceNotFound', `There is no volume '${name.slice(0, 255)}'.`, { field: 'name' });

const hidden = (name: string) => (error: unknown) => {
  throw error instanceof AppError && error.code === 'ResourceNotFound' ? noVolume(name) : error;
};
