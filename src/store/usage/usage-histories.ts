/** The histories of a data directory: of the machine, and of the containers of each engine it was served with. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { containerShape, machineShape, tiers, type UsageHistories } from '../../core/ports/usage-history.ts';
import { openUsageHistory } from './usage-history.ts';

/** Containers with a history. With `ringFileBytes` it says the most that all of this takes. */
export const mostContainers = 1000;

/** `engine`: whose containers these are; those of another are kept for when it is taken again. */
export async function openUsageHistories(directory: string, engine: string): Promise<UsageHistories> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await removeUnused(directory);
  return {
    machine: await openUsageHistory({ directory, shape: machineShape, most: 1 }),
    containers: await openUsageHistory({
      directory: join(directory, engine),
      shape: containerShape,
      most: mostContainers,
    }),
  };
}

/** What nothing was added to for as long as anything is kept. */
async function removeUnused(directory: string): Promise<void> {
  const before = Date.now() - tiers.at(-1)!.keptMs;
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if ((await stat(path)).mtimeMs < before) await rm(path, { force: true });
  }
}
