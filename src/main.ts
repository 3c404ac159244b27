/**
 * The composition root: configuration, store, engine, core, loops, faces. The only file that knows every adapter.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RouteEntry } from './api/access.ts';
import { handlers } from './api/ecs/operations/table.ts';
import { tokenIssuer } from './api/auth/token-issuer.ts';
import { listenForMetrics } from './api/ops/metrics-listener.ts';
import { localSocket, type LocalSocket } from './api/local-socket.ts';
import { createLockout } from './api/lockout.ts';
import { createServer, type Server } from './api/server.ts';
import { signingSecret } from './auth-methods.ts';
import { listenAddress, type Config } from './config.ts';
import { ControlPlane } from './control/control-plane.ts';
import type { Core } from './core/context.ts';
import type { CredentialCore } from './core/credential-check.ts';
import type { AuditEntry, AuditLog, AuditQuery, FoundEntry } from './core/ports/audit.ts';
import type { EngineInfo } from './core/ports/engine.ts';
import type { LogStore } from './core/ports/logs.ts';
import type { Store } from './core/ports/store.ts';
import { requireAccount } from './core/principal.ts';
import { readTaskLogs } from './core/task-logs.ts';
import { configuredDoor, configuredReach } from './door.ts';
import { openDataDirectory, type DataDirectory } from './data-directory.ts';
import { engineForTasks, rememberEngine } from './engine-memory.ts';
import { engineSockets } from './engines/docker/discovery.ts';
import { openEngine, type EngineChoice } from './engines/index.ts';
import { measuredEngine, type MeasuredEngine } from './engines/measured-engine.ts';
import { firstAdminKey } from './first-key.ts';
import { namingFullDisk } from './full-disk.ts';
import { openFunctions, type Functions, type FunctionsOptions } from './functions.ts';
import { healthChecks } from './health.ts';
import { checkHostPaths, machinePolicy } from './host-paths.ts';
import { withSystemDirectories } from './linux/programs.ts';
import { stateReadings } from './state-readings.ts';
import { openAuditLog } from './store/audit/audit-log.ts';
import { readAudit } from './store/audit/read-audit.ts';
import { openLogStore } from './store/logs/log-store.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import { openSealer } from './store/secrets/sealer.ts';
import { systemClock } from './telemetry/clock.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics/metrics.ts';
import { readTls } from './tls.ts';

export { diagnose, type DoctorCheck } from './doctor.ts';
export { readFunctionDirectory } from './function-directory.ts';
export { findLeaks, type LeakCheck } from './leaks.ts';

export interface RunningServer {
  /** In the order of `--listen`. */
  urls: string[];
  engine: EngineInfo;
  engineChoice: Pick<EngineChoice, 'tried'>;
  dataDir: string;
  /** Of `--metrics-listen`. */
  metricsUrl: string | undefined;
  /** Made at this start, because everybody is asked for a credential and there was none. To be shown once. */
  firstKey: string | undefined;
  /** Every route that is served, with who may call it. */
  routes: readonly RouteEntry[];
  /** Finishes what is under way and lets go of everything. Containers go on running. */
  close(): Promise<void>;
}

export type AuditResult = AuditEntry['result'];

/** Who did what, newest first, from the files of a data directory, with or without a server that runs on it. */
export function readAuditOf(dataDir: string, query: AuditQuery): AsyncGenerator<FoundEntry> {
  return readAudit(join(dataDir, 'audit'), query);
}

const LOG_BYTES_KEPT = 64 * 1024 * 1024;
const CONCURRENT_TASKS = 8;

/** Throws with a message for people where it cannot serve: no engine, directory in use, address taken, disk full. */
export async function startServer(config: Config): Promise<RunningServer> {
  process.env.PATH = withSystemDirectories(process.env.PATH);
  try {
    return await open(config);
  } catch (error) {
    throw await namingFullDisk(error, config.dataDir);
  }
}

