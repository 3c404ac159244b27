/**
 * The private Podman that the server starts, owns, adopts again after a crash of its own, and starts again when it
 * dies. Containers are held by conmon and outlive both.
 */
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CgroupLayout } from '../../linux/cgroup-layout.ts';
import { writeConfiguration } from './configuration.ts';
import type { RegistrySettings } from './configuration.ts';
import type { Locations } from './locations.ts';
import { choosePlatform } from './platform.ts';
import type { StorageDriver } from './platform.ts';
import { findConmons } from './half-started.ts';
import { adoptPodman, startPodman, stopPodman } from './podman-process.ts';
import type { ProcessSettings } from './podman-process.ts';

export interface PodmanServiceOptions {
  /** Made where they are missing. What ends with a boot is emptied when there was one since. */
  locations: Locations;
  storageDriver: StorageDriver;
  layout: CgroupLayout;
  registries: RegistrySettings;
  /** Called when Podman died and when it is back. */
  onHealth?: (health: { available: boolean; reason?: string }) => void;
}

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 10_000;
const CONMON_END_MS = 2_000;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/**
 * Throws `EngineError` `EngineUnavailable` when it cannot be started, with the reason. Nothing that ends with a boot is
 * then left of it, unless it was there before: exit codes in it may still be asked for.
 */
export async function openPodmanService(options: PodmanServiceOptions): Promise<PodmanService> {
  const isFirst = await isFirstOfBoot(options.locations);
  try {
    return await openService(options, isFirst);
  } catch (error) {
    if (isFirst) {
      await stopPodman(options.locations);
      await removeRunDirectory(options.locations);
    }
    throw error;
  }
}

async function openService(options: PodmanServiceOptions, isFirst: boolean): Promise<PodmanService> {
  const { locations, storageDriver, layout, registries } = options;
  await prepareDirectories(locations, isFirst);
  const platform = await choosePlatform(layout);
  const configuration = await writeConfiguration({ ...platform, locations, storageDriver, registries });
  const settings = {
    locations,
    configuration,
    podman: platform.programs.podman,
    runtime: { program: platform.programs.runtime, cgroupMounts: [...layout.mounts.values()] },
    unmount: platform.unmount,
  };
  const service = new PodmanService(settings, isFirst, options.onHealth ?? (() => {}));
  await service.open();
  return service;
}

export class PodmanService {
  readonly locations: Locations;
  /** Nothing ran here since the boot, or what ran was closed with nothing left. */
  readonly isFirst: boolean;
  readonly #settings: ProcessSettings;
  readonly #onHealth: (health: { available: boolean; reason?: string }) => void;
  readonly #closing = new AbortController();
  #pid = 0;
  #lifeline: Socket | undefined;
  #revival: Promise<void> | undefined;

  constructor(settings: ProcessSettings, isFirst: boolean, onHealth: PodmanServiceOptions['onHealth'] & {}) {
    this.locations = settings.locations;
    this.isFirst = isFirst;
    this.#settings = settings;
    this.#onHealth = onHealth;
  }

  /** Path of crun or runc. */
  get runtime(): string {
    return this.#settings.runtime.program;
  }

  get pid(): number {
    return this.#pid;
  }

  async open(): Promise<void> {
    this.#pid = (await adoptPodman(this.#settings)) ?? (await startPodman(this.#settings));
    this.#holdLifeline();
  }

  /** Leaves Podman to whoever adopts it. */
  async release(): Promise<void> {
    this.#closing.abort();
    this.#lifeline?.destroy();
    await this.#revival;
  }

  /** Ends Podman. Containers go on; where there is no container left, nothing of it stays but the data directory. */
  async close(options: { empty: boolean }): Promise<void> {
    await this.release();
    await stopPodman(this.locations);
    if (!options.empty || !(await this.#conmonsEnd())) return;
    await removeRunDirectory(this.locations);
  }

  /** The last container's conmon may still be on its way out. */
  async #conmonsEnd(): Promise<boolean> {
    for (const deadline = Date.now() + CONMON_END_MS; Date.now() < deadline; await delay(10)) {
      if ((await findConmons(this.locations)).length === 0) return true;
    }
    return false;
  }

  /** An idle connection: the kernel closes it at once when Podman dies, whether it is our child or adopted. */
  #holdLifeline(): void {
    const lifeline = connect(this.locations.socket);
    this.#lifeline = lifeline;
    lifeline.unref();
    lifeline.on('error', () => {});
    lifeline.on('close', () => {
      if (!this.#closing.signal.aborted) this.#revival = this.#revive();
    });
    lifeline.resume();
  }

  async #revive(): Promise<void> {
    this.#onHealth({ available: false, reason: 'podman ended unexpectedly and is started again' });
    for (
      let wait = FIRST_RETRY_MS;
      !this.#closing.signal.aborted;
      wait = Math.min(wait * 2, LONGEST_RETRY_MS)
    ) {
      try {
        await this.open();
        this.#onHealth({ available: true });
        return;
      } catch (error) {
        this.#onHealth({ available: false, reason: (error as Error).message });
      }
      await delay(wait, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
    }
  }
}

async function removeRunDirectory({ runDirectory }: Locations): Promise<void> {
  await rm(runDirectory, { recursive: true, force: true });
  // Shared with the servers of other owners: only the last one takes it away.
  await rmdir(dirname(runDirectory)).catch(() => {});
}

const bootId = async () => (await readFile(BOOT_ID, 'utf8')).trim();

async function isFirstOfBoot(locations: Locations): Promise<boolean> {
  return (await readFile(locations.bootId, 'utf8').catch(() => '')) !== (await bootId());
}

async function prepareDirectories(locations: Locations, isFirst: boolean): Promise<void> {
  // What is in it speaks of processes and mounts of this boot. /run is not emptied by a boot everywhere.
  if (isFirst) await rm(locations.runDirectory, { recursive: true, force: true });
  for (const directory of [
    locations.graphRoot,
    locations.temporary,
    locations.runDirectory,
    locations.runtimeState,
    locations.exits,
  ]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }
  if (isFirst) await writeFile(locations.bootId, await bootId());
}
