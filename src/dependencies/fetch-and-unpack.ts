/** Fetches packages, some at a time, and unpacks them in their order: where two bring the same file, the later wins. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DOWNLOADS } from './package-tree.ts';

export interface PackageSteps<Package> {
  /** Into the file, checked to be what was asked for. */
  download(each: Package, file: string, signal: AbortSignal): Promise<void>;
  unpack(each: Package, file: string): Promise<void>;
}

const atOnce = 8;

/**
 * Into a directory, all of it by a `PackageTree` there or below. Throws what the first step throws that fails, when the
 * others have ended.
 */
export async function fetchAndUnpack<Package>(
  directory: string,
  packages: readonly Package[],
  steps: PackageSteps<Package>,
  signal: AbortSignal,
): Promise<void> {
  const downloads = join(directory, DOWNLOADS);
  for (let start = 0; start < packages.length; start += atOnce) {
    await mkdir(downloads);
    const batch = packages.slice(start, start + atOnce);
    const fileOf = (index: number) => join(downloads, String(index));
    await all(signal, batch, (each, index, stop) => steps.download(each, fileOf(index), stop));
    for (const [index, each] of batch.entries()) await steps.unpack(each, fileOf(index));
    await rm(downloads, { recursive: true });
  }
}

/** Ends the others when one fails. */
async function all<Item>(
  signal: AbortSignal,
  items: readonly Item[],
  work: (item: Item, index: number, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  let failure: unknown;
  const each = async (item: Item, index: number) => {
    try {
      await work(item, index, stop);
    } catch (error) {
      failure ??= error;
      failed.abort();
    }
  };
  await Promise.all(items.map(each));
  if (failure !== undefined) throw failure as Error;
}
