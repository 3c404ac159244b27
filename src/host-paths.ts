/** Bind mounts against `--host-path`, after every symbolic link on the way was followed. */
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import type { MachinePolicy } from './core/context.ts';

/** Throws naming the first directory that is none: a typing error would otherwise show only when a task mounts it. */
export async function checkHostPaths(allowed: readonly string[]): Promise<void> {
  for (const path of allowed) {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isDirectory())
      throw new Error(`--host-path ${path}: there is no such directory; make it or correct it`);
  }
}

export interface MachineOptions {
  /** `--host-path`. */
  allowed: readonly string[];
  hostNetwork: boolean;
  /** Directories that are never given to a container, whatever is allowed: the server's own. */
  own: readonly string[];
  /** Sockets of engines: who reaches one is root on the machine, so they come only with the whole of it. */
  engineSockets: readonly string[];
}

export function machinePolicy({ allowed, hostNetwork, own, engineSockets }: MachineOptions): MachinePolicy {
  const everything = allowed.includes('/');
  return {
    everything,
    hostNetwork: hostNetwork || everything,
    async refusal(path) {
      if (!isAbsolute(path)) return `'${path}' is not an absolute path.`;
      if (path.includes('\0')) return 'the path holds a NUL character.';
      if (allowed.length === 0)
        return `bind mounts are off; start the server with --host-path ${path} to allow this one.`;
      const real = await resolved(path);
      if (real === undefined) return `directory '${path}' does not exist on this machine.`;
      if (await overlaps(real, own)) return `directory '${path}' holds the server's own data.`;
      if (!everything && (await overlaps(real, engineSockets))) {
        return `'${path}' leads to the socket of a container engine, which is as good as root on this machine.`;
      }
      const bases = await Promise.all(allowed.map(resolved));
      if (bases.some((base) => base !== undefined && within(real, base))) return undefined;
      return `directory '${path}' is not within those that --host-path allows (${allowed.join(', ')}).`;
    },
  };
}

/** Whether one of `paths` is in `real`, or the other way round. What is not there overlaps with nothing. */
async function overlaps(real: string, paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(paths.map(resolved));
  return found.some((other) => other !== undefined && (within(real, other) || within(other, real)));
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
