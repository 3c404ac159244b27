import { expect, it } from 'vitest';
import type { HealthCheck } from '../../../core/ports/host-container-spec.ts';
import { begunHealth, healthAfter, isChecked, pauseMsOf, programOf } from './health-rule.ts';

const check: HealthCheck = { test: ['CMD', 'true'], retries: 2, startPeriodSeconds: 10 };
const at = (second: number, exitCode: number) => ({
  startedAt: second * 1000,
  finishedAt: second * 1000 + 5,
  exitCode,
  output: '',
});
/** Checks of a container that was started at 0. */
const after = (...results: ReturnType<typeof at>[]) =>
  results.reduce((health, result) => healthAfter(check, health, 0, result), begunHealth());

it('is ill after as many failures on end as there may be', () => {
  expect(after(at(11, 1))).toMatchObject({ status: 'starting', failingStreak: 1 });
  expect(after(at(11, 1), at(12, 127))).toMatchObject({ status: 'unhealthy', failingStreak: 2 });
  expect(after(at(11, 1), at(12, 0), at(13, 1))).toMatchObject({ status: 'healthy', failingStreak: 1 });
  expect(after(at(11, 1), at(12, 1), at(13, 0))).toMatchObject({ status: 'healthy', failingStreak: 0 });
});

it('counts no failure while the container starts, unless it was healthy before', () => {
  expect(after(at(1, 1), at(2, 1), at(9, 1))).toMatchObject({ status: 'starting', failingStreak: 0 });
  expect(after(at(1, 0), at(2, 1), at(3, 1))).toMatchObject({ status: 'unhealthy', failingStreak: 2 });
});

it('keeps the last five checks', () => {
  const seconds = [11, 12, 13, 14, 15, 16, 17];
  const { checks } = after(...seconds.map((second) => at(second, 0)));
  expect(checks.map(({ startedAt }) => startedAt / 1000)).toEqual(seconds.slice(-5));
});

it('asks more often while the container starts', () => {
  expect(pauseMsOf(check, begunHealth(), 0, 5_000)).toBe(5_000);
  expect(pauseMsOf(check, begunHealth(), 0, 10_000)).toBe(30_000);
  expect(pauseMsOf(check, after(at(1, 0)), 0, 5_000)).toBe(30_000);
  expect(pauseMsOf({ ...check, intervalSeconds: 2 }, begunHealth(), 0, 5_000)).toBe(2_000);
});

it('runs a line in a shell, and words as they are', () => {
  expect(programOf({ test: ['CMD-SHELL', 'a && b'] })).toEqual(['/bin/sh', '-c', 'a && b']);
  expect(programOf({ test: ['CMD', 'a', 'b c'] })).toEqual(['a', 'b c']);
  expect([['NONE'], [], ['CMD']].map((test) => isChecked({ test }))).toEqual([false, false, false]);
});
