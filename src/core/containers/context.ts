/** What the use cases around single containers need. Built once by the composition root. */
import type { MachinePolicy } from '../context.ts';
import { EngineError } from '../errors.ts';
import type { ContainerHost } from '../ports/container-host.ts';
import type { EngineInfo } from '../ports/engine.ts';
import type { MachineMeter } from '../ports/machine-usage.ts';
import type { UsageHistories } from '../ports/usage-history.ts';
import type { Limiter } from '../limiter.ts';
import type { RegistriesCore } from '../registries/registries.ts';
import type { Clock } from '../ports/clock.ts';
import type { Jobs } from './jobs.ts';
import type { Recreations } from './recreation/recreations.ts';

export interface ContainersCore extends RegistriesCore {
  /** Absent where the engine has no containers of its own. */
  host: ContainerHost | undefined;
  engine: EngineInfo;
  machine: MachinePolicy;
  meter: MachineMeter;
  history: UsageHistories;
  jobs: Jobs;
  /** Bounds how many registries are asked for updates at a time. */
  checks: Limiter;
  /** Whether the engine speaks plain HTTP to the registry of this address. */
  isPlainRegistry: (address: string) => boolean;
  recreations: Recreations;
  clock: Clock;
  /** The server's own: whatever on the machine bears no account's name is this one's. */
  account: string;
  /** `--publish-address`: where ports are published that no address was given for. */
  publishAddress: string;
}

/** Throws `EngineError` UnsupportedByEngine, saying which engines have one. */
export function hostOf({ host, engine }: Pick<ContainersCore, 'host' | 'engine'>): ContainerHost {
  if (host) return host;
  throw new EngineError(
    'UnsupportedByEngine',
    `The engine '${engine.name}' has no containers, images, volumes and networks to work on one by one. ` +
      'Start the server with --engine docker or --engine embedded.',
  );
}
