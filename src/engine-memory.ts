/**
 * Remembers which engine the tasks of a data directory run on. With another engine they would be recorded as gone
 * while their containers go on running, so as long as tasks live their engine is the only one.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from './core/ports/store.ts';

/** The engine to open for `--engine wanted`. Throws where tasks still run on another one. */
export async function engineForTasks(dataDir: string, wanted: string, store: Store): Promise<string> {
  const last = rememberedEngine(dataDir);
  if (last === undefined || last === wanted || last === 'simulated') return wanted;
  const live = await store.read.tasks.find({ where: { phase: 'live' }, limit: 1 });
  if (live.length === 0) return wanted;
  if (wanted === 'auto') return last;
  throw new Error(
    `tasks of this data directory still run on the ${last} engine: start with --engine ${last} and stop them first, ` +
      'or choose another --data-dir',
  );
}

export function rememberEngine(dataDir: string, name: string): void {
  if (rememberedEngine(dataDir) === name) return;
  writeFileSync(`${fileIn(dataDir)}.new`, `${name}\n`, { mode: 0o600, flush: true });
  renameSync(`${fileIn(dataDir)}.new`, fileIn(dataDir));
}

function rememberedEngine(dataDir: string): string | undefined {
  try {
    return readFileSync(fileIn(dataDir), 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const fileIn = (dataDir: string) => join(dataDir, 'engine');
