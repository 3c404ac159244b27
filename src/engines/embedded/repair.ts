/**
 * What a Podman leaves that was killed while it made, started or removed a container: processes that it never noted
 * and would not end; a container whose files are gone, for which it fails every listing from then on; files under a
 * name that it does not know and never frees; files that no book of its has at all. None of it can be of use to anyone.
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Connection, hasStatus } from '../docker/client/connection.ts';
import { endHalfStarted, findConmons } from './half-started.ts';
import type { Conmon, OciRuntime } from './half-started.ts';
import type { Locations } from './locations.ts';

/** What there is while no Podman runs, so that nothing of it is just being made. */
export interface Remains {
  conmons: Conmon[];
  /** Paths that are named by a container. */
  files: string[];
}

interface Listed {
  Id: string;
  /** `created`, `initialized` (made by the runtime), `running`, `exited` …; `storage`: files that it does not know. */
  State: string;
}

/** Podman's own API, which lists what its Docker API fails for (4.0 and later). */
const ownApi = '/v4.0.0/libpod';
const dockerApi = '/v1.40';
const containerId = /^[0-9a-f]{64}$/;

export async function findRemains(locations: Locations): Promise<Remains> {
  return { conmons: await findConmons(locations), files: await containerFiles(locations) };
}

/** `podman`: the process that runs now, and did not when the remains were found. */
export async function repair(
  { conmons, files }: Remains,
  podman: number,
  locations: Locations,
  runtime: OciRuntime,
): Promise<void> {
  const connection = new Connection(`unix://${locations.socket}`);
  try {
    const query = { all: 'true', external: 'true' };
    const listed = await connection.json<Listed[]>('GET', `${ownApi}/containers/json`, { query });
    const states = new Map(listed.map(({ Id, State }) => [Id, State]));
    const giveUp = async (id: string) => {
      await remove(connection, id);
      states.delete(id);
    };
    for (const [id, state] of states) if (state === 'storage') await giveUp(id);
    for (const conmon of conmons) {
      const state = states.get(conmon.containerId);
      if (state !== undefined && state !== 'created' && state !== 'initialized') continue;
      await endHalfStarted(conmon, podman, locations, runtime);
      await giveUp(conmon.containerId);
    }
    if (await fails(connection, `${dockerApi}/containers/json?all=1`)) {
      for (const id of states.keys()) {
        if (await fails(connection, `${dockerApi}/containers/${id}/json`)) await giveUp(id);
      }
    }
    for (const path of files) {
      if (!states.has(basename(path))) await rm(path, { recursive: true, force: true });
    }
  } finally {
    connection.close();
  }
}

async function containerFiles({ graphRoot, runRoot, exits }: Locations): Promise<string[]> {
  const roots = await Promise.all([graphRoot, runRoot].map(pathsIn));
  const stores = roots.flat().filter((path) => path.endsWith('-containers'));
  const files = await Promise.all([exits, ...stores].map(pathsIn));
  return files.flat().filter((path) => containerId.test(basename(path)));
}

async function pathsIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.map((name) => join(directory, name));
}

async function fails(connection: Connection, path: string): Promise<boolean> {
  try {
    await connection.call('GET', path);
    return false;
  } catch (error) {
    if (hasStatus(error, 404, 500)) return true;
    throw error;
  }
}

/** Gone already, or being removed by a call that came in meanwhile: fine. */
async function remove(connection: Connection, id: string): Promise<void> {
  const query = { force: '1', v: '1' };
  await connection.call('DELETE', `${dockerApi}/containers/${id}`, { query }).catch((error: unknown) => {
    if (!hasStatus(error, 404, 409)) throw error;
  });
}