async function open(config: Config): Promise<RunningServer> {
  const log = createLog(config.logLevel);
  const directory = openDataDirectory(config.dataDir);
  const opened: { close(): Promise<unknown> }[] = [];
  const keep = <T extends { close(): Promise<unknown> }>(part: T): T => {
    opened.unshift(part);
    return part;
  };
  const close = async () => {
    const failures: unknown[] = [];
    for (const part of opened.splice(0)) await part.close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    await checkHostPaths(config.hostPath);
    const store = keep(await openSqliteStore({ directory: config.dataDir }));
    const logs = await openLogStore({
      directory: join(config.dataDir, 'logs'),
      maxBytesPerContainer: LOG_BYTES_KEPT,
    });
    const audit = keep(openAuditLog({ directory: join(config.dataDir, 'audit'), log }));
    const name = await engineForTasks(config.dataDir, config.engine, store);
    const choice = await openEngine(name, {
      clock: systemClock,
      owner: directory.owner,
      dataDir: config.dataDir,
      publishAddress: config.publishAddress,
      insecureRegistries: config.insecureRegistry,
      registryMirrors: config.registryMirror,
      log,
    });
    const metrics = new Metrics(version());
    const engine = measuredEngine(keep(choice.engine), metrics.engine);
    const parts = { store, engine, logs, audit, log, metrics };
    rememberEngine(config.dataDir, choice.engine.info().name);
    const { core, control } = controlPlane(config, directory, parts);
    keep(control);
    await control.start();
    const metricsListener =
      config.metricsListen === ''
        ? undefined
        : keep(await listenForMetrics(listenAddress(config.metricsListen), metrics, log));
    const local = localSocket(config.dataDir);
    const credentials = { store, clock: systemClock, sealer: openSealer(config.dataDir) };
    const functions = keep(
      await openConfiguredFunctions(config, directory, {
        ...credentials,
        observer: metrics.functions,
        log,
      }),
    );
    const server = keep(faces(config, core, control, { ...parts, local, credentials, functions }));
    const webSocketConnections = () => server.webSockets();
    metrics.observe(
      stateReadings({ store, control, engine, webSocketConnections, functions: functions.reading }),
    );
    const urls = await server.listen(config.listen.map(listenAddress));
    keep(local);
    await local.listen(server.app);
    return {
      urls,
      engine: core.engine,
      engineChoice: choice,
      dataDir: config.dataDir,
      metricsUrl: metricsListener?.url,
      firstKey: await firstAdminKey(config, credentials, audit),
      routes: server.routes,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function openConfiguredFunctions(
  config: Config,
  { owner, machineId }: DataDirectory,
  parts: Pick<FunctionsOptions, 'store' | 'clock' | 'sealer' | 'observer' | 'log'>,
): Promise<Functions> {
  return openFunctions({
    ...parts,
    ...{ owner, machineId, dataDir: config.dataDir, account: config.accountId, redis: config.redis },
    artifactBytes: Number(config.artifactSpace) * 1024 * 1024,
    npmRegistry: config.npmRegistry,
    pipIndex: config.pipIndex,
  });
}

/** Core and the loops over it, which core wakes. */
function controlPlane(
  config: Config,
  directory: DataDirectory,
  parts: { store: Store; engine: MeasuredEngine; logs: LogStore; log: Log },
): { core: Core; control: ControlPlane } {
  const core: Core = {
    store: parts.store,
    clock: systemClock,
    engine: parts.engine.info(),
    localHostId: directory.machineId,
    machine: machinePolicy({
      allowed: config.hostPath,
      hostNetwork: config.hostNetwork,
      own: [directory.path],
      engineSockets: engineSockets(process.env),
    }),
    wakeTask: (taskArn) => control.wake(taskArn),
  };
  const control = new ControlPlane({ core, ...parts, concurrency: CONCURRENT_TASKS });
  return { core, control };
}

function faces(
  config: Config,
  core: Core,
  control: ControlPlane,
  {
    engine,
    logs: archive,
    audit,
    log,
    metrics,
    local,
    credentials,
    functions,
  }: {
    engine: MeasuredEngine;
    logs: LogStore;
    audit: AuditLog;
    log: Log;
    metrics: Metrics;
    local: LocalSocket;
    credentials: CredentialCore;
    functions: Functions;
  },
): Server {
  const issuer = tokenIssuer(signingSecret(config), systemClock);
  return createServer({
    ecs: { core, handlers, region: config.region },
    door: configuredDoor(config, credentials, local),
    auth: {
      core: credentials,
      issueToken: (claims) => issuer.issue(claims),
      guard: createLockout(),
    },
    tls: readTls(config),
    reach: configuredReach(config),
    version: version(),
    log,
    health: healthChecks({
      ...core,
      engine,
      engineProblem: () => control.problem,
      auditProblem: () => audit.problem,
      oldestWaitMs: () => control.statistics().oldestWaitMs,
      runtimes: functions.runtimes,
      checkRedis: functions.checkRedis,
    }),
    metrics: { metrics, account: config.accountId, freeOnLoopback: config.metricsListen === '' },
    logs: (caller, task, container, query) =>
      readTaskLogs(core, caller, { engine, archive }, task, container, query),
    functions: functions.core,
    audit: { log: audit, clock: systemClock },
    live: { core, engine, region: config.region },
    ...(config.reset && {
      async reset(caller) {
        requireAccount(caller, config.accountId);
        await control.reset();
        await functions.reset();
      },
    }),
  });
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
