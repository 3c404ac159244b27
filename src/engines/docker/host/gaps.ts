/** What an engine behind the Docker API does not do, though the API takes it: said, as it would be ignored. */
import { EngineError } from '../../../core/errors.ts';
import type { HostContainerSpec } from '../../../core/ports/host-container-spec.ts';

/** The reason for each that there is not. */
export interface HostGaps {
  restartPolicies?: string;
  autoRemove?: string;
  healthChecks?: string;
}

/**
 * Throws UnsupportedByEngine. A health check may be the image's own, which nobody asked for: it is left out with a
 * warning, of which all are answered.
 */
export function gapsOf(spec: HostContainerSpec, gaps: HostGaps): string[] {
  const { restartPolicy, autoRemove, healthCheck } = spec;
  if (restartPolicy && restartPolicy.name !== 'no') refuse(gaps.restartPolicies);
  if (autoRemove) refuse(gaps.autoRemove);
  const checked = healthCheck && healthCheck.test[0] !== 'NONE';
  return checked && gaps.healthChecks !== undefined ? [gaps.healthChecks] : [];
}

function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw new EngineError('UnsupportedByEngine', reason);
}
