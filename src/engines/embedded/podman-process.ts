/** One run of `podman system service`: how it is found, started and asked whether it answers. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from './configuration.ts';
import { findConmons } from './half-started.ts';
import type { OciRuntime } from './half-started.ts';
import type { Locations } from './locations.ts';
import { namespaceDirectory } from '../../network/links.ts';
import { createMountNamespace, inMountNamespaceOf } from '../../linux/mount-namespace.ts';
import type { NamespaceHolder } from '../../linux/mount-namespace.ts';
import { environmentOf, findProcesses, terminate } from './processes.ts';
import { findRemains, repair } from './repair.ts';
import { EngineError } from '../../core/errors.ts';

/** In the service's environment, so that no file can tell something else than what runs. */
const HASH_VARIABLE = 'LONGSHORE_CONFIGURATION';
const START_TIMEOUT_MS = 30_000;
const STOP_GRACE_MS = 5_000;
const PING_INTERVAL_MS = 10;
const PING_TIMEOUT_MS = 5_000;

export interface ProcessSettings {
  locations: Locations;
  configuration: Configuration;
  podman: string;
  runtime: OciRuntime;
  /** Mount points that Podman must not see. */
  unmount: readonly string[];
}

/** The service that runs already with this very configuration, or undefined; any other one is ended. */
export async function adoptPodman(settings: ProcessSettings): Promise<number | undefined> {
  const running = await findServices(settings.locations);
  const [only] = running;
  if (running.length === 1 && only !== undefined && (await isCurrent(only, settings))) return only;
  await Promise.all(running.map((pid) => terminate(pid, STOP_GRACE_MS)));
  return undefined;
}

export async function stopPodman(locations: Locations): Promise<void> {
  await Promise.all((await findServices(locations)).map((pid) => terminate(pid, STOP_GRACE_MS)));
}

/** Throws `EngineError` `EngineUnavailable` with Podman's own words when it does not come up. */
export async function startPodman(settings: ProcessSettings): Promise<number> {
  const { locations, configuration, podman } = settings;
  await rm(locations.socket, { force: true });
  const remains = await findRemains(locations);
  const holder = await enterableNamespace(settings);
  const log = await open(locations.serviceLog, 'w', 0o600);
  try {
    const [program = '', ...args] = inMountNamespaceOf(holder.pid, [podman, ...configuration.argv]);
    const child = spawn(program, args, {
      // A session of its own: it goes on when the terminal or the server goes.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...configuration.environment, [HASH_VARIABLE]: configuration.hash },
      cwd: '/',
    });
    await untilAnswering(child, locations);
    child.unref();
    const pid = child.pid as number;
    await repair(remains, pid, locations, settings.runtime).catch((error: unknown) => {
      child.kill();
      throw error;
    });
    return pid;
  } finally {
    await log.close();
    holder.release();
  }
}

export async function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request(
      { socketPath, path: '/_ping', agent: false, timeout: PING_TIMEOUT_MS },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

async function enterableNamespace(settings: ProcessSettings): Promise<NamespaceHolder> {
  const [conmon] = await findConmons(settings.locations);
  if (conmon !== undefined) return { pid: conmon.pid, release: () => {} };
  // Podman finds the networks of containers that have ended where they were, also when all of its processes had ended.
  return createMountNamespace({ unmount: settings.unmount, shared: [namespaceDirectory] });
}

async function untilAnswering(child: ChildProcess, locations: Locations): Promise<void> {
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `it ended with ${signal ?? `exit code ${code}`}`));
  for (const deadline = Date.now() + START_TIMEOUT_MS; ended === undefined; await delay(PING_INTERVAL_MS)) {
    if (await answers(locations.socket)) return;
    if (Date.now() < deadline) continue;
    child.kill('SIGKILL');
    ended = `it did not answer within ${START_TIMEOUT_MS / 1000} s`;
  }
  const words = await readFile(locations.serviceLog, 'utf8').catch(() => '');
  throw new EngineError(
    'EngineUnavailable',
    `podman did not start: ${ended}. ${words.trim().slice(-2000)} Run "longshore doctor" to see what is missing.`,
  );
}

async function findServices(locations: Locations): Promise<number[]> {
  const address = `unix://${locations.socket}`;
  const found = await findProcesses((argv) => argv.at(-1) === address && argv.includes('service'));
  return found.map(({ pid }) => pid);
}

async function isCurrent(pid: number, { configuration, locations }: ProcessSettings): Promise<boolean> {
  const environment = await environmentOf(pid);
  return environment.get(HASH_VARIABLE) === configuration.hash && (await answers(locations.socket));
}
