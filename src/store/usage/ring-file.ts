/**
 * The file of one series: a head that says what its records are, then a ring of records for each tier. A step has its
 * place in its ring by its time, so nothing but the records themselves has to be right after a crash, and a file never
 * grows beyond what its rings take. Places that were never written are holes, which take no space.
 */
import { constants } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { SeriesShape, UsagePoint } from '../../core/ports/usage-point.ts';
import { joined } from '../../core/ports/usage-point.ts';
import { tiers, type Tier } from '../../core/ports/usage-history.ts';
import { decodePoint, encodePoint, recordBytes } from './usage-record.ts';

const headBytes = 32;
/** Steps at the ends of a range are in it in part, and so one more than fit in it. */
const spareSteps = 2;

const stepsOf = ({ stepMs, keptMs }: Tier): number => keptMs / stepMs + spareSteps;

/** The most that a file of this shape takes. */
export const ringFileBytes = (shape: SeriesShape): number =>
  headBytes + recordBytes(shape) * tiers.reduce((sum, tier) => sum + stepsOf(tier), 0);

/** Adds to the step of each tier what was measured in it. Makes the file where there is none that can be read. */
export async function addToFile<S extends SeriesShape>(
  path: string,
  shape: S,
  measured: UsagePoint<S>,
): Promise<void> {
  const file = (await openKnown(path, shape, constants.O_RDWR)) ?? (await make(path, shape));
  try {
    for (const tier of tiers) {
      const at = Math.floor(measured.at / tier.stepMs) * tier.stepMs;
      const place = placeOf(shape, tier, at);
      const before = decodePoint(shape, await bytesAt(file, place, recordBytes(shape)));
      const point = before?.at === at ? joined(before, measured) : { ...measured, at };
      await writeWhole(file, encodePoint(shape, point), place);
    }
  } finally {
    await file.close();
  }
}

/** Of one tier, from `since` on, oldest first. */
export async function readFile<S extends SeriesShape>(
  path: string,
  shape: S,
  tier: Tier,
  since: number,
): Promise<UsagePoint<S>[]> {
  const file = await openKnown(path, shape, constants.O_RDONLY);
  if (file === undefined) return [];
  try {
    const length = recordBytes(shape);
    const ring = await bytesAt(file, placeOf(shape, tier, 0), length * stepsOf(tier));
    const points: UsagePoint<S>[] = [];
    for (let place = 0; place < ring.length; place += length) {
      const point = decodePoint(shape, ring.subarray(place, place + length));
      if (point && point.at >= since) points.push(point);
    }
    return points.sort((a, b) => a.at - b.at);
  } finally {
    await file.close();
  }
}

function placeOf(shape: SeriesShape, tier: Tier, at: number): number {
  const before = tiers.slice(0, tiers.indexOf(tier)).reduce((sum, each) => sum + stepsOf(each), 0);
  return headBytes + recordBytes(shape) * (before + ((at / tier.stepMs) % stepsOf(tier)));
}

/** Undefined where there is no file, or one of another version or shape: its records would say something else. */
async function openKnown(path: string, shape: SeriesShape, flags: number): Promise<FileHandle | undefined> {
  const file = await open(path, flags | constants.O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  const head = await bytesAt(file, 0, headBytes).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  if (head.equals(headOf(shape))) return file;
  await file.close();
  return undefined;
}

async function make(path: string, shape: SeriesShape): Promise<FileHandle> {
  await rm(path, { force: true });
  const { O_RDWR, O_CREAT, O_EXCL } = constants;
  const file = await open(path, O_RDWR | O_CREAT | O_EXCL, 0o600);
  try {
    await writeWhole(file, headOf(shape), 0);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function headOf(shape: SeriesShape): Buffer {
  const head = Buffer.alloc(headBytes);
  head.write('longshore usage 1');
  head.writeUInt32LE(crc32(JSON.stringify([shape.levels, shape.rates, shape.latest, tiers])), headBytes - 4);
  return head;
}

async function bytesAt(file: FileHandle, place: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, place);
  return bytes.subarray(0, bytesRead);
}

/** A disk that is nearly full takes a part: the rest is tried, and refused with the reason. */
async function writeWhole(file: FileHandle, bytes: Buffer, place: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written, bytes.length - written, place + written)).bytesWritten;
  }
}
