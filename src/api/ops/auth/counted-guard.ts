import { AppError } from '../../../core/errors.ts';
import type { AccessMetrics } from '../../../telemetry/metrics/access-metrics.ts';
import type { LoginGuard } from './options.ts';

/** The same guard, with bad logins and those it refused counted. */
export function countedGuard(guard: LoginGuard, metrics: AccessMetrics): LoginGuard {
  return {
    check: async (user, ip) => {
      try {
        await guard.check(user, ip);
      } catch (error) {
        if (error instanceof AppError && error.code === 'Throttled') metrics.limitHit('logins');
        throw error;
      }
    },
    failed: (user, ip) => {
      metrics.authenticationFailed('login');
      return guard.failed(user, ip);
    },
    succeeded: (user, ip) => guard.succeeded(user, ip),
  };
}
