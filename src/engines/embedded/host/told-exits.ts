import type { ContainerHost } from '../../../core/ports/container-host.ts';
import type { ContainerExit, ExitSource } from '../../docker/exit-source.ts';
import type { OwnEvents } from './own-events.ts';

/** The same exits, each told as an event too. `hostOf`: the host, once there is one. */
export function toldExits(
  inner: ExitSource,
  events: OwnEvents,
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
          exited: (exit) => {
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
