/** Histories in files: a directory of them, one file for each series. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tier, UsageHistory } from '../../core/ports/usage-history.ts';
import type { SeriesShape, UsagePoint } from '../../core/ports/usage-point.ts';
import { addToFile, readFile } from './ring-file.ts';

export interface UsageHistoryOptions<S extends SeriesShape> {
  /** Made where it is absent, for this user only. */
  directory: string;
  shape: S;
  /** How many series are kept. */
  most: number;
}

const ending = '.usage';
const nameForm = /^[A-Za-z0-9]{1,128}$/;

export async function openUsageHistory<S extends SeriesShape>({
  directory,
  shape,
  most,
}: UsageHistoryOptions<S>): Promise<UsageHistory<S>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const known = new Set(
    (await readdir(directory))
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length)),
  );
  const pathOf = (series: string) => join(directory, `${checked(series)}${ending}`);
  return {
    async add(series: string, measured: UsagePoint<S>) {
      if (!known.has(series) && known.size >= most) return false;
      // Known before there is a file, so that one that a full disk took in part goes with the others.
      known.add(series);
      await addToFile(pathOf(series), shape, measured);
      return true;
    },
    read: async (series: string, tier: Tier, since: number) => readFile(pathOf(series), shape, tier, since),
    async keepOnly(series: ReadonlySet<string>) {
      for (const each of [...known].filter((name) => !series.has(name))) {
        await rm(join(directory, `${each}${ending}`), { force: true });
        known.delete(each);
      }
    },
  };
}

/** It becomes the name of a file. */
function checked(series: string): string {
  if (nameForm.test(series)) return series;
  throw new Error(`'${series}' cannot be the name of a series`);
}
