/**
 * What a Podman leaves in its books that was killed while it made or removed a container: one it knows whose files are
 * gone, for which it fails every listing from then on, or files under a name that it does not know and never frees.
 * Neither can be of use to anyone, so both are given up.
 */
import { Connection, hasStatus } from '../docker/client/connection.ts';

interface Listed {
  Id: string;
  State: string;
}

/** Podman's own API, which lists what its Docker API fails for (4.0 and later). */
const ownApi = '/v4.0.0/libpod';
const dockerApi = '/v1.40';

export async function repairStorage(socket: string): Promise<void> {
  const connection = new Connection(`unix://${socket}`);
  try {
    const query = { all: 'true', external: 'true' };
    const containers = await connection.json<Listed[]>('GET', `${ownApi}/containers/json`, { query });
    const isUnknown = ({ State }: Listed) => State === 'storage';
    for (const { Id } of containers.filter(isUnknown)) await remove(connection, Id);
    if (!(await fails(connection, `${dockerApi}/containers/json?all=1`))) return;
    for (const { Id } of containers.filter((container) => !isUnknown(container))) {
      if (await fails(connection, `${dockerApi}/containers/${Id}/json`)) await remove(connection, Id);
    }
  } finally {
    connection.close();
  }
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
