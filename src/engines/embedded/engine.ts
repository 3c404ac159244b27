import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../core/errors.ts';
import type { ContainerHost } from '../../core/ports/container-host.ts';
import type { Engine } from '../../core/ports/engine.ts';
import { removeNetavarkRemains } from '../../network/netavark.ts';
import { ensureSharedNetnsMount } from '../../network/netns-mount.ts';
import { openTaskNetworks, taskNetworkSupport } from '../../network/task-networks.ts';
import type { TaskNetworkSupport } from '../../network/task-networks.ts';
import { connectDocker } from '../docker/client/docker-client.ts';
import type { Filters } from '../docker/client/docker-client.ts';
import type { ContainerSummary } from '../docker/client/types.ts';
import { createDockerEngine } from '../docker/create-engine.ts';
import { readLabels } from '../docker/labels.ts';
import type { EngineContext } from '../factory.ts';
import { readCgroupLayout } from '../../linux/cgroup-layout.ts';
import type { CgroupLayout } from '../../linux/cgroup-layout.ts';
import { removeCgroup } from '../../linux/cgroup-tree.ts';
import { embeddedEngine, logPathOf } from './embedded-engine.ts';
import { ExitWatcher } from './exit-watcher.ts';
import { openEmbeddedHost, type EmbeddedHost } from './host/embedded-host.ts';
import { ListedContainers } from './host/listed-containers.ts';
import { OwnEvents } from './host/own-events.ts';
import { rotatedOutput } from './host/output.ts';
import { toldExits } from './host/told-exits.ts';
import { bundleOf, defaultRunDirectory, locationsOf } from './locations.ts';
import type { Locations } from './locations.ts';
import { LogRotation, logLimitsOf } from './log-rotation.ts';
import { removeLooseLayers } from './loose-layers.ts';
import type { ContainerLog } from './log-rotation.ts';
import { wasKilledForMemory } from './memory-kills.ts';
import { chooseStorageDriver } from './platform.ts';
import { openPodmanService } from './podman-service.ts';
import type { PodmanService } from './podman-service.ts';
import { rights } from './requirements.ts';

export interface EmbeddedEngineOptions extends Omit<EngineContext, 'clock'> {
  /** Absent: `/run/longshore/<owner>`. */
  runDirectory?: string;
  /** Where Docker's config.json is. Absent: `$DOCKER_CONFIG` or `~/.docker`. */
  credentialsDirectory?: string;
  /** Network namespaces that wait ready. */
  poolSize?: number;
}

/** Starts Podman or finds it running. Throws `EngineError` `EngineUnavailable` with what is missing and the fix. */
export async function createEmbeddedEngine(options: EmbeddedEngineOptions): Promise<Engine> {
  const { status, detail, fix } = rights(await readFile('/proc/self/status', 'utf8'));
  if (status === 'missing') throw new EngineError('EngineUnavailable', `${detail}: ${fix}`);
  const dataDirectory = join(options.dataDir, 'embedded');
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const support = await taskNetworkSupport();
  if (support.supported) await ensureSharedNetnsMount();
  const [storageDriver, layout] = await Promise.all([chooseStorageDriver(dataDirectory), readCgroupLayout()]);

  const locations = locationsOf(dataDirectory, options.runDirectory ?? defaultRunDirectory(options.owner));
  const wasOom = (id: string) => wasKilledForMemory(bundleOf(locations, storageDriver, id), layout);
  const exits = new ExitWatcher(locations.exits, wasOom);
  const service = await openPodmanService({
    locations,
    storageDriver,
    layout,
    registries: { insecure: options.insecureRegistries, mirrors: options.registryMirrors },
    onHealth: (health) => {
      options.log.warn(health, health.available ? 'Podman runs again' : 'Podman does not run');
      exits.serviceHealth(health);
    },
  });
  const rotation = new LogRotation(options.log);
  const events = new OwnEvents();
  const listed = new ListedContainers();
  const machine: Machine = {
    service,
    storageDriver,
    support,
    layout,
    exits,
    events,
    listed,
    rotation,
    wasOom,
  };
  try {
    await rotateWhatRuns(rotation, locations, storageDriver);
    const { adapter, host, close } = await openAdapter(options, machine);
    return embeddedEngine({ adapter, host, locations, storageDriver, rotation, events, listed, close });
  } catch (error) {
    await rotation.close();
    await service.close({ empty: service.isFirst });
    throw error;
  }
}

