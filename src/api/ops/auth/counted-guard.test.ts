import { expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { Metrics } from '../../../telemetry/metrics/metrics.ts';
import { createLockout } from '../../lockout.ts';
import { countedGuard } from './counted-guard.ts';

test('bad logins are counted, and those refused after too many of them', async () => {
  const metrics = new Metrics('1');
  const guard = countedGuard(createLockout(), metrics.access);
  let refused: unknown;
  for (let attempt = 0; attempt < 20 && refused === undefined; attempt++) {
    refused = await guard.check('ann', '10.0.0.1').then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refused === undefined) await guard.failed('ann', '10.0.0.1');
  }
  expect(refused).toBeInstanceOf(AppError);
  const text = await metrics.text();
  expect(text).toContain('longshore_authentication_failures_total{kind="login"} 5');
  expect(text).toContain('longshore_limits_hit_total{limit="logins"} 1');
});
