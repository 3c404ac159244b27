import { expect, it } from 'vitest';
import { restartDelay, type RestartHistory } from './restart-rule.ts';

const fresh: RestartHistory = { restarts: 0, delayMs: 0, stoppedByHand: false };
const failed = { exitCode: 1, ranMs: 50 };
const always = { name: 'always' as const };

it('waits twice as long each time, up to a minute', () => {
  const delays: number[] = [];
  for (let delayMs = 0; delays.length < 12;) {
    delayMs = restartDelay(always, { ...fresh, delayMs }, failed)!;
    delays.push(delayMs);
  }
  expect(delays.slice(0, 4)).toEqual([100, 200, 400, 800]);
  expect(delays.slice(-2)).toEqual([60_000, 60_000]);
});

it('begins from the beginning after ten seconds of running', () => {
  const history = { ...fresh, delayMs: 12_800 };
  expect(restartDelay(always, history, { exitCode: 1, ranMs: 9_999 })).toBe(25_600);
  expect(restartDelay(always, history, { exitCode: 1, ranMs: 10_000 })).toBe(100);
});

it('follows the policy', () => {
  const well = { exitCode: 0, ranMs: 50 };
  const isStarted = (policy: Parameters<typeof restartDelay>[0], history: object, end = failed) =>
    restartDelay(policy, { ...fresh, ...history }, end) !== undefined;
  expect(isStarted({ name: 'no' }, {})).toBe(false);
  for (const name of ['always', 'unless-stopped'] as const) {
    expect(isStarted({ name }, {}, well)).toBe(true);
    expect(isStarted({ name }, { stoppedByHand: true })).toBe(false);
  }
  const twice = { name: 'on-failure' as const, maximumRetries: 2 };
  expect(isStarted(twice, {}, well)).toBe(false);
  expect(isStarted(twice, { restarts: 1 })).toBe(true);
  expect(isStarted(twice, { restarts: 2 })).toBe(false);
  expect(isStarted({ name: 'on-failure' }, { restarts: 1000 })).toBe(true);
});

it('takes an end that nobody saw for a failure', () => {
  expect(restartDelay({ name: 'on-failure' }, fresh, { ranMs: 0 })).toBe(100);
});
