import { randomBytes } from 'node:crypto';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDockerd, type TestEngine } from '../../../test/fixtures/dockerd.ts';
import { pushImage } from '../../../test/fixtures/image.ts';
import { startPodman } from '../../../test/fixtures/podman.ts';
import { run } from '../../../test/fixtures/processes.ts';
import { startRegistry } from '../../../test/fixtures/registry.ts';
import { openTaskNetworks } from '../../network/task-networks.ts';
import { engineConformance, type ConformanceSetup } from '../conformance.ts';
import { removeImage } from '../conformance/remove-image.ts';
import { connectDocker } from './client/docker-client.ts';
import { createDockerEngine } from './create-engine.ts';
import { holderLabel } from './labels.ts';

const quiet = { info: () => undefined, warn: () => undefined };

engineConformance('docker with task networks of ours', () => prepare('docker', true));
engineConformance('docker with its own networks', () => prepare('docker', false));
engineConformance('podman by its Docker API', () => prepare('podman', true));

async function prepare(product: 'docker' | 'podman', own: boolean): Promise<ConformanceSetup> {
  const owner = randomBytes(3).toString('hex');
  const registry = await startRegistry();
  const hostDirectory = await mkdtemp(join(tmpdir(), 'longshore-bind-'));
  let daemon: TestEngine | undefined;
  const opened: Awaited<ReturnType<typeof openTaskNetworks>>[] = [];
  const close = async () => {
    await Promise.all(opened.splice(0).map((networks) => networks.close({ keep: false })));
    await daemon?.stop();
    await registry.stop();
    await rm(hostDirectory, { recursive: true, force: true });
  };
  try {
    const insecureRegistries = [registry.host];
    daemon = product === 'docker' ? await startDockerd() : await startPodman({ insecureRegistries });
    const { address } = daemon;
    return {
      registry: registry.host,
      hostDirectory,
      pushImage: async (name, options) => (await pushImage(registry, name, options)).reference,
      removeImage: (reference) => removeImage(address, reference),
      open: async () => {
        await Promise.all(opened.splice(0).map((before) => before.close({ keep: true })));
        const networks = own
          ? await openTaskNetworks({ owner, publishAddress: '127.0.0.1', poolSize: 2 })
          : undefined;
        if (networks) opened.push(networks);
        return createDockerEngine({
          ...{ address, owner, networks, publishAddress: '127.0.0.1', warmHolders: 2, log: quiet },
          credentialsDirectory: hostDirectory,
        });
      },
      // Podman itself reports it on cgroup v2 only; the embedded engine reads the kernel's counter.
      tellsMemoryKills: product === 'docker' || !(await isCgroupV1()),
      leftovers: () => leftovers(address),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const isCgroupV1 = () =>
  access('/sys/fs/cgroup/memory').then(
    () => true,
    () => false,
  );

/** Containers and volumes the engine has, without the holders that wait; how many processes it keeps. */
async function leftovers(address: string): Promise<string[]> {
  const client = await connectDocker(address);
  try {
    const containers = await client.listContainers({});
    const busy = containers.filter(({ Labels }) => Labels?.[holderLabel] === undefined);
    const holders = containers.length - busy.length;
    const rules = (await run('nft', ['list', 'ruleset']).catch(() => '')).match(/\bdnat\b.*:/g) ?? [];
    return [
      ...busy.map(({ Names }) => Names.join()),
      ...(await client.listVolumes({})),
      ...(holders > 2 ? [`${holders} holders`] : []),
      ...rules,
    ];
  } finally {
    client.close();
  }
}
