import type { ContainerHost } from '../../../core/ports/container-host.ts';
import type { ContainerExit, ExitSource } from '../../docker/exit-source.ts';
import type { ListedContainers } from './listed-containers.ts';
import type { KnownContainer, OwnEvents } from './own-events.ts';

/** Who else is to know of ends. */
export interface EndListener {
  ended(containerId: string): void;
  /** Some may have been missed. */
  missed(): void;
}

/** The same exits, each told as an event too, and to the list. `hostOf`: the host, once there is one. */
export function toldExits(
  inner: ExitSource,
  { events, listed }: { events: OwnEvents; listed: ListedContainers },
  hostOf: () => ContainerHost | undefined,
  listener: EndListener,
): ExitSource {
  const tell = async ({ containerId, exitCode, at }: ContainerExit): Promise<void> => {
    const host = hostOf();
    const known = events.known(containerId) ?? (host && (await describedContainer(host, containerId)));
    if (known) events.tellEnd(known, { exitCode, at });
  };
  return {
    open: (first, signal) =>
      inner.open(
        {
          ...first,
          health: (available, reason) => {
            listed.unsure();
            first.health(available, reason);
          },
          exited: (exit) => {
            listed.changed(exit.containerId);
            first.exited(exit);
            // Gone before it could be asked about: its removal is told.
            tell(exit)
              .catch(() => undefined)
              .finally(() => listener.ended(exit.containerId));
          },
          resync: () => {
            listed.unsure();
            first.resync();
            events.resync('ends of containers may have been missed');
            listener.missed();
          },
        },
        signal,
      ),
    closed: () => inner.closed(),
  };
}

export async function describedContainer(
  { containers }: Pick<ContainerHost, 'containers'>,
  containerId: string,
): Promise<KnownContainer> {
  const { id, name, image, labels, task } = await containers.inspect(containerId);
  return { id, name, image, labels, ...(task && { task: task.id }) };
}
