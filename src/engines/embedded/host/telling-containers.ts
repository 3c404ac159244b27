/** Containers one by one, with everything that is done to them told. */
import type { HostContainers } from '../../../core/ports/host-containers.ts';
import type { KnownContainer, OwnEvents } from './own-events.ts';

export function tellingContainers(inner: HostContainers, events: OwnEvents): HostContainers {
  const find = async (container: string): Promise<KnownContainer> => {
    const { id, name, image, task } = await inner.inspect(container);
    return { id, name, image, ...(task && { task: task.id }) };
  };
  /** Told once it is done; what failed or changed nothing is not. */
  const telling = async <T>(container: string, action: string, work: () => Promise<T>): Promise<T> => {
    const known = events.known(container) ?? (await find(container));
    const done = await work();
    if (done !== false) events.tellOf(known, action);
    return done;
  };
  return {
    list: (query) => inner.list(query),
    inspect: (container) => inner.inspect(container),
    create: async (spec) => {
      const made = await inner.create(spec);
      events.tellOf(await find(made.id), 'create');
      return made;
    },
    start: async (container) => {
      const known = events.known(container) ?? (await find(container));
      return events.holding(known.id, () => telling(known.id, 'start', () => inner.start(known.id)));
    },
    stop: (container, options) => telling(container, 'stop', () => inner.stop(container, options)),
    restart: (container, options) => telling(container, 'restart', () => inner.restart(container, options)),
    kill: (container, signal) => telling(container, 'kill', () => inner.kill(container, signal)),
    pause: (container) => telling(container, 'pause', () => inner.pause(container)),
    unpause: (container) => telling(container, 'unpause', () => inner.unpause(container)),
    rename: async (container, name) => {
      const known = await find(container);
      await inner.rename(container, name);
      events.tellOf({ ...known, name }, 'rename');
    },
    update: (container, changes) => telling(container, 'update', () => inner.update(container, changes)),
    remove: (container, options) => telling(container, 'destroy', () => inner.remove(container, options)),
    wait: (container, signal) => inner.wait(container, signal),
    top: (container) => inner.top(container),
    logs: (container, query) => inner.logs(container, query),
    exec: (container, argv, options) => inner.exec(container, argv, options),
    stats: (container) => inner.stats(container),
    statsStream: (container, signal) => inner.statsStream(container, signal),
    readArchive: (container, path) => inner.readArchive(container, path),
    writeArchive: (container, path, archive) => inner.writeArchive(container, path, archive),
  };
}
