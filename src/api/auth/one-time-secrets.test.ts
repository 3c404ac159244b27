import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { OneTimeSecrets } from './one-time-secrets.ts';

const clock = new ManualClock();
const secrets = (mostPerHolder = 3) => {
  const held = new OneTimeSecrets<string>({ clock, prefix: 'lst_', ttlMs: 30_000, most: 3, mostPerHolder });
  return {
    issue: (value: string, holder = 'ann') => held.issue(value, holder),
    redeem: (secret: string) => held.redeem(secret),
  };
};

it('opens once, within its time', () => {
  const held = secrets();
  const first = held.issue('a');
  expect(first).toMatch(/^lst_[\w-]{43}$/);
  expect(held.redeem(`${first.slice(0, -1)}!`)).toBeUndefined();
  expect(held.redeem(first)).toBe('a');
  expect(held.redeem(first)).toBeUndefined();
  const second = held.issue('b');
  clock.advance(30_000);
  expect(held.redeem(second)).toBeUndefined();
});

it('holds only so many, and makes room when their time is over', () => {
  const held = secrets();
  for (const value of ['a', 'b', 'c']) held.issue(value);
  expect(() => held.issue('d')).toThrow(expect.objectContaining({ code: 'Throttled' }));
  clock.advance(30_000);
  expect(held.redeem(held.issue('d'))).toBe('d');
});

it('lets no holder take the room of others', () => {
  const held = secrets(2);
  const first = held.issue('a');
  held.issue('b');
  const throttled = expect.objectContaining({ code: 'Throttled' }) as Error;
  expect(() => held.issue('c')).toThrow(throttled);
  expect(held.redeem(held.issue('d', 'bob'))).toBe('d');
  held.redeem(first);
  held.issue('c');
  expect(() => held.issue('e')).toThrow(throttled);
  clock.advance(30_000);
  held.issue('e');
  held.issue('f');
  expect(() => held.issue('g')).toThrow(throttled);
});