interface Machine {
  service: PodmanService;
  storageDriver: string;
  support: TaskNetworkSupport;
  layout: CgroupLayout;
  exits: ExitWatcher;
  events: OwnEvents;
  listed: ListedContainers;
  rotation: LogRotation;
  wasOom: (containerId: string) => Promise<boolean>;
}

async function openAdapter(
  options: EmbeddedEngineOptions,
  { service, storageDriver, support, layout, exits, events, listed, rotation, wasOom }: Machine,
): Promise<{ adapter: Engine; host: ContainerHost; close: () => Promise<void> }> {
  const { owner, publishAddress, log, poolSize = 8 } = options;
  const cgroupParent = `/longshore-${owner}`;
  const networks = support.supported
    ? await openTaskNetworks({ owner, publishAddress, poolSize, log })
    : undefined;
  let opened: EmbeddedHost | undefined;
  try {
    const adapter = await createDockerEngine({
      name: 'embedded',
      address: `unix://${service.locations.socket}`,
      owner,
      networks,
      networksReason: support.reason,
      publishAddress,
      registryMirrors: options.registryMirrors,
      insecureRegistries: options.insecureRegistries,
      credentialsDirectory: options.credentialsDirectory,
      cgroupParent,
      hostOutput: rotatedOutput(service.locations, storageDriver, rotation),
      tidyImages: async (client) => {
        const storage = { graphRoot: service.locations.graphRoot, driver: storageDriver };
        await removeLooseLayers(client, storage).catch((error: unknown) => {
          log.warn({ err: error }, 'Layers of an image that did not come whole stay');
        });
      },
      // Podman fails to remove a directory in which something is made meanwhile.
      beforeRemoval: (taskId) => rotation.end(taskId),
      exits: toldExits(exits, { events, listed }, () => opened?.host, {
        ended: (id) => opened?.care.look(id),
        missed: () => opened?.care.lookAtAll(),
      }),
      wasOom: ({ Id }) => wasOom(Id),
      log,
    });
    opened = await openHost(adapter, { service, storageDriver, events, listed, log }).catch(
      async (error: unknown) => {
        await adapter.close();
        throw error;
      },
    );
    const { host, close: closeHost } = opened;
    const close = async () => {
      await closeHost();
      await adapter.close();
      // What containers still need stays.
      const empty = await hasNoContainer(service);
      await networks?.close({ keep: !empty });
      await service.close({ empty });
      if (!empty) return;
      await removeCgroup(layout.mounts.values(), cgroupParent);
      await removeNetavarkRemains().catch(({ message }: Error) => {
        log.warn(
          { reason: message },
          "What is left of containers' networks in nftables could not be removed",
        );
      });
    };
    return { adapter, host, close };
  } catch (error) {
    await networks?.close({ keep: !service.isFirst });
    throw error;
  }
}

function openHost(
  adapter: Engine,
  {
    service,
    storageDriver,
    events,
    listed,
    log,
  }: Pick<Machine, 'service' | 'storageDriver' | 'events' | 'listed'> & Pick<EmbeddedEngineOptions, 'log'>,
): Promise<EmbeddedHost> {
  const probe = { locations: service.locations, storageDriver, runtime: service.runtime };
  return openEmbeddedHost({ inner: adapter.host!, events, listed, probe, log });
}

async function rotateWhatRuns(
  rotation: LogRotation,
  locations: Locations,
  storageDriver: string,
): Promise<void> {
  const tasks = new Map<string, ContainerLog[]>();
  for (const { Id, Labels, State } of await listContainers(locations, {})) {
    if (State !== 'running') continue;
    const owned = readLabels(Labels)?.taskId ?? Id;
    const log = { path: logPathOf(locations, storageDriver, Id), limits: logLimitsOf(Labels) };
    tasks.set(owned, [...(tasks.get(owned) ?? []), log]);
  }
  for (const [id, logs] of tasks) rotation.begin(id, logs);
}

async function listContainers({ socket }: Locations, filters: Filters): Promise<ContainerSummary[]> {
  const client = await connectDocker(`unix://${socket}`);
  try {
    return await client.listContainers(filters);
  } finally {
    client.close();
  }
}

async function hasNoContainer({ locations }: PodmanService): Promise<boolean> {
  try {
    return (await listContainers(locations, {})).length === 0;
  } catch {
    // Not known: then everything is to stay.
    return false;
  }
}
