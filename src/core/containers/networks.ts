/** Networks of the engine, as far as the caller may see them. Those of tasks are not among them. */
import { AppError } from '../errors.ts';
import type { HostNetwork, NetworkQuery, NetworkSpec } from '../ports/host-networks.ts';
import type { Page } from '../ports/page.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { pageOf } from './page-of.ts';
import { Problems } from './problems.ts';
import { findContainer, marked, refuseReserved, sees } from './visibility.ts';

export async function listNetworks(
  core: ContainersCore,
  caller: Principal,
  { limit, offset, ...query }: NetworkQuery,
): Promise<Page<HostNetwork>> {
  const { items } = await hostOf(core).networks.list(query);
  return pageOf(
    items.filter((each) => sees(core, caller, each)),
    { limit, offset },
  );
}

/** By id or name. */
export async function findNetwork(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<HostNetwork> {
  const found = await hostOf(core).networks.inspect(reference).catch(hidden(reference));
  if (sees(core, caller, found)) return found;
  throw noNetwork(reference);
}

export async function createNetwork(
  core: ContainersCore,
  caller: Principal,
  spec: NetworkSpec,
): Promise<HostNetwork> {
  const problems = new Problems();
  // Others put containers on networks of the machine itself (macvlan, ipvlan, host) or run plugins.
  if (spec.driver !== undefined && spec.driver !== 'bridge' && !core.machine.everything) {
    problems.add('driver', 'must be bridge; start the server with --host-path / to allow other drivers.');
  }
  refuseReserved(spec.labels, problems);
  problems.refuse();
  return hostOf(core).networks.create({ ...spec, labels: marked(caller, spec.labels) });
}

export async function removeNetwork(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<{ id: string }> {
  const { id } = await findNetwork(core, caller, reference);
  await hostOf(core).networks.remove(id);
  return { id };
}

export async function connectNetwork(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  container: string,
  aliases?: string[],
): Promise<{ id: string; container: string }> {
  const network = await findNetwork(core, caller, reference);
  const found = await ownContainer(core, caller, container);
  await hostOf(core).networks.connect(network.id, found, { aliases });
  return { id: network.id, container: found };
}

/** Not connected: fine. */
export async function disconnectNetwork(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  container: string,
): Promise<{ id: string; container: string }> {
  const network = await findNetwork(core, caller, reference);
  const found = await ownContainer(core, caller, container);
  await hostOf(core).networks.disconnect(network.id, found);
  return { id: network.id, container: found };
}

/** The network of a task is made by its definition, and by nothing else. */
async function ownContainer(core: ContainersCore, caller: Principal, reference: string): Promise<string> {
  const { id, name, task } = await findContainer(core, caller, reference).catch((error: unknown) => {
    throw error instanceof AppError ? new AppError(error.code, error.message, { field: 'container' }) : error;
  });
  core.recreations.refuseHeld(id, name, 'container');
  if (task === undefined) return id;
  throw new AppError(
    'ResourceInUse',
    `Container '${name}' is of task ${task.id}, which has a network of its own.`,
    {
      field: 'container',
      task: task.id,
    },
  );
}

const noNetwork = (reference: string) =>
  new AppError('ResourceNotFound', `There is no network '${reference.slice(0, 128)}'.`, {
    field: 'network_id',
  });

const hidden = (reference: string) => (error: unknown) => {
  throw error instanceof AppError && error.code === 'ResourceNotFound' ? noNetwork(reference) : error;
};
