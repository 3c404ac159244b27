import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../core/errors.ts';
import type { Engine } from '../../core/ports/engine.ts';
import { ensureSharedNetnsMount } from '../../network/netns-mount.ts';
import { openTaskNetworks, taskNetworkSupport } from '../../network/task-networks.ts';
import type { TaskNetworks, TaskNetworkSupport } from '../../network/task-networks.ts';
import { connectDocker } from '../docker/client/docker-client.ts';
import { createDockerEngine } from '../docker/create-engine.ts';
import type { EngineContext } from '../factory.ts';
import { readCgroupLayout } from './cgroup-layout.ts';
import { embeddedEngine } from './embedded-engine.ts';
import { ExitWatcher } from './exit-watcher.ts';
import { bundleOf, defaultRunDirectory } from './locations.ts';
import { wasKilledForMemory } from './memory-kills.ts';
import { chooseStorageDriver } from './platform.ts';
import { openPodmanService } from './podman-service.ts';
import type { PodmanService } from './podman-service.ts';
import { rights } from './requirements.ts';

export interface EmbeddedEngineOptions extends Omit<EngineContext, 'clock'> {
  /** Absent: `/run/longshore/<owner>`. */
  runDirectory?: string;
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

  const exits: { watcher?: ExitWatcher } = {};
  const service = await openPodmanService({
    dataDirectory,
    runDirectory: options.runDirectory ?? defaultRunDirectory(options.owner),
    registries: { insecure: options.insecureRegistries, mirrors: options.registryMirrors },
    onHealth: (health) => {
      options.log.warn(health, health.available ? 'Podman runs again' : 'Podman does not run');
      exits.watcher?.serviceHealth(health);
    },
  });
  exits.watcher = new ExitWatcher(service.locations.exits);
  try {
    return await openOnService(options, service, exits.watcher, support);
  } catch (error) {
    await service.close({ empty: false });
    throw error;
  }
}

async function openOnService(
  options: EmbeddedEngineOptions,
  service: PodmanService,
  exits: ExitWatcher,
  support: TaskNetworkSupport,
): Promise<Engine> {
  const { locations } = service;
  const [storageDriver, layout] = await Promise.all([
    chooseStorageDriver(locations.graphRoot),
    readCgroupLayout(),
  ]);
  const { owner, publishAddress, log, poolSize = 8 } = options;
  const networks = support.supported
    ? await openTaskNetworks({ owner, publishAddress, poolSize, log })
    : undefined;
  try {
    const adapter = await createDockerEngine({
      name: 'embedded',
      address: `unix://${locations.socket}`,
      owner,
      networks,
      networksReason: support.reason,
      publishAddress,
      registryMirrors: options.registryMirrors,
      insecureRegistries: options.insecureRegistries,
      exits,
      wasOom: ({ Id }) => wasKilledForMemory(bundleOf(locations, storageDriver, Id), layout),
      log,
    });
    const close = async () => {
      await adapter.close();
      await closeAll(service, networks);
    };
    return embeddedEngine({ adapter, locations, storageDriver, close });
  } catch (error) {
    await networks?.close({ keep: true });
    throw error;
  }
}

/** What containers still need stays. */
async function closeAll(service: PodmanService, networks: TaskNetworks | undefined): Promise<void> {
  const empty = await hasNoContainer(service);
  await networks?.close({ keep: !empty });
  await service.close({ empty });
}

async function hasNoContainer({ locations }: PodmanService): Promise<boolean> {
  try {
    const client = await connectDocker(`unix://${locations.socket}`);
    try {
      return (await client.listContainers({})).length === 0;
    } finally {
      client.close();
    }
  } catch {
    // Not known: then everything is to stay.
    return false;
  }
}
