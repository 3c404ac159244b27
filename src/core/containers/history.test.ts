import { describe, expect, it } from 'vitest';
import type { AppError } from '../errors.ts';
import { lengthText, windowOf } from './history.ts';
import { Problems } from './problems.ts';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const;
const now = 1_700_000_000_000;

type Asked = Parameters<typeof windowOf>[0];

function refusals(asked: Asked): string {
  const problems = new Problems();
  expect(windowOf(asked, now, problems)).toBeUndefined();
  try {
    problems.refuse();
    return '';
  } catch (error) {
    return (error as AppError).message;
  }
}

describe('a window', () => {
  it.each<[Asked, number, number]>([
    [{}, 15 * second, 15 * second],
    [{ rangeMs: hour }, 15 * second, 15 * second],
    [{ rangeMs: hour + 1 }, minute, minute],
    [{ rangeMs: day }, minute, minute],
    [{ rangeMs: 30 * day }, 15 * minute, 15 * minute],
    [{ stepMs: 45 * second }, 45 * second, 15 * second],
    [{ stepMs: 5 * minute }, 5 * minute, minute],
    [{ rangeMs: day, stepMs: hour }, hour, 15 * minute],
  ])('of %j has steps of %d ms, made of those of %d ms', (asked, stepMs, of) => {
    const window = windowOf(asked, now, new Problems())!;
    expect(window).toMatchObject({ stepMs, tier: { stepMs: of } });
    const range = asked.rangeMs ?? hour;
    // The first step is the one in which the range begins.
    expect(window.since % stepMs).toBe(0);
    expect(window.since).toBeLessThanOrEqual(now - range);
    expect(window.since).toBeGreaterThan(now - range - stepMs);
  });

  it.each([
    [{ rangeMs: 31 * day }, 'range: must be from 15s to 30d.'],
    [{ rangeMs: second }, 'range: must be from 15s to 30d.'],
    [{ stepMs: 5 * second }, 'step: Of the last 1h steps of 15s and longer are kept.'],
    [{ rangeMs: 6 * hour, stepMs: 15 * second }, 'step: Of the last 6h steps of 1m and longer are kept.'],
    [{ rangeMs: 7 * day, stepMs: minute }, 'step: Of the last 7d steps of 15m and longer are kept.'],
    [
      { stepMs: 20 * second },
      'step: Of the last 1h steps of 15s are kept: it must be a whole number of them.',
    ],
    [{ stepMs: 2 * hour }, 'step: must not be longer than range.'],
  ])('of %j is refused with the reason', (asked, message) => {
    expect(refusals(asked)).toBe(message);
  });

  it('never has more than 2881 steps', () => {
    for (const rangeMs of [15 * second, hour, 2 * hour, day, 2 * day, 30 * day]) {
      const { stepMs, since } = windowOf({ rangeMs }, now, new Problems())!;
      expect((now - since) / stepMs).toBeLessThanOrEqual(2881);
    }
  });
});

it.each([
  [15 * second, '15s'],
  [90 * minute, '90m'],
  [hour, '1h'],
  [30 * day, '30d'],
  [1500, '1500ms'],
])('writes %d ms as %s', (ms, text) => expect(lengthText(ms)).toBe(text));
