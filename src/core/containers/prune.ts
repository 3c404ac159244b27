/** What nobody needs any more: found, shown, and removed as it was shown. */
import type { PruneItem, PrunePlan, PruneQuery, PruneResult, ResourceKind } from '../ports/container-host.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { requireMachine } from './images.ts';
import { listContainers } from './list.ts';
import { listNetworks } from './networks.ts';
import { listVolumes } from './volumes.ts';

/**
 * Changes nothing. Only what the caller may see, and no container that is being made anew: the old one is stopped
 * meanwhile, and all there is to go back to.
 */
export async function planPrune(
  core: ContainersCore,
  caller: Principal,
  query: PruneQuery,
): Promise<PrunePlan> {
  const host = hostOf(core);
  if (query.kinds.includes('image')) requireMachine(core, caller);
  const plan = await host.planPrune(query);
  const visible = new Map(
    await Promise.all(query.kinds.map(async (kind) => [kind, await visibleOf(core, caller, kind)] as const)),
  );
  const items = plan.items.filter(
    (item) => !core.recreations.isHeld(item.id) && visible.get(item.kind)?.(item),
  );
  return { items, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** What came into use since it was planned stays, and is told. */
export async function prune(
  core: ContainersCore,
  caller: Principal,
  query: PruneQuery,
): Promise<PruneResult> {
  return hostOf(core).prune(await planPrune(core, caller, query));
}

async function visibleOf(
  core: ContainersCore,
  caller: Principal,
  kind: ResourceKind,
): Promise<(item: PruneItem) => boolean> {
  if (caller.scopes.allows('admin:accounts')) return () => true;
  switch (kind) {
    case 'image':
      return () => true;
    case 'container':
      return among((await listContainers(core, caller, {})).items.map(({ id }) => id));
    case 'volume':
      return among((await listVolumes(core, caller, {})).items.map(({ name }) => name));
    case 'network':
      return among((await listNetworks(core, caller, {})).items.map(({ id }) => id));
  }
}

function among(ids: readonly string[]): (item: PruneItem) => boolean {
  const known = new Set(ids);
  return ({ id, name }) => known.has(id) || known.has(name);
}
