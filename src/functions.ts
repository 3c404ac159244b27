/** Functions as a part of the server: sandboxes, sessions, the result cache, samples. */
import { readdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ComponentHealth, HealthCheck } from './api/ops/health.ts';
import { createMemoryCache } from './coordination/memory/memory-cache.ts';
import { openRedisCache } from './coordination/redis/redis-cache.ts';
import { Activity } from './core/functions/activity.ts';
import type { ExecutionObserver, FunctionsCore } from './core/functions/context.ts';
import { EventQueue } from './core/functions/event-queue.ts';
import { FunctionError } from './core/functions/function-error.ts';
import { LiveSandboxes } from './core/functions/live-sandboxes.ts';
import { ResultCache } from './core/functions/result-cache.ts';
import { installSamples, type Sample } from './core/functions/samples.ts';
import { SessionQueue } from './core/functions/session-queue.ts';
import { CheckCache } from './core/functions/validation.ts';
import type { Cache } from './core/ports/cache.ts';
import type { Clock } from './core/ports/clock.ts';
import type { RuntimeHealth, SandboxPool } from './core/ports/sandbox.ts';
import type { Sealer } from './core/ports/secrets.ts';
import type { Store } from './core/ports/store.ts';
import { createInstallers, type PackagePlaces } from './dependencies/installers.ts';
import { poolWithDependencies } from './dependencies/pool-with-dependencies.ts';
import { readFunctionDirectory } from './function-directory.ts';
import { createRuntimes } from './runtimes/index.ts';
import { programsOf } from './runtimes/programs.ts';
import { ARTIFACTS_INSIDE } from './sandboxes/compiler.ts';
import { openSandboxPool } from './sandboxes/pool.ts';
import { openArtifactStore } from './store/artifacts/artifact-store.ts';
import { artifactSecret } from './store/secrets/artifact-secret.ts';
import type { Log } from './telemetry/log.ts';
import type { FunctionsReading } from './telemetry/metrics/state-metrics.ts';

export interface FunctionsOptions extends PackagePlaces {
  store: Store;
  clock: Clock;
  sealer: Sealer;
  /** Six hexadecimal digits. */
  owner: string;
  /** Where what is made for functions is kept, in a directory of its own. */
  dataDir: string;
  /** Bounds what is made for functions and kept: installed dependencies, compiled code. */
  artifactBytes: number;
  /** Where the samples are put. */
  account: string;
  /** URL of the Redis that keeps results; empty: they are kept in memory. */
  redis: string;
  /** Whose results they are, in a Redis that others use too. */
  machineId: string;
  observer: ExecutionObserver;
  log: Log;
}

