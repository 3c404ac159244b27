import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes a cgroup, and those below it, in every hierarchy. One with a process in it stays, and so do its parents. */
export async function removeCgroup(mounts: Iterable<string>, name: string): Promise<void> {
  await Promise.all([...new Set(mounts)].map((mount) => removeTree(join(mount, name))));
}

async function removeTree(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(path, entry.name));
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'EBUSY') throw error;
  });
}
