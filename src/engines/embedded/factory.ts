import { join } from 'node:path';
import type { EngineFactory } from '../factory.ts';
import { createEmbeddedEngine } from './engine.ts';
import { embeddedRequirements } from './requirements.ts';

/** Registry entry of the embedded engine: taken where no other engine answers. */
export const embeddedEngineFactory: EngineFactory = {
  name: 'embedded',
  automatic: true,
  open: (context) => createEmbeddedEngine(context),
  requirements: ({ dataDir }) => embeddedRequirements(join(dataDir, 'embedded')),
};
