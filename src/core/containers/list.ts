/** Lists of what the caller may see. What it may not is left out before anything is counted. */
import type { ContainerQuery, HostContainer, HostContainerDetails } from '../ports/host-containers.ts';
import type { Page } from '../ports/page.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { pageOf } from './page-of.ts';
import { findContainer, sees } from './visibility.ts';

export async function listContainers(
  core: ContainersCore,
  caller: Principal,
  { limit, offset, ...query }: ContainerQuery,
): Promise<Page<HostContainer>> {
  const { items } = await hostOf(core).containers.list(query);
  return pageOf(
    items.filter((each) => sees(core, caller, each)),
    { limit, offset },
  );
}

/** Environment values are told only to callers with `containers:secrets`: to others all are `***`. */
export async function describeContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<HostContainerDetails> {
  return withoutSecrets(await findContainer(core, caller, reference), caller);
}

export function withoutSecrets(details: HostContainerDetails, caller: Principal): HostContainerDetails {
  const { environment } = details.spec;
  if (environment === undefined || caller.scopes.allows('containers:secrets')) return details;
  const masked = Object.fromEntries(Object.keys(environment).map((name) => [name, '***']));
  return { ...details, spec: { ...details.spec, environment: masked } };
}
