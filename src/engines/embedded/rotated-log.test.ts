import { expect, it } from 'vitest';
import { conmonBytes, numberAfter, numberAfterRun } from './rotated-log.ts';

const MiB = 1024 * 1024;
const limits = { maxBytes: 10 * MiB, maxFiles: 5 };

it('gives conmon far more room than the files have together', () => {
  expect(conmonBytes(limits)).toBe(400 * MiB);
  expect(conmonBytes({ maxBytes: 1, maxFiles: 1 })).toBe(256 * MiB);
});

it('numbers files in their order, by what conmon has counted', () => {
  const second = numberAfter(0, 11 * MiB, limits);
  const third = numberAfter(second, 0, limits);
  expect(second).toBe(11 * MiB);
  expect(third).toBeGreaterThan(second);
  // Full by conmon's count, which begins anew.
  const fourth = numberAfter(second, 389 * MiB - 100, limits);
  expect(fourth).toBe(800 * MiB);
  expect(numberAfter(fourth, 12 * MiB, limits)).toBe(812 * MiB);
  expect(numberAfter(numberAfter(fourth, 12 * MiB, limits), 388 * MiB - 1, limits)).toBe(1600 * MiB);
});

it('begins the count anew with a run of the container', () => {
  const second = numberAfterRun(11 * MiB, 5 * MiB, limits);
  expect(second).toBe(805 * MiB);
  expect(numberAfter(second, 12 * MiB, limits)).toBe(817 * MiB);
  expect(numberAfterRun(11 * MiB, 400 * MiB - 100, limits)).toBe(800 * MiB);
});
