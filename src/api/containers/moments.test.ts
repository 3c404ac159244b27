import { describe, expect, it } from 'vitest';
import { durationOf, momentOf } from './moments.ts';

const now = Date.parse('2025-04-17T14:30:00Z');

describe('a moment', () => {
  it.each([
    ['2025-04-17T14:30:00Z', now],
    ['2025-04-17T14:30:00', now],
    ['2025-04-17 14:30:00', now],
    ['2025-04-17T14:30Z', now],
    ['2025-04-17T16:30:00+02:00', now],
    ['2025-04-17T14:30:00.5Z', now + 500],
    ['2025-04-17T14:30:00.123456789Z', now + 123],
    ['2025-04-17', Date.parse('2025-04-17T00:00:00Z')],
    ['1744900200', now],
    ['1744900200.5', now + 500],
    ['1744900200000', now],
    ['0', 0],
    ['10m', now - 600_000],
    ['1h30m', now - 5_400_000],
    ['2d', now - 172_800_000],
    ['99999999d', 0],
  ])('%s', (text, at) => {
    expect(momentOf(text, now)).toBe(at);
  });

  it.each([
    '',
    'yesterday',
    '-5',
    '10 m',
    '10x',
    '2025-13-01',
    '2025-02-30',
    '2025-02-30T10:00:00Z',
    '2025-02-30T25:00:00Z',
    '2025-04-17T14:30:00 CET',
    '1e9',
    'NaN',
    '999999999999999',
    '10m\n',
  ])('is not %j', (text) => {
    expect(momentOf(text, now)).toBeUndefined();
  });
});

it('a duration has units, one after the other', () => {
  expect(durationOf('1m30s')).toBe(90_000);
  expect(durationOf('250ms')).toBe(250);
  expect(durationOf('m')).toBeUndefined();
});
