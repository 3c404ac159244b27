/** Bind mounts against `--host-path`, after every symbolic link on the way was followed. */
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import type { HostPathPolicy } from './core/context.ts';

/** Throws naming the first directory that is none: a typing error would otherwise show only when a task mounts it. */
export async function checkHostPaths(allowed: readonly string[]): Promise<void> {
  for (const path of allowed) {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isDirectory())
      throw new Error(`--host-path ${path}: there is no such directory; make it or correct it`);
  }
}

/** `denied`: directories that are never given to a container, whatever is allowed: the server's own. */
export function hostPathPolicy(allowed: readonly string[], denied: readonly string[]): HostPathPolicy {
  return {
    everything: allowed.includes('/'),
    async refusal(path) {
      if (allowed.length === 0)
        return `bind mounts are off; start the server with --host-path ${path} to allow this one.`;
      const real = await resolved(path);
      if (real === undefined) return `directory '${path}' does not exist on this machine.`;
      for (const directory of denied) {
        const own = (await resolved(directory)) ?? directory;
        if (within(real, own) || within(own, real)) return `directory '${path}' holds the server's own data.`;
      }
      const bases = await Promise.all(allowed.map(resolved));
      if (bases.some((base) => base !== undefined && within(real, base))) return undefined;
      return `directory '${path}' is not within those that --host-path allows (${allowed.join(', ')}).`;
    },
  };
}

async function resolved(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}

function within(path: string, base: string): boolean {
  const way = relative(base, path);
  return way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}
