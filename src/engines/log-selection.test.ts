import { expect, it } from 'vitest';
import type { HostLogLine } from '../core/ports/host-containers.ts';
import { LineJoiner } from './line-joiner.ts';
import { lastLines, mostTailSize, selectionOf } from './log-selection.ts';

const lineOf = (number: number, size: number): HostLogLine => ({
  at: number,
  stream: 'stdout',
  message: String(number).padEnd(size, 'x'),
  cursor: String(number),
});

/** How many of `count` lines of a size are given where all are asked for, and how many windows were read for that. */
async function lastOfMany(count: number, size: number): Promise<{ given: number[]; windows: number }> {
  let windows = 0;
  const { lines } = await lastLines(
    { tail: count, since: undefined, selection: selectionOf({}) },
    async () => {
      windows++;
      const read = async function* () {
        for (let number = 1; number <= count; number++) yield [lineOf(number, size)];
      };
      return { joiner: new LineJoiner(), lines: read(), isAll: () => windows > 3, isWide: true };
    },
  );
  return { given: lines.map(({ message }) => Number.parseInt(message, 10)), windows };
}

it('gives as many of the last lines as are no larger together than may be, and reads no more windows for others', async () => {
  const size = mostTailSize / 4;
  for (const count of [5, 8, 9, 12, 20]) {
    const last = Array.from({ length: 4 }, (_, index) => count - 3 + index);
    expect(await lastOfMany(count, size)).toEqual({ given: last, windows: 1 });
  }
  expect(await lastOfMany(2, 2 * mostTailSize)).toEqual({ given: [2], windows: 1 });
  expect(await lastOfMany(3, size)).toEqual({ given: [1, 2, 3], windows: 1 });
});
