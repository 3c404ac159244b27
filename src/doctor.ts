/** What the server needs on this machine, checked: the engines' own requirements and the machine's. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from './config.ts';
import type { Runtime } from './core/ports/runtime.ts';
import type { Requirement } from './engines/factory.ts';
import { engineFactories } from './engines/index.ts';
import { taskNetworkSupport } from './network/task-networks.ts';
import { createRuntimes } from './runtimes/index.ts';
import { findSandboxParts } from './sandboxes/host.ts';
import { availabilityOf } from './sandboxes/opening.ts';
import { SandboxesUnavailable } from './sandboxes/unavailable.ts';

export type DoctorCheck = Requirement;

const LEAST_FREE_BYTES = 2 * 1024 ** 3;

export async function diagnose(config: Config): Promise<DoctorCheck[]> {
  const wanted = engineFactories.filter(({ name, automatic }) =>
    config.engine === 'auto' ? automatic : name === config.engine,
  );
  const engines = await Promise.all(
    wanted.map((factory) => factory.requirements({ dataDir: config.dataDir })),
  );
  const functions = await functionChecks(createRuntimes());
  return [
    nodeVersion(),
    ...needed(engines),
    await networkCheck(),
    await diskCheck(config.dataDir),
    ...functions,
  ];
}

/** Where one engine can serve, what the others lack is worth a word but stops nothing. */
function needed(engines: readonly Requirement[][]): Requirement[] {
  const serves = engines.some((requirements) => requirements.every(({ status }) => status === 'ok'));
  if (!serves) return engines.flat();
  return engines.flat().map((check) => (check.status === 'missing' ? { ...check, status: 'warn' } : check));
}

function nodeVersion(): DoctorCheck {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'node',
    status: ok ? 'ok' : 'missing',
    detail: `Node.js ${process.versions.node}`,
    fix: 'install Node.js 20.19 or later',
  };
}

async function networkCheck(): Promise<DoctorCheck> {
  const { supported, reason, fix } = await taskNetworkSupport();
  return {
    name: 'task network',
    status: supported ? 'ok' : 'warn',
    detail: supported
      ? 'network namespaces, bridge and nftables of our own'
      : `${reason ?? 'not possible here'}; the engine's own networks serve instead, and tasks start slower`,
    ...(fix !== undefined && { fix }),
  };
}

/** What functions need: nothing of it stops the server. No sandbox is made and no code of a function runs. */
export async function functionChecks(runtimes: readonly Runtime[]): Promise<DoctorCheck[]> {
  const languages = runtimes.map(async (runtime): Promise<DoctorCheck> => {
    const found = await availabilityOf(runtime);
    const name = `functions: ${runtime.name}`;
    if (found.available) return { name, status: 'ok', detail: found.version };
    return { name, status: 'warn', detail: found.reason, fix: found.fix };
  });
  return Promise.all([sandboxCheck(), ...languages]);
}

async function sandboxCheck(): Promise<DoctorCheck> {
  const name = 'functions: sandboxes';
  try {
    const { runtime, layout } = await findSandboxParts({ owner: '' });
    return { name, status: 'ok', detail: `${runtime}, cgroups ${layout.version}` };
  } catch (error) {
    if (!(error instanceof SandboxesUnavailable)) throw error;
    return { name, status: 'warn', detail: error.message, fix: error.fix };
  }
}

async function diskCheck(directory: string): Promise<DoctorCheck> {
  const { bavail, bsize } = await freeSpace(directory);
  const free = bavail * bsize;
  return {
    name: 'disk',
    status: free >= LEAST_FREE_BYTES ? 'ok' : 'warn',
    detail: `${(free / 1024 ** 3).toFixed(1)} GiB free for ${directory}`,
    fix: 'free some space, or put the data elsewhere with --data-dir',
  };
}

/** Of the nearest directory that exists. */
async function freeSpace(directory: string): Promise<{ bavail: number; bsize: number }> {
  try {
    return await statfs(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(directory) === directory) throw error;
    return freeSpace(dirname(directory));
  }
}
