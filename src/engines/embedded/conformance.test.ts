import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pushImage } from '../../../test/fixtures/image.ts';
import { run } from '../../../test/fixtures/processes.ts';
import { startRegistry } from '../../../test/fixtures/registry.ts';
import { engineConformance } from '../conformance.ts';
import type { ConformanceSetup } from '../conformance.ts';
import { removeImage } from '../conformance/remove-image.ts';
import { createEmbeddedEngine } from './engine.ts';
import { findProcesses } from './processes.ts';

engineConformance('embedded', prepare);

async function prepare(): Promise<ConformanceSetup> {
  const owner = randomBytes(3).toString('hex');
  const directory = await mkdtemp(join(tmpdir(), 'ls-'));
  const runDirectory = join(directory, 'run');
  const registry = await startRegistry();
  const silent = () => undefined;
  return {
    registry: registry.host,
    hostDirectory: directory,
    pushImage: async (name, options) => (await pushImage(registry, name, options)).reference,
    removeImage: (reference) => removeImage(`unix://${join(runDirectory, 'podman.sock')}`, reference),
    open: () =>
      createEmbeddedEngine({
        owner,
        dataDir: directory,
        runDirectory,
        publishAddress: '127.0.0.1',
        insecureRegistries: [registry.host],
        registryMirrors: [],
        credentialsDirectory: directory,
        poolSize: 2,
        log: { debug: silent, info: silent, warn: silent },
      }),
    leftovers: () => leftovers(owner, directory),
    close: async () => {
      await registry.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Processes and cgroups of containers, and what Podman keeps of them on disk. */
async function leftovers(owner: string, directory: string): Promise<string[]> {
  const conmons = await findProcesses(([program, ...args]) => {
    return program?.endsWith('conmon') === true && args.some((arg) => arg.includes(directory));
  });
  const cgroups = await run('find', [
    '/sys/fs/cgroup',
    '-ignore_readdir_race',
    '-path',
    `*longshore-${owner}/libpod-*`,
    '-type',
    'd',
  ]);
  const kept = await Promise.all(
    ['storage/overlay-containers', 'storage/volumes'].map((name) =>
      readdir(join(directory, 'embedded', name), { withFileTypes: true }).catch(() => []),
    ),
  );
  const names = kept.flat().flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  return [...conmons.map(({ argv }) => argv.join(' ')), ...cgroups.split('\n').filter(Boolean), ...names];
}
