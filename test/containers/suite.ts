/** The containers API as its clients see it, the same cases over every engine: one engine and one server for all. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { containersClient, type ContainersClient } from '../fixtures/containers.ts';
import { useWorkshop, type EngineKind, type Workshop } from '../fixtures/workshop.ts';
import { accessCases } from './cases/access.ts';
import { recreationCases } from './cases/recreation.ts';
import { besideCases } from './cases/beside.ts';
import { brokenPullCases } from './cases/broken-pulls.ts';
import { documentCases } from './cases/document.ts';
import { engineDownCases } from './cases/engine-down.ts';
import { exampleCases } from './cases/examples.ts';
import { logCases } from './cases/logs.ts';
import { readerCases } from './cases/readers.ts';
import { metricsCases } from './cases/metrics.ts';
import { refusedAccessCases } from './cases/refused-access.ts';
import { refusedBodyCases } from './cases/refused-bodies.ts';
import { refusedNameCases } from './cases/refused-names.ts';
import { refusedQueryCases } from './cases/refused-queries.ts';
import { registryCases } from './cases/registries.ts';
import { streamCases } from './cases/streams.ts';

export interface Suite {
  readonly kind: EngineKind;
  readonly workshop: { readonly it: Workshop };
  readonly client: ContainersClient;
  /** Its `open` is under `--host-path`. Empty until the workshop opens. */
  readonly directory: string;
  /** Removes every container but those of tasks. */
  readonly clear: () => Promise<void>;
}

/** In this order: each begins without containers, those at the end break things. */
const subjects: [name: string, cases: (suite: Suite) => void][] = [
  ['the document', documentCases],
  ['its examples', exampleCases],
  ['bad bodies', refusedBodyCases],
  ['bad queries', refusedQueryCases],
  ['bad names', refusedNameCases],
  ['what the machine keeps', refusedAccessCases],
  ['beside the document', besideCases],
  ['streams', streamCases],
  ['output', logCases],
  ['readers of output', readerCases],
  ['pulls that fail', brokenPullCases],
  ['metrics', metricsCases],
  ['registries', registryCases],
  ['making anew', recreationCases],
  ['access', accessCases],
  ['an engine that is down', engineDownCases],
];

export function containersSuite(kind: EngineKind): void {
  describe(`the containers API on ${kind}`, () => {
    let directory = '';
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'ls-suite-'));
      await mkdir(join(directory, 'open'));
    });
    // Hooks after all run last first: the workshop closes before its directory goes.
    afterAll(() => rm(directory, { recursive: true, force: true }));
    const workshop = useWorkshop(kind, () => ({
      flags: ['--host-path', join(directory, 'open')],
      mirror: true,
    }));
    const client = containersClient(() => workshop.it.server.url);
    const suite: Suite = {
      ...{ kind, workshop, client, clear: () => removeContainers(client) },
      get directory() {
        return directory;
      },
    };
    for (const [name, cases] of subjects) describe(name, () => cases(suite));
  });
}

async function removeContainers(client: ContainersClient): Promise<void> {
  interface Item {
    id: string;
    task: object | null;
  }
  const { items } = await client.data<{ items: Item[] }>('GET', '/containers');
  for (const { id, task } of items) {
    if (!task) await client.data('DELETE', `/containers/${id}?force=true&volumes=true`);
  }
}
