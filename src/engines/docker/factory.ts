/** Registry entry of the docker engine: a Docker or Podman socket that answers. */
import type { Engine } from '../../core/ports/engine.ts';
import { openTaskNetworks, type TaskNetworks } from '../../network/task-networks.ts';
import type { EngineContext, EngineFactory, Requirement } from '../factory.ts';
import { createDockerEngine } from './create-engine.ts';
import { findDocker } from './discovery.ts';
import { exposureOf } from './exposure.ts';

const WARM_NETWORKS = 8;

export const dockerEngineFactory: EngineFactory = {
  name: 'docker',
  automatic: true,
  open: openDocker,
  requirements: () => requirements(),
};

async function openDocker(context: EngineContext): Promise<Engine> {
  const { owner, publishAddress, log } = context;
  const { address, networksReason } = await findDocker();
  const exposure = await exposureOf(address);
  if (exposure !== undefined) log.warn({ address }, exposure);
  const options = {
    address,
    owner,
    publishAddress,
    registryMirrors: context.registryMirrors,
    insecureRegistries: context.insecureRegistries,
    log,
  };
  if (networksReason !== undefined) return createDockerEngine({ ...options, networksReason });
  const networks = await openTaskNetworks({ owner, publishAddress, poolSize: WARM_NETWORKS, log });
  try {
    return closingNetworks(await createDockerEngine({ ...options, networks }), networks);
  } catch (error) {
    await networks.close({ keep: true });
    throw error;
  }
}

/** Networks stay for the tasks that stay; with the last one gone, nothing of ours is left on the machine. */
function closingNetworks(engine: Engine, networks: TaskNetworks): Engine {
  const closeEngine = engine.close.bind(engine);
  engine.close = async () => {
    const keep = await engine.list().then(
      (tasks) => tasks.length > 0,
      () => true,
    );
    await closeEngine();
    await networks.close({ keep });
  };
  return engine;
}

async function requirements(): Promise<Requirement[]> {
  try {
    const { address, networksReason } = await findDocker();
    const networks =
      networksReason === undefined ? '' : `; tasks use its own networks, since ${networksReason}`;
    const exposure = await exposureOf(address);
    return [
      { name: 'docker', status: 'ok', detail: `answers at ${address}${networks}` },
      ...(exposure === undefined
        ? []
        : [{ name: 'docker socket', status: 'warn' as const, detail: exposure }]),
    ];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const fix = 'start Docker or Podman, or set DOCKER_HOST; without one the embedded engine serves';
    return [{ name: 'docker', status: 'warn', detail, fix }];
  }
}
