/** The container host of the private Podman, with everything that is done to it told as an event. */
import type { ContainerHost, ResourceKind } from '../../../core/ports/container-host.ts';
import type { HostContainers } from '../../../core/ports/host-containers.ts';
import type { HostImages } from '../../../core/ports/host-images.ts';
import type { HostNetworks } from '../../../core/ports/host-networks.ts';
import type { HostVolumes } from '../../../core/ports/host-volumes.ts';
import { prune } from '../../docker/host/prune.ts';
import type { ContainerCare } from '../care/container-care.ts';
import type { ListedContainers } from './listed-containers.ts';
import type { OwnEvents } from './own-events.ts';

export function tellingHost(
  inner: ContainerHost,
  events: OwnEvents,
  {
    containers,
    care,
    listed,
  }: {
    containers: HostContainers;
    care: Pick<ContainerCare, 'isRestarting'>;
    listed: ListedContainers;
  },
): ContainerHost {
  const told = {
    containers,
    images: tellingImages(inner.images, events),
    volumes: tellingVolumes(inner.volumes, events),
    networks: tellingNetworks(inner.networks, events, listed),
  };
  return {
    ...told,
    checksHealth: inner.checksHealth,
    describe: () => inner.describe(),
    planPrune: async (query) => {
      const plan = await inner.planPrune(query);
      const items = plan.items.filter(({ id }) => !care.isRestarting(id));
      return { items, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
    },
    // By these, so that each removal is told.
    prune: (plan) => prune(told, plan),
    events: (query) => events.read(query),
  };
}

function tellingImages(inner: HostImages, events: OwnEvents): HostImages {
  const tell = (action: string, name: string, id = name) => events.tell({ kind: 'image', action, id, name });
  return {
    list: (query) => inner.list(query),
    inspect: (image) => inner.inspect(image),
    pull: async (reference, options) => {
      const pulled = await inner.pull(reference, options);
      tell('pull', reference, pulled.id);
      return pulled;
    },
    checkUpdate: (reference, options) => inner.checkUpdate(reference, options),
    checkRegistry: (registry, auth, signal) => inner.checkRegistry(registry, auth, signal),
    push: async (reference, options) => {
      const pushed = await inner.push(reference, options);
      tell('push', reference);
      return pushed;
    },
    tag: async (image, repository, tag) => {
      await inner.tag(image, repository, tag);
      tell('tag', `${repository}:${tag}`);
    },
    remove: async (image, options) => {
      const removed = await inner.remove(image, options);
      for (const name of removed.untagged) tell('untag', name);
      for (const id of removed.deleted) tell('delete', id);
      return removed;
    },
    history: (image) => inner.history(image),
    load: async (archive) => {
      const loaded = await inner.load(archive);
      for (const name of loaded) tell('load', name);
      return loaded;
    },
    save: (images) => inner.save(images),
  };
}

function tellingVolumes(inner: HostVolumes, events: OwnEvents): HostVolumes {
  const tell = teller(events, 'volume');
  return {
    list: (query) => inner.list(query),
    inspect: (name) => inner.inspect(name),
    create: async (spec) => {
      const made = await inner.create(spec);
      tell('create', made.name, made.name);
      return made;
    },
    remove: async (name, options) => {
      await inner.remove(name, options);
      tell('destroy', name, name);
    },
  };
}

function tellingNetworks(inner: HostNetworks, events: OwnEvents, listed: ListedContainers): HostNetworks {
  const tell = teller(events, 'network');
  const telling = async (network: string, action: string, work: () => Promise<void>) => {
    const { id, name } = await inner.inspect(network);
    try {
      await work();
    } finally {
      listed.unsure();
    }
    tell(action, id, name);
  };
  return {
    list: (query) => inner.list(query),
    inspect: (network) => inner.inspect(network),
    create: async (spec) => {
      const made = await inner.create(spec);
      tell('create', made.id, made.name);
      return made;
    },
    remove: (network) => telling(network, 'destroy', () => inner.remove(network)),
    connect: (network, container, options) =>
      telling(network, 'connect', () => inner.connect(network, container, options)),
    disconnect: (network, container) =>
      telling(network, 'disconnect', () => inner.disconnect(network, container)),
  };
}

const teller = (events: OwnEvents, kind: ResourceKind) => (action: string, id: string, name: string) =>
  events.tell({ kind, action, id, name });
