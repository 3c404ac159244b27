/**
 * An engine without containers: tasks start at once, or as their labels script it (script.ts), and nothing runs. For
 * fast tests of infrastructure code and for benchmarks of scale. What it holds lives in memory only, so after a
 * restart of the server `list()` is empty, which is how the core learns that the tasks are gone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { EngineError } from '../../core/errors.ts';
import type { Clock, Timer } from '../../core/ports/clock.ts';
import type {
  Binding,
  ContainerSpec,
  ContainerStats,
  Engine,
  EngineEvent,
  EngineInfo,
  EngineTask,
  ImageInfo,
  StartedTask,
  TaskNetwork,
  TaskSpec,
} from '../../core/ports/engine.ts';
import type { ExecSession } from '../../core/ports/exec.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import { engineEvents } from '../event-stream.ts';
import { readScript, type Script } from './script.ts';

export interface SimulatedEngineOptions {
  clock: Clock;
  /** Where published ports claim to listen. */
  publishAddress?: string;
}

interface SimulatedContainer {
  spec: ContainerSpec;
  script: Script;
  runtimeId: string;
  startedAt: number;
  exit?: { exitCode: number; finishedAt: number; oomKilled: boolean };
  timer?: Timer;
  /** It ended or was removed. */
  over: boolean;
  /** Readers of its log that wait for that. */
  onOver: Set<() => void>;
}

interface SimulatedTask {
  network?: TaskNetwork;
  bindings: Binding[];
  containers: SimulatedContainer[];
}

/** The largest powers of two that the API's 32-bit integers hold: a million cores, a pebibyte. */
const cpuUnits = 2 ** 30;
const memoryMiB = 2 ** 30;
const firstPort = 49_152;
const lastPort = 65_535;

export class SimulatedEngine implements Engine {
  readonly #clock: Clock;
  readonly #publishAddress: string;
  readonly #tasks = new Map<string, SimulatedTask>();
  readonly #events = engineEvents();
  #nextPort = firstPort;
  #nextAddress = 2;

  constructor(options: SimulatedEngineOptions) {
    this.#clock = options.clock;
    this.#publishAddress = options.publishAddress ?? '127.0.0.1';
  }

  info(): EngineInfo {
    return {
      name: 'simulated',
      description: 'Simulated: no container really runs',
      simulated: true,
      cpuUnits,
      memoryMiB,
      architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
      taskNetwork: 'engine',
      taskNetworkReason: 'nothing runs, so there is no network',
    };
  }

  async check(): Promise<void> {
    // It is this process.
  }

  async ensureImage(reference: string): Promise<ImageInfo> {
    return { digest: digestOf(reference), sizeBytes: 0, pulled: false };
  }

  /** Throws what a label scripts. */
  async startTask(spec: TaskSpec): Promise<StartedTask> {
    const task = this.#tasks.get(spec.id) ?? this.#start(spec);
    return {
      network: task.network,
      bindings: task.bindings,
      containers: task.containers.map(({ spec: { name, image }, runtimeId, startedAt }) => ({
        name,
        runtimeId,
        imageDigest: digestOf(image),
        startedAt,
      })),
    };
  }

  async stopTask(id: string): Promise<void> {
    const containers = this.#tasks.get(id)?.containers ?? [];
    for (const container of containers.toReversed()) {
      this.#exit(id, container, { exitCode: container.script.stopCode, oomKilled: false });
    }
  }

