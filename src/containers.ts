/** The containers face as it is configured: what its use cases need, opened and closed together. */
import { join } from 'node:path';
import { UsageSampler } from './control/usage-sampler.ts';
import { openMachineMeter } from './machine-meter.ts';
import type { Config } from './config.ts';
import type { ContainersCore } from './core/containers/context.ts';
import { Jobs } from './core/containers/jobs.ts';
import type { Core } from './core/context.ts';
import type { Engine } from './core/ports/engine.ts';
import { openUsageHistories } from './store/usage/usage-histories.ts';
import type { Log } from './telemetry/log.ts';

export interface Containers {
  core: ContainersCore;
  close(): Promise<void>;
}

/** Begins to write down what is used. */
export async function openContainers(
  config: Config,
  { clock, engine: info, machine }: Pick<Core, 'clock' | 'engine' | 'machine'>,
  { engine, log }: { engine: Pick<Engine, 'host'>; log: Log },
): Promise<Containers> {
  const history = await openUsageHistories(join(config.dataDir, 'usage'), info.name);
  const meter = await openMachineMeter(config.dataDir);
  const jobs = new Jobs(clock);
  const sampler = new UsageSampler({
    ...{ containers: engine.host?.containers, meter, history, clock },
    warn: (err, message) => log.warn({ err }, message),
  });
  sampler.start();
  return {
    core: {
      ...{ host: engine.host, engine: info, machine, meter, history, jobs, clock },
      ...{ account: config.accountId, publishAddress: config.publishAddress },
    },
    close: async () => {
      await sampler.close();
      await jobs.close();
      await meter.close();
    },
  };
}
