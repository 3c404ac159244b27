/** What of this machine decides how Podman is configured. */
import { readFile, statfs } from 'node:fs/promises';
import { EngineError } from '../../core/errors.ts';
import type { CgroupLayout } from '../../linux/cgroup-layout.ts';
import { findProgram } from '../../linux/programs.ts';
import { defaultUlimits } from './ulimits.ts';

export interface Platform {
  programs: { podman: string; conmon: string; runtime: string; init: string | undefined };
  ulimits: string[];
  /** Mount points that Podman and the runtime must not see. */
  unmount: string[];
}

export type StorageDriver = 'overlay' | 'vfs';

const OVERLAYFS_MAGIC = 0x794c7630;

/** Throws `EngineError` `EngineUnavailable` naming the programs that are missing. */
export async function choosePlatform(layout: CgroupLayout): Promise<Platform> {
  const [podman, conmon, crun, runc, init] = await Promise.all([
    findProgram('podman'),
    findProgram('conmon'),
    findProgram('crun'),
    findProgram('runc'),
    findProgram('catatonit'),
  ]);
  const runtime = crun ?? runc;
  if (podman === undefined || conmon === undefined || runtime === undefined) {
    const missing = Object.entries({ podman, conmon, crun: runtime }).filter(
      ([, path]) => path === undefined,
    );
    const names = missing.map(([name]) => name).join(' ');
    throw new EngineError(
      'EngineUnavailable',
      `the embedded engine needs ${names}: install with "apt-get install ${names}"`,
    );
  }
  // crun refuses v1 controllers with a v2 hierarchy beside them; runc takes them.
  const unmount = runtime === crun ? layout.unifiedMounts : [];
  return { programs: { podman, conmon, runtime, init }, ulimits: await defaultUlimits(), unmount };
}

/** overlayfs cannot have its upper directory on overlayfs: then whole copies must do. */
export async function chooseStorageDriver(dataDirectory: string): Promise<StorageDriver> {
  const known = /\toverlay$/m.test(await readFile('/proc/filesystems', 'utf8'));
  const { type } = await statfs(dataDirectory);
  return known && type !== OVERLAYFS_MAGIC ? 'overlay' : 'vfs';
}