  async removeTask(id: string): Promise<void> {
    for (const container of this.#tasks.get(id)?.containers ?? []) release(container);
    this.#tasks.delete(id);
  }

  watch(signal: AbortSignal): AsyncIterable<EngineEvent> {
    return this.#events.read(signal);
  }

  async list(): Promise<EngineTask[]> {
    return [...this.#tasks].map(([id, task]) => describeTask(id, task));
  }

  async inspect(id: string): Promise<EngineTask | undefined> {
    const task = this.#tasks.get(id);
    return task && describeTask(id, task);
  }

  /** Says that the container started and how it ended; a simulated container has no output of its own. */
  async *logs(id: string, container: string, query: LogQuery): AsyncGenerator<LogLine> {
    const found = this.#find(id, container);
    const { since = -Infinity, until = Infinity } = query;
    const written = logLines(found);
    const matching = written.filter(({ at }) => at >= since && at < until);
    yield* query.tail === undefined ? matching : matching.slice(matching.length - query.tail);
    if (!query.follow) return;
    await overOf(found, query.signal);
    yield* logLines(found)
      .slice(written.length)
      .filter(({ at }) => at >= since && at < until);
  }

  async exec(): Promise<ExecSession> {
    throw new EngineError('UnsupportedByEngine', 'the simulated engine runs no processes');
  }

  async stats(id: string): Promise<ContainerStats[]> {
    const running = this.#tasks.get(id)?.containers.filter(({ exit }) => !exit) ?? [];
    return running.map(({ spec }) => ({
      name: spec.name,
      at: this.#clock.now(),
      cpuNanos: 0,
      memoryBytes: 0,
      memoryLimitBytes: (spec.memoryMiB ?? memoryMiB) * 1024 * 1024,
      pids: 0,
      networkRxBytes: 0,
      networkTxBytes: 0,
    }));
  }

  async close(): Promise<void> {
    for (const id of [...this.#tasks.keys()]) await this.removeTask(id);
    this.#events.end();
  }

  #start(spec: TaskSpec): SimulatedTask {
    const scripts = spec.containers.map((container) => ({ container, script: readScript(container) }));
    for (const { container, script } of scripts) {
      if (script.failure) throw new EngineError(script.failure.code, script.failure.message, container.name);
    }
    const task: SimulatedTask = {
      network: spec.networkMode === 'host' || spec.networkMode === 'none' ? undefined : this.#network(),
      bindings: spec.ports.flatMap((port) =>
        port.hostPort === undefined
          ? []
          : [{ ...port, hostPort: port.hostPort || this.#freePort(), bindIp: this.#publishAddress }],
      ),
      containers: scripts.map(({ container, script }) => ({
        spec: container,
        script,
        runtimeId: randomBytes(32).toString('hex'),
        startedAt: this.#clock.now(),
        over: false,
        onOver: new Set(),
      })),
    };
    this.#tasks.set(spec.id, task);
    for (const container of task.containers) {
      const { end } = container.script;
      if (end) container.timer = this.#clock.after(end.afterMs, () => this.#exit(spec.id, container, end));
    }
    return task;
  }

  #exit(taskId: string, container: SimulatedContainer, how: { exitCode: number; oomKilled: boolean }): void {
    if (container.exit) return;
    const { exitCode, oomKilled } = how;
    const at = this.#clock.now();
    container.exit = { exitCode, oomKilled, finishedAt: at };
    release(container);
    const { runtimeId, spec } = container;
    this.#events.publish({
      type: 'exited',
      taskId,
      container: spec.name,
      runtimeId,
      exitCode,
      oomKilled,
      at,
    });
  }

  #find(id: string, name: string): SimulatedContainer {
    const found = this.#tasks.get(id)?.containers.find(({ spec }) => spec.name === name);
    if (!found) throw new EngineError('NotFound', `no container ${name} of task ${id}`, name);
    return found;
  }

  /** The core's ledger keeps ports apart; simulated machines have the same port many times. */
  #freePort(): number {
    const port = this.#nextPort;
    this.#nextPort = port === lastPort ? firstPort : port + 1;
    return port;
  }

  #network(): TaskNetwork {
    const number = this.#nextAddress;
    this.#nextAddress = number === 0xff_ff_fe ? 2 : number + 1;
    const bytes = [number >> 16, (number >> 8) & 0xff, number & 0xff];
    return {
      address: `10.${bytes.join('.')}`,
      prefixLength: 8,
      gateway: '10.0.0.1',
      macAddress: `02:00:0a:${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`,
    };
  }
}

const digestOf = (reference: string) => `sha256:${createHash('sha256').update(reference).digest('hex')}`;

function release(container: SimulatedContainer): void {
  container.timer?.cancel();
  container.timer = undefined;
  container.over = true;
  for (const wake of [...container.onOver]) wake();
}

function describeTask(id: string, task: SimulatedTask): EngineTask {
  return {
    id,
    network: task.network,
    bindings: task.bindings,
    containers: task.containers.map(({ spec, runtimeId, startedAt, exit }) => ({
      name: spec.name,
      runtimeId,
      imageDigest: digestOf(spec.image),
      state: exit ? 'exited' : 'running',
      startedAt,
      ...exit,
    })),
  };
}

function logLines({ spec, startedAt, exit }: SimulatedContainer): LogLine[] {
  const lines: LogLine[] = [{ at: startedAt, stream: 'stdout', message: `simulated: started ${spec.image}` }];
  if (exit) {
    const message = `simulated: ended with code ${exit.exitCode}${exit.oomKilled ? ', out of memory' : ''}`;
    lines.push({ at: exit.finishedAt, stream: 'stdout', message });
  }
  return lines;
}

/** Resolves when the container is over or the signal fires. */
function overOf(container: SimulatedContainer, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (container.over || signal?.aborted) return resolve();
    const done = () => {
      container.onOver.delete(done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    container.onOver.add(done);
    signal?.addEventListener('abort', done);
  });
}
