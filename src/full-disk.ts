/** A start that fails because the disk is full: whose disk, and what to do. */
import { statfs } from 'node:fs/promises';

/** Writes are refused before the last byte is gone: databases ask for whole pages and logs. */
const TOO_LITTLE_BYTES = 1024 * 1024;

/** The error as it is, or, where it comes from a full file system of the data directory, one that says so. */
export async function namingFullDisk(error: unknown, dataDir: string): Promise<unknown> {
  const told = error instanceof Error && /ENOSPC|no space left|disk is full/i.test(error.message);
  if (!told || !(await isFull(dataDir))) return error;
  return new Error(
    `the disk is full: nothing can be written to the data directory ${dataDir}; ` +
      'free space on its file system, or choose another --data-dir',
    { cause: error },
  );
}

async function isFull(directory: string): Promise<boolean> {
  const room = await statfs(directory).catch(() => undefined);
  if (room === undefined) return false;
  // File systems without a table of files count none at all.
  const noMoreFiles = room.files > 0 && room.ffree === 0;
  return noMoreFiles || room.bavail * room.bsize < TOO_LITTLE_BYTES;
}
