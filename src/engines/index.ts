/** The registry of engines. To add one: a folder, a line here, `engineConformance(…)` in its tests. */
import { EngineError } from '../core/errors.ts';
import type { Engine } from '../core/ports/engine.ts';
import type { EngineContext, EngineFactory } from './factory.ts';
import { dockerEngineFactory } from './docker/factory.ts';
import { embeddedEngineFactory } from './embedded/factory.ts';
import { simulatedEngineFactory } from './simulated/factory.ts';

export const engineFactories: readonly EngineFactory[] = [
  dockerEngineFactory,
  embeddedEngineFactory,
  simulatedEngineFactory,
];

export interface EngineChoice {
  engine: Engine;
  /** Those that `auto` passed over, and why. */
  tried: { name: string; reason: string }[];
}

/** Opens the engine asked for, or for `auto` the first that can serve. Throws EngineUnavailable with every reason. */
export async function openEngine(name: string, context: EngineContext): Promise<EngineChoice> {
  const wanted = engineFactories.filter((factory) =>
    name === 'auto' ? factory.automatic : factory.name === name,
  );
  const tried: EngineChoice['tried'] = [];
  for (const factory of wanted) {
    try {
      return { engine: await factory.open(context), tried };
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'EngineUnavailable') throw error;
      tried.push({ name: factory.name, reason: error.message });
    }
  }
  const reasons = tried.map(({ name: failed, reason }) => `${failed}: ${reason}`).join('; ');
  throw new EngineError(
    'EngineUnavailable',
    `no engine can run containers here (${reasons}); see 'longshore doctor'`,
  );
}
