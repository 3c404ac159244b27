/** The containers face as it is configured: what its use cases need, opened and closed together. */
import { join } from 'node:path';
import { UsageSampler } from './control/usage-sampler.ts';
import { openMachineMeter } from './machine-meter.ts';
import type { Config } from './config.ts';
import type { ContainersCore } from './core/containers/context.ts';
import { Jobs } from './core/containers/jobs.ts';
import { Recreations } from './core/containers/recreation/recreations.ts';
import type { Core } from './core/context.ts';
import { Limiter } from './core/limiter.ts';
import type { Engine } from './core/ports/engine.ts';
import { recreationLog } from './recreation-log.ts';
import { openUsageHistories } from './store/usage/usage-histories.ts';
import type { Log } from './telemetry/log.ts';
import type { RegistriesCore } from './core/registries/registries.ts';
import { plainRegistries } from './engines/docker/images/plain-registries.ts';

export interface Containers {
  core: ContainersCore;
  close(): Promise<void>;
}

/** Questions to registries for newer images, of all callers together. */
const checksAtOnce = 6;

interface Parts extends Pick<RegistriesCore, 'store' | 'sealer'> {
  engine: Pick<Engine, 'host'>;
  /** Its own name among servers on the same engine. */
  server: string;
  log: Log;
}

/** Begins to write down what is used. */
export async function openContainers(
  config: Config,
  { clock, engine: info, machine }: Pick<Core, 'clock' | 'engine' | 'machine'>,
  { engine, server, log, store, sealer }: Parts,
): Promise<Containers> {
  const history = await openUsageHistories(join(config.dataDir, 'usage'), info.name);
  const meter = await openMachineMeter(config.dataDir);
  const jobs = new Jobs(clock, ({ id, kind, error }) =>
    log.error({ err: error, requestId: id, kind }, 'a job failed'),
  );
  const recreations = new Recreations({ host: engine.host, server, clock, observer: recreationLog(log) });
  await recreations.recover();
  const sampler = new UsageSampler({
    ...{ containers: engine.host?.containers, meter, history, clock },
    warn: (err, message) => log.warn({ err }, message),
  });
  sampler.start();
  return {
    core: {
      ...{
        host: engine.host,
        engine: info,
        machine,
        meter,
        history,
        jobs,
        recreations,
        clock,
        store,
        sealer,
      },
      checks: new Limiter(checksAtOnce),
      isPlainRegistry: plainRegistries(config.insecureRegistry),
      ...{ account: config.accountId, publishAddress: config.publishAddress },
    },
    close: async () => {
      await sampler.close();
      await jobs.close();
      await recreations.close();
      await meter.close();
    },
  };
}
