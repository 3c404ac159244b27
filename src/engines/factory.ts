/** What an engine gives the registry, and what it is given to open with. */
import type { Clock } from '../core/ports/clock.ts';
import type { Engine } from '../core/ports/engine.ts';

export interface EngineContext {
  clock: Clock;
  /** Marks what this server makes. */
  owner: string;
  dataDir: string;
  publishAddress: string;
  insecureRegistries: readonly string[];
  registryMirrors: readonly string[];
  log: EngineLog;
}

export interface EngineLog {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface Requirement {
  name: string;
  status: 'ok' | 'warn' | 'missing';
  detail: string;
  fix?: string;
}

export interface EngineFactory {
  name: 'docker' | 'embedded' | 'simulated';
  /** Taken by `--engine auto`, in the order of the list. */
  automatic: boolean;
  /** Throws EngineUnavailable with the reason and the fix when it cannot serve here. */
  open(context: EngineContext): Promise<Engine>;
  /** What the doctor checks. */
  requirements(context: Pick<EngineContext, 'dataDir'>): Promise<Requirement[]>;
}
