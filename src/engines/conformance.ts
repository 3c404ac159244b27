/** What every engine that runs containers must do, tried with real ones. */
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { containerCases, portCases } from './conformance/containers.ts';
import { hostCases } from './conformance/host.ts';
import { failureCases, imageCases } from './conformance/images.ts';
import { endCases, lifeCases } from './conformance/life.ts';
import { logCases, runningCases } from './conformance/running.ts';
import { Trial, type ConformanceSetup } from './conformance/trial.ts';

export type { ConformanceImage, ConformanceSetup } from './conformance/trial.ts';

export function engineConformance(name: string, prepare: () => Promise<ConformanceSetup>): void {
  describe(`${name}: engine conformance`, { timeout: 60_000 }, () => {
    let opened: Trial | undefined;
    let setup: ConformanceSetup | undefined;
    // Cases are declared before the engine is there.
    const trial = new Proxy({} as Trial, {
      get: (_, member) => {
        const value: unknown = Reflect.get(opened!, member, opened);
        return typeof value === 'function' ? (value.bind(opened) as unknown) : value;
      },
    });

    beforeAll(async () => {
      setup = await prepare();
      opened = await Trial.open(setup);
    }, 120_000);
    afterEach(() => opened?.clear());
    afterAll(async () => {
      await (opened ?? setup)?.close();
    }, 120_000);

    for (const cases of [
      lifeCases,
      endCases,
      imageCases,
      failureCases,
      containerCases,
      portCases,
      logCases,
      runningCases,
      hostCases,
    ]) {
      cases(trial);
    }
  });
}
