/**
 * One point as bytes of a fixed length: its time in seconds, how many measurements are in it, its numbers as doubles,
 * and a checksum over all of it, by which one that was written in part is told.
 */
import { crc32 } from 'node:zlib';
import type { Extent, SeriesShape, UsagePoint } from '../../core/ports/usage-point.ts';

const headBytes = 12;
const checksumBytes = 4;
const numberBytes = 8;

/** Two numbers of each level and rate, one of what is kept as it was last. */
export const recordBytes = ({ levels, rates, latest }: SeriesShape): number =>
  headBytes + numberBytes * (2 * levels.length + 2 * rates.length + latest.length) + checksumBytes;

export function encodePoint<S extends SeriesShape>(shape: S, point: UsagePoint<S>): Buffer {
  const record = Buffer.alloc(recordBytes(shape));
  let place = record.writeUInt32LE(point.at / 1000, 0);
  place = record.writeUInt32LE(point.samples, place);
  place = record.writeUInt32LE(point.rated, place);
  for (const { average, most } of [
    ...extentsOf(shape.levels, point.levels),
    ...extentsOf(shape.rates, point.rates),
  ]) {
    place = record.writeDoubleLE(average, place);
    place = record.writeDoubleLE(most, place);
  }
  const latest: Record<string, number> = point.latest;
  for (const name of shape.latest) place = record.writeDoubleLE(latest[name]!, place);
  record.writeUInt32LE(crc32(record.subarray(0, place)), place);
  return record;
}

/** Undefined where nothing was written yet, or only a part. */
export function decodePoint<S extends SeriesShape>(shape: S, record: Buffer): UsagePoint<S> | undefined {
  const end = recordBytes(shape) - checksumBytes;
  if (record.length < end + checksumBytes) return undefined;
  const samples = record.readUInt32LE(4);
  if (samples === 0 || record.readUInt32LE(end) !== crc32(record.subarray(0, end))) return undefined;
  let place = headBytes - numberBytes;
  const next = () => record.readDoubleLE((place += numberBytes));
  const extents = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, { average: next(), most: next() }]));
  const [levels, rates] = [extents(shape.levels), extents(shape.rates)];
  const latest = Object.fromEntries(shape.latest.map((name) => [name, next()]));
  const at = record.readUInt32LE(0) * 1000;
  return { at, samples, rated: record.readUInt32LE(8), levels, rates, latest } as UsagePoint<S>;
}

const extentsOf = (names: readonly string[], all: Record<string, Extent>): Extent[] =>
  names.map((name) => all[name]!);
