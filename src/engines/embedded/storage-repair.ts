/**
 * What a Podman leaves that was killed while it made or removed a container: one it knows whose files are gone, for
 * which it fails every listing from then on; files under a name that it does not know and never frees; and files that
 * no book of its has at all. None of it can be of use to anyone, so it is given up.
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Connection, hasStatus } from '../docker/client/connection.ts';
import type { Locations } from './locations.ts';

interface Listed {
  Id: string;
  State: string;
}

/** Podman's own API, which lists what its Docker API fails for (4.0 and later). */
const ownApi = '/v4.0.0/libpod';
const dockerApi = '/v1.40';

const containerId = /^[0-9a-f]{64}$/;

/** Paths that are named by a container. Call while no Podman runs, so that none of them is just being made. */
export async function containerFiles({ graphRoot, runRoot, exits }: Locations): Promise<string[]> {
  const roots = [graphRoot, runRoot];
  const stores = await Promise.all(
    roots.map(async (root) =>
      (await names(root)).filter((name) => name.endsWith('-containers')).map((name) => join(root, name)),
    ),
  );
  const files = await Promise.all(
    [exits, ...stores.flat()].map(async (directory) =>
      (await names(directory)).map((name) => join(directory, name)),
    ),
  );
  return files.flat().filter((path) => containerId.test(basename(path)));
}

/** `files`: what `containerFiles` found before Podman was started. */
export async function repairStorage({ socket }: Locations, files: readonly string[]): Promise<void> {
  const connection = new Connection(`unix://${socket}`);
  try {
    const known = await repairBooks(connection);
    for (const path of files.filter((file) => !known.has(basename(file))))
      await rm(path, { recursive: true, force: true });
  } finally {
    connection.close();
  }
}

/** Answers with the ids of the containers that stay. */
async function repairBooks(connection: Connection): Promise<Set<string>> {
  const query = { all: 'true', external: 'true' };
  const containers = await connection.json<Listed[]>('GET', `${ownApi}/containers/json`, { query });
  const isUnknown = ({ State }: Listed) => State === 'storage';
  for (const { Id } of containers.filter(isUnknown)) await remove(connection, Id);
  const known = new Set(containers.filter((each) => !isUnknown(each)).map(({ Id }) => Id));
  if (!(await fails(connection, `${dockerApi}/containers/json?all=1`))) return known;
  for (const id of known) {
    if (!(await fails(connection, `${dockerApi}/containers/${id}/json`))) continue;
    await remove(connection, id);
    known.delete(id);
  }
  return known;
}

async function names(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

async function fails(connection: Connection, path: string): Promise<boolean> {
  try {
    await connection.call('GET', path);
    return false;
  } catch (error) {
    if (hasStatus(error, 500)) return true;
    throw error;
  }
}

async function remove(connection: Connection, id: string): Promise<void> {
  await connection.call('DELETE', `${dockerApi}/containers/${id}`, { query: { force: '1', v: '1' } });
}