export interface Functions {
  core: FunctionsCore;
  /** For `/health`. */
  runtimes: Readonly<Record<string, HealthCheck>>;
  /** Throws why the Redis that is configured cannot be used; absent where there is none. */
  checkRedis?: () => Promise<void>;
  /** For metrics. */
  reading: () => FunctionsReading;
  /** After the store was emptied. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
const eventBounds = {
  atOnce: 4,
  ofAll: { most: 1_000, mostBytes: 32 * MIB },
  ofOwner: { most: 100, mostBytes: 4 * MIB },
};
const cacheBytes = 64 * 1024 * 1024;
/** In Redis. In memory it follows from the bytes of all. */
const cachedResultBytes = 1024 * 1024;
const waitingPerSession = 64;
/** What a sandbox may be taken to use, and the part of the machine's memory that sessions may hold. */
const sandboxBytes = 64 * 1024 * 1024;
const memoryShare = 0.5;
/** What `/health` waits for a first sandbox, below the patience of its checks. */
const probeMs = 1500;
const samplesDirectory = fileURLToPath(new URL('../samples/functions/', import.meta.url));

export async function openFunctions(options: FunctionsOptions): Promise<Functions> {
  const { store, clock, sealer, log, account } = options;
  const runtimes = createRuntimes();
  const onError = (error: unknown) => log.warn({ err: error }, 'a part of the functions failed; calls go on');
  const directory = join(options.dataDir, 'artifacts');
  const artifacts = await openArtifactStore({ directory, maxBytes: options.artifactBytes, onError });
  const sandboxPool = openSandboxPool({ owner: options.owner, runtimes, artifacts, log });
  const pool = poolWithDependencies(sandboxPool, {
    installers: createInstallers(options, runtimes),
    artifacts,
    inside: ARTIFACTS_INSIDE,
    secret: artifactSecret(options.dataDir),
  });
  const sandboxes = new LiveSandboxes({ pool, clock, most: mostSandboxes(), onError });
  const cache = await openCache(options);
  const core: FunctionsCore = {
    store,
    clock,
    sealer,
    pool,
    sourceFiles: Object.fromEntries(runtimes.map(({ name, sourceFile }) => [name, sourceFile])),
    checks: new CheckCache(),
    results: new ResultCache({ cache, clock }),
    sandboxes,
    queue: new SessionQueue({ clock, maxWaiting: waitingPerSession }),
    events: new EventQueue({ ...eventBounds, onError: (error) => tellFailure(log, error) }),
    activity: new Activity({ store, clock, onError }),
    observer: options.observer,
    programs: programsOf(runtimes),
  };
  const install = () => installSamples(core, { account, subject: 'system' }, readSamples());
  const close = async () => {
    core.events.close();
    await sandboxes.close();
    await pool.close();
    await artifacts.close();
    await core.activity.close();
    await cache.close();
  };
  try {
    await install();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    core,
    runtimes: healthOf(pool, Object.keys(core.sourceFiles)),
    async reset() {
      core.events.clear();
      await sandboxes.clear();
      await core.results.clear();
      await core.activity.clear();
      await install();
    },
    close,
    reading: () => ({
      sandboxes: pool.stats(),
      sessionsExecuting: core.queue.size,
      executionsWaiting: core.queue.waiting,
      cache: core.results.counts(),
    }),
    ...(options.redis !== '' && { checkRedis: () => cache.check() }),
  };
}

/** Of an event. What the function did wrong is told whole in its own log. */
function tellFailure(log: Log, error: unknown): void {
  if (error instanceof FunctionError) log.info({ code: error.code }, 'an event failed in its function');
  else log.warn({ err: error }, 'an event could not be executed');
}

function openCache({ redis, machineId, clock, log }: FunctionsOptions): Promise<Cache> | Cache {
  if (redis === '') return createMemoryCache({ maxBytes: cacheBytes, clock });
  return openRedisCache({ url: redis, namespace: machineId, maxTextBytes: cachedResultBytes, log });
}

/** At least eight, and no more than the pool hands out. */
function mostSandboxes(): number {
  return Math.min(512, Math.max(8, Math.floor((totalmem() * memoryShare) / sandboxBytes)));
}

function readSamples(): Sample[] {
  return readdirSync(samplesDirectory)
    .sort()
    .map((name) => {
      const { languageTitle, definition } = readFunctionDirectory(join(samplesDirectory, name));
      return { languageTitle, definition };
    });
}

/**
 * Asking shows whether a sandbox works: what nobody has used yet is tried. One that takes longer than an answer may
 * is told as it is by then.
 */
function healthOf(pool: SandboxPool, languages: readonly string[]): Record<string, HealthCheck> {
  const check = async (language: string) => {
    const waited = new AbortController();
    const patience = delay(probeMs, undefined, { signal: waited.signal, ref: false }).catch(() => {});
    await Promise.race([pool.proven(), patience]);
    waited.abort();
    return componentOf(pool.health()[language]);
  };
  return Object.fromEntries(languages.map((language) => [language, () => check(language)]));
}

function componentOf(health: RuntimeHealth | undefined): ComponentHealth {
  if (health?.status === 'ok') return { state: 'ok', details: { version: health.version } };
  if (health?.status === 'starting')
    return { state: 'starting', details: { reason: 'no sandbox has worked yet' } };
  const { reason = 'not part of this version', fix } = health ?? {};
  const state = health?.status === 'failing' ? 'down' : 'unavailable';
  return { state, details: { reason, ...(fix !== undefined && { fix }) } };
}
