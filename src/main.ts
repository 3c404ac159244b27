/**
 * The composition root: configuration, store, engine, core, loops, faces. The only file that knows every adapter.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { handlers } from './api/ecs/operations/table.ts';
import { createServer, type Server } from './api/server.ts';
import { listenAddress, type Config } from './config.ts';
import { Expiry } from './control/expiry.ts';
import { TaskLoop } from './control/task-loop.ts';
import type { Core } from './core/context.ts';
import { refreshLocalMachine } from './core/local-instance.ts';
import type { Engine, EngineInfo } from './core/ports/engine.ts';
import type { LogStore } from './core/ports/logs.ts';
import type { Store } from './core/ports/store.ts';
import { readTaskLogs } from './core/task-logs.ts';
import { openDataDirectory, type DataDirectory } from './data-directory.ts';
import { openEngine, type EngineChoice } from './engines/index.ts';
import { checkHostPaths, hostPathPolicy } from './host-paths.ts';
import { openLogStore } from './store/logs/log-store.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import { systemClock } from './telemetry/clock.ts';
import { createLog, type Log } from './telemetry/log.ts';

export { diagnose, type DoctorCheck } from './doctor.ts';

export interface RunningServer {
  /** In the order of `--listen`. */
  urls: string[];
  engine: EngineInfo;
  engineChoice: Pick<EngineChoice, 'tried'>;
  dataDir: string;
  /** Finishes what is under way and lets go of everything. Containers go on running. */
  close(): Promise<void>;
}

const LOG_BYTES_KEPT = 64 * 1024 * 1024;
const CONCURRENT_TASKS = 8;

/** Throws with a message for people where it cannot serve: no engine, directory in use, address taken. */
export async function startServer(config: Config): Promise<RunningServer> {
  const log = createLog(config.logLevel);
  const directory = openDataDirectory(config.dataDir);
  const opened: { close(): Promise<unknown> }[] = [];
  const keep = <T extends { close(): Promise<unknown> }>(part: T): T => {
    opened.unshift(part);
    return part;
  };
  const close = async () => {
    for (const part of opened.splice(0)) await part.close();
  };
  try {
    await checkHostPaths(config.hostPath);
    const store = keep(await openSqliteStore({ directory: config.dataDir }));
    const logs = await openLogStore({
      directory: join(config.dataDir, 'logs'),
      maxBytesPerContainer: LOG_BYTES_KEPT,
    });
    const choice = await openEngine(config.engine, {
      clock: systemClock,
      owner: directory.owner,
      dataDir: config.dataDir,
      publishAddress: config.publishAddress,
      insecureRegistries: config.insecureRegistry,
      registryMirrors: config.registryMirror,
      log,
    });
    keep(choice.engine);
    const control = keep(new Control(config, directory, store, choice.engine, logs, log));
    await control.start();
    const server = keep(faces(config, control, log));
    const urls = await server.listen(config.listen.map(listenAddress));
    const info = choice.engine.info();
    return { urls, engine: info, engineChoice: choice, dataDir: config.dataDir, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Core and the loops over it; made anew by a reset. */
class Control {
  readonly core: Core;
  readonly store: Store;
  readonly engine: Engine;
  readonly logs: LogStore;
  private readonly log: Log;
  private loop: TaskLoop;
  private readonly expiry: Expiry;

  constructor(
    config: Config,
    directory: DataDirectory,
    store: Store,
    engine: Engine,
    logs: LogStore,
    log: Log,
  ) {
    this.store = store;
    this.engine = engine;
    this.logs = logs;
    this.log = log;
    this.core = {
      store,
      clock: systemClock,
      engine: engine.info(),
      localHostId: directory.machineId,
      hostPaths: hostPathPolicy(config.hostPath, [directory.path]),
      wakeTask: (taskArn) => this.loop.wake(taskArn),
    };
    this.loop = this.newLoop();
    const onError = (error: unknown) =>
      log.warn({ err: error }, 'forgetting old records failed and will be tried again');
    this.expiry = new Expiry({ core: this.core, logs, onError });
  }

  async start(): Promise<void> {
    await refreshLocalMachine(this.core);
    await this.loop.start();
    this.expiry.start();
  }

  async close(): Promise<void> {
    await this.expiry.close();
    await this.loop.close();
  }

  /** Back to empty: every task of ours gone from the engine, every record and log removed. */
  async reset(): Promise<void> {
    await this.loop.close();
    await Promise.all((await this.engine.list()).map((task) => this.engine.removeTask(task.id)));
    await this.store.clear();
    await this.logs.clear();
    await refreshLocalMachine(this.core);
    this.loop = this.newLoop();
    await this.loop.start();
  }

  async health() {
    const info = this.engine.info();
    const problem = this.loop.problem;
    const database = await this.store.check().then(
      () => ({ status: 'up' as const, detail: 'SQLite' }),
      (error: unknown) => ({
        status: 'down' as const,
        detail: error instanceof Error ? error.message : String(error),
      }),
    );
    return {
      engine: {
        status: problem === undefined ? ('up' as const) : ('down' as const),
        detail: problem ?? `${info.name}: ${info.description}`,
        simulated: info.simulated,
      },
      database,
    };
  }

  private newLoop(): TaskLoop {
    const { core, engine, logs, log } = this;
    return new TaskLoop({ core, engine, logs, log, concurrency: CONCURRENT_TASKS });
  }
}

function faces(config: Config, control: Control, log: Log): Server {
  const { core, engine, logs: archive } = control;
  return createServer({
    ecs: { core, handlers, defaults: { region: config.region, accountId: config.accountId } },
    version: version(),
    log,
    health: () => control.health(),
    logs: (task, container, query) => readTaskLogs(core, { engine, archive }, task, container, query),
    ...(config.reset && { reset: () => control.reset() }),
  });
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
