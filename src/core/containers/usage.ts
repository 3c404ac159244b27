/** What the machine and a container use, now and from now on. */
import { AppError } from '../errors.ts';
import { pause } from '../pause.ts';
import type { ContainerUsage, HostContainerDetails } from '../ports/host-containers.ts';
import type { MachineUsage } from '../ports/machine-usage.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { findContainer } from './visibility.ts';

export interface UsedContainer {
  container: HostContainerDetails;
  usage: ContainerUsage;
}

export interface Watching {
  intervalMs: number;
  signal: AbortSignal;
}

export const machineUsage = ({ meter }: Pick<ContainersCore, 'meter'>): MachineUsage => meter.read();

export const watchMachine = (
  core: Pick<ContainersCore, 'meter' | 'clock'>,
  watching: Watching,
): AsyncGenerator<MachineUsage> => repeated(core, watching, () => Promise.resolve(machineUsage(core)));

/** All zero for one that does not run. */
export async function containerUsage(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<UsedContainer> {
  const container = await findContainer(core, caller, reference);
  return { container, usage: await hostOf(core).containers.stats(container) };
}

/**
 * Over every stop and start, until the container is removed or the signal fires. It is asked for one by one, when the
 * one before was taken: engines' own streams begin a second late, freeze without a word, and do not begin at all for a
 * container that has not started (Podman).
 */
export async function watchContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  watching: Watching,
): Promise<AsyncGenerator<UsedContainer>> {
  const { id } = await findContainer(core, caller, reference);
  const { containers } = hostOf(core);
  return repeated(core, watching, async () => {
    try {
      const container = await containers.inspect(id);
      return { container, usage: await containers.stats(container) };
    } catch (error) {
      if (error instanceof AppError && error.code === 'ResourceNotFound') return undefined;
      throw error;
    }
  });
}

/** Until `read` has nothing more. Times that go by while nobody asks are left out. */
async function* repeated<T>(
  { clock }: Pick<ContainersCore, 'clock'>,
  { intervalMs, signal }: Watching,
  read: () => Promise<T | undefined>,
): AsyncGenerator<T> {
  let due = clock.now();
  while (!signal.aborted) {
    const value = await read();
    if (value === undefined || signal.aborted) return;
    yield value;
    due = Math.max(due + intervalMs, clock.now());
    if (due > clock.now()) await pause(clock, due - clock.now(), signal);
  }
}
