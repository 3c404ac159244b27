/** The containers face as it is configured: what its use cases need, opened and closed together. */
import { openMachineMeter } from './machine-meter.ts';
import type { Config } from './config.ts';
import type { ContainersCore } from './core/containers/context.ts';
import { Jobs } from './core/containers/jobs.ts';
import type { Core } from './core/context.ts';
import type { Engine } from './core/ports/engine.ts';

export interface Containers {
  core: ContainersCore;
  close(): Promise<void>;
}

export async function openContainers(
  config: Config,
  { clock, engine: info, machine }: Pick<Core, 'clock' | 'engine' | 'machine'>,
  engine: Pick<Engine, 'host'>,
): Promise<Containers> {
  const meter = await openMachineMeter(config.dataDir);
  const jobs = new Jobs(clock);
  return {
    core: {
      ...{ host: engine.host, engine: info, machine, meter, jobs, clock },
      ...{ account: config.accountId, publishAddress: config.publishAddress },
    },
    close: async () => {
      await jobs.close();
      await meter.close();
    },
  };
}
