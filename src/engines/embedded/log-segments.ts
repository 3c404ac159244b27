/**
 * The files of one container's output. conmon writes one and puts a new, empty one in its place when it is told to, and
 * when the file reaches the size that conmon was started with. Each gets a second name with a number that rises, by a
 * hard link: what conmon replaces stays under it, no file is ever renamed, and nobody who reads loses the place.
 */
import { open, readdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

export interface OpenSegment {
  handle: FileHandle;
  inode: number;
  size: number;
  /** Epoch ms. */
  writtenAt: number;
}

export const segmentPath = (path: string, number: number) => `${path}.${number}`;

/** In the order they were written; the last may be the one that conmon writes. */
export async function segmentNumbers(path: string): Promise<number[]> {
  const prefix = `${basename(path)}.`;
  const names = await absentAs([], readdir(dirname(path)));
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((left, right) => left - right);
}

/** The file that conmon writes, and numbers that are complete up to it: at most it itself has none yet. */
export async function openNewest(
  path: string,
): Promise<{ numbers: number[]; newest: OpenSegment | undefined }> {
  for (let before = await segmentNumbers(path); ;) {
    const newest = await openSegment(path);
    const numbers = await segmentNumbers(path);
    if (!newest || numbers.at(-1) === before.at(-1)) return { numbers, newest };
    // Replaced meanwhile, perhaps more than once.
    await newest.handle.close();
    before = numbers;
  }
}

export async function openSegment(path: string): Promise<OpenSegment | undefined> {
  const handle = await absentAs(undefined, open(path, 'r'));
  if (!handle) return undefined;
  try {
    const { ino, size, mtimeMs } = await handle.stat();
    return { handle, inode: ino, size, writtenAt: mtimeMs };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** What is now under the name; undefined where nothing is. */
export async function statSegment(path: string): Promise<{ inode: number; size: number } | undefined> {
  const found = await absentAs(undefined, stat(path));
  return found && { inode: found.ino, size: found.size };
}

async function absentAs<T, U>(otherwise: U, action: Promise<T>): Promise<T | U> {
  try {
    return await action;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}
