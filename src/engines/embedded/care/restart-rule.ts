/** When a container that ended is started again, as Docker has it (moby, daemon/internal/restartmanager). */
import type { RestartPolicy } from '../../../core/ports/host-container-spec.ts';

const firstDelayMs = 100;
const lastDelayMs = 60_000;
/** Whoever ran so long is not failing over and over. */
const settledMs = 10_000;

export interface RestartHistory {
  /** Since somebody started it. */
  restarts: number;
  /** Before the last of them; 0: none yet. */
  delayMs: number;
  stoppedByHand: boolean;
}

export interface End {
  /** Absent: nobody knows, as after a loss of power. */
  exitCode?: number;
  ranMs: number;
}

/** How long to wait until it is started again, or undefined. */
export function restartDelay(
  policy: RestartPolicy,
  history: RestartHistory,
  { exitCode, ranMs }: End,
): number | undefined {
  if (history.stoppedByHand || !wants(policy, history.restarts, exitCode)) return undefined;
  return nextDelay(ranMs >= settledMs ? 0 : history.delayMs);
}

export const nextDelay = (delayMs: number): number =>
  delayMs === 0 ? firstDelayMs : Math.min(delayMs * 2, lastDelayMs);

function wants({ name, maximumRetries }: RestartPolicy, restarts: number, exitCode: number | undefined) {
  if (name !== 'on-failure') return name !== 'no';
  return exitCode !== 0 && (maximumRetries === undefined || restarts < maximumRetries);
}
