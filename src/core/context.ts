/** What every use case needs. Built once by the composition root. */
import type { Clock } from './ports/clock.ts';
import type { EngineInfo } from './ports/engine.ts';
import type { Store } from './ports/store.ts';

export interface Core {
  store: Store;
  clock: Clock;
  engine: EngineInfo;
  /** Ledger key of the machine that tasks really run on. */
  localHostId: string;
  machine: MachinePolicy;
  /** Tells the task loop that a task's record changed. */
  wakeTask(taskArn: string): void;
}

/** What of the machine the operator opened to containers. */
export interface MachinePolicy {
  /**
   * Whether this directory may be mounted, links resolved (`--host-path`): undefined when allowed, else the reason in
   * words for the user.
   */
  refusal(path: string): Promise<string | undefined>;
  /** The whole machine was opened (`--host-path /`). */
  readonly everything: boolean;
  /** `--host-network`. */
  readonly hostNetwork: boolean;
}

/** Epoch seconds with milliseconds, as the ECS API sends times. */
export function epochSeconds(milliseconds: number): number {
  return milliseconds / 1000;
}
