/** What a container's health is after a check, as Docker has it (moby, daemon/health.go). */
import type { HealthCheck } from '../../../core/ports/host-container-spec.ts';
import type { Health } from '../../../core/ports/host-containers.ts';

export type Check = Health['checks'][number];

const kept = 5;
const usual = { intervalSeconds: 30, timeoutSeconds: 30, retries: 3, startPeriodSeconds: 0 };
/** While it starts, it is to be known soon that it has. */
const startIntervalSeconds = 5;

export const begunHealth = (): Health => ({ status: 'starting', failingStreak: 0, checks: [] });

export const isChecked = (check: HealthCheck | undefined): check is HealthCheck =>
  check !== undefined && check.test.length > 1 && ['CMD', 'CMD-SHELL'].includes(check.test[0]!);

/** The program of a check. */
export function programOf({ test: [kind, ...words] }: HealthCheck): string[] {
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words;
}

export const timeoutMsOf = ({ timeoutSeconds }: HealthCheck): number =>
  (timeoutSeconds || usual.timeoutSeconds) * 1000;

/** Until the next check. `startedAt`: of the container, epoch ms. */
export function pauseMsOf(check: HealthCheck, { status }: Health, startedAt: number, now: number): number {
  const seconds = check.intervalSeconds || usual.intervalSeconds;
  const isStarting = status === 'starting' && now < startPeriodEnd(check, startedAt);
  return (isStarting ? Math.min(seconds, startIntervalSeconds) : seconds) * 1000;
}

/** A failure within the start period counts for nothing until the first success. */
export function healthAfter(check: HealthCheck, health: Health, startedAt: number, result: Check): Health {
  const checks = [...health.checks, result].slice(-kept);
  if (result.exitCode === 0) return { status: 'healthy', failingStreak: 0, checks };
  const isStarting = health.status === 'starting' && result.startedAt < startPeriodEnd(check, startedAt);
  const failingStreak = health.failingStreak + (isStarting ? 0 : 1);
  const isIll = failingStreak >= (check.retries || usual.retries);
  return { status: isIll ? 'unhealthy' : health.status, failingStreak, checks };
}

const startPeriodEnd = ({ startPeriodSeconds }: HealthCheck, startedAt: number): number =>
  startedAt + (startPeriodSeconds ?? usual.startPeriodSeconds) * 1000;
