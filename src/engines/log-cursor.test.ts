import { describe, expect, it } from 'vitest';
import { after, numbered, readCursor, stampOrder, type StampedLine } from './log-cursor.ts';

const stamps = ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z', '2026-01-02T03:04:06Z'];
const lines: StampedLine[] = stamps.map((stamp, index) => ({
  stamp,
  at: Date.parse(stamp),
  stream: 'stdout',
  message: String(index),
}));

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('places of lines', () => {
  it('tell lines of one time apart', async () => {
    const cursors = (await all(numbered(each(lines)))).map(({ cursor }) => cursor);
    expect(cursors).toEqual([`${stamps[0]}#1`, `${stamps[0]}#2`, `${stamps[2]}#1`]);
    expect(readCursor(cursors[1]!)).toEqual({ stamp: stamps[0], count: 2 });
  });

  it('are gone on from', async () => {
    const place = { stamp: stamps[0]!, count: 1 };
    const rest = await all(numbered(after(place, each(lines)), place));
    expect(rest.map(({ message, cursor }) => [message, cursor])).toEqual([
      ['1', `${stamps[0]}#2`],
      ['2', `${stamps[2]}#1`],
    ]);
  });

  it.each(['', 'x', '2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z#x', 'yesterday#1'])(
    'refuse "%s"',
    (text) => {
      expect(() => readCursor(text)).toThrow(expect.objectContaining({ code: 'InvalidParameter' }) as Error);
    },
  );
});

it.each([
  ['2026-01-02T03:04:05.1Z', '2026-01-02T03:04:05.12Z', -1],
  ['2026-01-02T03:04:05.100000002Z', '2026-01-02T03:04:05.100000001Z', 1],
  ['2026-01-02T03:04:05Z', '2026-01-02T04:04:05+01:00', 0],
])('orders %s and %s', (left, right, order) => {
  expect(Math.sign(stampOrder(left, right))).toBe(order);
});
