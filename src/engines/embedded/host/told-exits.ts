import type { ContainerHost } from '../../../core/ports/container-host.ts';
import type { ContainerExit, ExitSource } from '../../docker/exit-source.ts';
import type { ListedContainers } from './listed-containers.ts';
import type { OwnEvents } from './own-events.ts';

/** The same exits, each told as an event too, and to the list. `hostOf`: the host, once there is one. */
export function toldExits(
  inner: ExitSource,
  { events, listed }: { events: OwnEvents; listed: ListedContainers },
  hostOf: () => ContainerHost | undefined,
): ExitSource {
  const tell = async ({ containerId, exitCode, at }: ContainerExit): Promise<void> => {
    const known = events.known(containerId) ?? (await found(hostOf(), containerId));
    if (known) events.tellEnd(known, { exitCode, at });
  };
  return {
    open: (listener, signal) =>
      inner.open(
        {
          ...listener,
          health: (available, reason) => {
            listed.unsure();
            listener.health(available, reason);
          },
          resync: () => {
            listed.unsure();
            listener.resync();
          },
          exited: (exit) => {
            listed.changed(exit.containerId);
            listener.exited(exit);
            // Gone before it could be asked about: its removal is told.
            tell(exit).catch(() => undefined);
          },
        },
        signal,
      ),
    closed: () => inner.closed(),
  };
}

async function found(host: ContainerHost | undefined, id: string) {
  const details = await host?.containers.inspect(id);
  return (
    details && {
      id,
      name: details.name,
      image: details.image,
      ...(details.task && { task: details.task.id }),
    }
  );
}
