/** What the machine and a container use. */
import type { ContainerUsage, HostContainerDetails } from '../ports/host-containers.ts';
import type { MachineUsage } from '../ports/machine-usage.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { findContainer } from './visibility.ts';

export const machineUsage = ({ meter }: Pick<ContainersCore, 'meter'>): MachineUsage => meter.read();

/** All zero for one that does not run. */
export async function containerUsage(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<{ container: HostContainerDetails; usage: ContainerUsage }> {
  const container = await findContainer(core, caller, reference);
  return { container, usage: await hostOf(core).containers.stats(container) };
}

/** About one a second, until it stops or the signal fires. */
export async function usageStream(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  signal: AbortSignal,
): Promise<{ container: HostContainerDetails; samples: AsyncIterable<ContainerUsage> }> {
  const container = await findContainer(core, caller, reference);
  return { container, samples: hostOf(core).containers.statsStream(container, signal) };
}
