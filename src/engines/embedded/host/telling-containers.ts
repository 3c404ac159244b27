/** Containers one by one, with everything that is done to them told. */
import { AppError } from '../../../core/errors.ts';
import type {
  ContainerReference,
  HostContainer,
  HostContainerDetails,
  HostContainers,
} from '../../../core/ports/host-containers.ts';
import { pageOfContainers } from '../../docker/host/container-list.ts';
import type { ContainerSource, ListedContainers } from './listed-containers.ts';
import type { KnownContainer, OwnEvents } from './own-events.ts';
import { Removals } from './removals.ts';

export function tellingContainers(
  inner: HostContainers,
  events: OwnEvents,
  listed: ListedContainers,
): HostContainers {
  const removals = new Removals();
  const source: ContainerSource = {
    list: async () => (await inner.list()).items,
    ask: (id) => removals.asking(id, () => inner.inspect(id)).then(summaryOf, absent),
    isGoing: (id) => removals.isGoing(id),
  };
  const find = async (container: ContainerReference): Promise<KnownContainer> => {
    const { id, name, image, labels, task } =
      typeof container === 'string'
        ? await removals.asking(container, () => inner.inspect(container))
        : container;
    return { id, name, image, labels, ...(task && { task: task.id }) };
  };
  const knownOf = async (container: ContainerReference): Promise<KnownContainer> =>
    (typeof container === 'string' ? events.known(container) : undefined) ?? find(container);
  /** What fails may have changed something too. */
  const changing = async <T>(id: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } finally {
      listed.changed(id);
    }
  };
  /** Told once it is done; what failed or changed nothing is not. */
  const telling = async <T>(
    container: ContainerReference,
    action: string,
    work: () => Promise<T>,
  ): Promise<T> => {
    const known = await knownOf(container);
    const done = await changing(known.id, work);
    if (done !== false) events.tellOf(known, action);
    return done;
  };
  return {
    list: async (query = {}) => pageOfContainers(await listed.all(source), query),
    inspect: (container) => removals.asking(container, () => inner.inspect(container)),
    create: async (spec) => {
      const made = await inner.create(spec);
      listed.changed(made.id);
      const { name, image, labels = {} } = spec;
      events.tellOf(
        name === undefined ? await find(made.id) : { id: made.id, name, image, labels },
        'create',
      );
      return made;
    },
    start: async (container) => {
      const { id } = await knownOf(container);
      return events.holding(id, () => telling(container, 'start', () => inner.start(container)));
    },
    stop: (container, options) => telling(container, 'stop', () => inner.stop(container, options)),
    restart: (container, options) => telling(container, 'restart', () => inner.restart(container, options)),
    kill: (container, signal) => telling(container, 'kill', () => inner.kill(container, signal)),
    pause: (container) => telling(container, 'pause', () => inner.pause(container)),
    unpause: (container) => telling(container, 'unpause', () => inner.unpause(container)),
    rename: async (container, name) => {
      const known = await find(container);
      await changing(known.id, () => inner.rename(container, name));
      events.tellOf({ ...known, name }, 'rename');
    },
    update: (container, changes) => telling(container, 'update', () => inner.update(container, changes)),
    remove: async (container, options) => {
      const known = await knownOf(container);
      // Told before the removal that it waited for, it is asked for anew.
      const remove = (again: boolean) => inner.remove(again ? known.id : container, options);
      // Told as changed when it is not going any more.
      await changing(known.id, () => removals.removing(known, remove));
      events.tellOf(known, 'destroy');
    },
    wait: (container, signal) => inner.wait(container, signal),
    top: (container) => removals.asking(container, () => inner.top(container)),
    logs: (container, query) => inner.logs(container, query),
    exec: (container, argv, options) => inner.exec(container, argv, options),
    stats: (container) => removals.asking(container, () => inner.stats(container)),
    readArchive: (container, path) => inner.readArchive(container, path),
    writeArchive: (container, path, archive) => inner.writeArchive(container, path, archive),
  };
}

/** As lists tell it, to the second and without what only details have. */
function summaryOf(details: HostContainerDetails): HostContainer {
  const { id, name, image, imageId, state, health, ports, labels, networks, task } = details;
  const createdAt = Math.floor(details.createdAt / 1000) * 1000;
  return {
    ...{ id, name, image, imageId, state, createdAt, ports, labels, networks },
    ...(health !== undefined && { health }),
    ...(task !== undefined && { task }),
  };
}

function absent(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'ResourceNotFound') return undefined;
  throw error;
}
