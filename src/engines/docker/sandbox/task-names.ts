/** Names that the containers of a task see. */
import type { ContainerSpec, TaskNetwork, TaskSpec } from '../../../core/ports/engine.ts';
import type { NetworkLease } from '../../../network/task-networks.ts';
import type { Placement } from '../container-config.ts';

/** As AWS names a task's host: from its address. */
export const hostnameOf = ({ address }: { address: string }) => `ip-${address.replaceAll('.', '-')}`;

export function namesOf(
  container: ContainerSpec,
  hostname: string | undefined,
  network?: TaskNetwork,
): NonNullable<Placement['names']> {
  const own = hostname !== undefined && network ? [`${hostname}:${network.address}`] : [];
  const given = container.extraHosts.map((host) => `${host.hostname}:${host.ipAddress}`);
  return { hostname, extraHosts: [...own, ...given] };
}

/** `holder`: the container whose processes the others see; without one it is the first to start. */
export function pidModeOf(spec: TaskSpec, holder: string | undefined): string | undefined {
  if (spec.pidMode === 'host') return 'host';
  return spec.pidMode === 'task' && holder !== undefined ? `container:${holder}` : undefined;
}

export const networkOf = ({ address, prefixLength, gateway, macAddress }: NetworkLease): TaskNetwork => ({
  address,
  prefixLength,
  gateway,
  macAddress,
});
