/** Registry entry of the simulated engine: always able to serve, and only taken when asked for by name. */
import type { EngineFactory } from '../factory.ts';
import { SimulatedEngine } from './simulated-engine.ts';

export const simulatedEngineFactory: EngineFactory = {
  name: 'simulated',
  automatic: false,
  open: async ({ clock, publishAddress }) => new SimulatedEngine({ clock, publishAddress }),
  requirements: async () => [
    { name: 'simulated', status: 'ok', detail: 'needs nothing; runs no containers' },
  ],
};
