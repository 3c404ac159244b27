/** The engine port on the Docker Engine API: Docker 20.10 and later, Podman 4 and later. */
import { EngineError } from '../../core/errors.ts';
import type { ContainerHost } from '../../core/ports/container-host.ts';
import type {
  ContainerStats,
  Engine,
  EngineEvent,
  EngineInfo,
  EngineTask,
  ImageInfo,
  StartedTask,
  TaskSpec,
} from '../../core/ports/engine.ts';
import type { ExecSession } from '../../core/ports/exec.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import { engineEvents } from '../event-stream.ts';
import type { DockerClient } from './client/docker-client.ts';
import type { ExitListener, ExitSource } from './exit-source.ts';
import { Exits } from './exits.ts';
import {
  describeTask,
  findTasks,
  ofOwner,
  ofTask,
  type FoundContainer,
  type OomJudge,
} from './found-tasks.ts';
import type { EnsureOptions, ImageSource } from './images/image-source.ts';
import { ownerLabel, taskLabel } from './labels.ts';
import type { SandboxProvider, TaskSandbox } from './sandbox/sandbox.ts';
import { openExec } from './task-exec.ts';
import { logSource, readLines } from './engine-logs.ts';
import { removeContainers } from './task-removal.ts';
import { startContainers } from './task-start.ts';
import { containerStats } from './task-stats.ts';

export interface DockerEngineParts {
  client: DockerClient;
  images: ImageSource;
  host: ContainerHost;
  sandboxes: SandboxProvider;
  exitSource: ExitSource;
  wasOom: OomJudge;
  info: EngineInfo;
  owner: string;
  publishAddress: string;
  cgroupParent?: string;
  /** Waited for before a task's containers are removed. */
  beforeRemoval?: (taskId: string) => Promise<void>;
  log: { warn(details: object, message: string): void };
}

interface KnownTask {
  sandbox?: TaskSandbox;
  /** So that two calls for one task are one start. */
  starting?: Promise<StartedTask>;
  /** A start meanwhile waits for it. */
  removing?: Promise<void>;
}

export class DockerEngine implements Engine {
  readonly host: ContainerHost;
  readonly #parts: DockerEngineParts;
  readonly #tasks = new Map<string, KnownTask>();
  readonly #events = engineEvents();
  readonly #exits: Exits;
  readonly #watching = new AbortController();

  constructor(parts: DockerEngineParts) {
    this.#parts = parts;
    this.host = parts.host;
    this.#exits = new Exits(parts.client, parts.wasOom, (event) => this.#events.publish(event));
  }

  /** Takes over what an earlier process of this owner left, and removes what it had half made. */
  async open(): Promise<void> {
    const { client, exitSource, sandboxes } = this.#parts;
    await exitSource.open(this.#listener(), this.#watching.signal);
    const found = [...(await findTasks(client, ofOwner(this.#parts.owner)))];
    const adopted = await sandboxes.adopt(
      found.map(([id, containers]) => {
        const { sandbox, network, bindings } = containers[0]!.mark;
        return { id, mark: sandbox, network, bindings };
      }),
    );
    for (const [position, [id, containers]] of found.entries()) {
      this.#tasks.set(id, { sandbox: adopted[position] });
      for (const { mark, details } of containers) this.#exits.expect(details.Id, id, mark.container);
    }
    await this.#removeVolumesWithout(new Set(found.map(([id]) => id)));
  }

  info(): EngineInfo {
    return this.#parts.info;
  }

  check(): Promise<void> {
    return this.#parts.client.ping();
  }

  ensureImage(reference: string, options?: EnsureOptions): Promise<ImageInfo> {
    return this.#parts.images.ensure(reference, options);
  }

  startTask(spec: TaskSpec): Promise<StartedTask> {
    const known = this.#tasks.get(spec.id);
    if (known?.removing) return known.removing.catch(() => undefined).then(() => this.startTask(spec));
    if (known?.starting) return known.starting;
    const task: KnownTask = known ?? {};
    this.#tasks.set(spec.id, task);
    task.starting = (known ? this.#startAgain(spec, task) : this.#start(spec, task)).finally(() => {
      task.starting = undefined;
    });
    return task.starting;
  }

  async stopTask(id: string): Promise<void> {
    const { client, owner } = this.#parts;
    const containers = (await findTasks(client, ofTask(owner, id))).get(id) ?? [];
    // Each has its own time to end: a slow one must not use up the others'.
    await Promise.all(
      containers
        .filter(({ details }) => details.State.Running)
        .reverse()
        .map(async ({ details: { Id, State }, mark }) => {
          if (State.Paused) await client.unpauseContainer(Id);
          await client.stopContainer(Id, mark.stopTimeoutSeconds);
        }),
    );
  }

  removeTask(id: string): Promise<void> {
    const task: KnownTask = this.#tasks.get(id) ?? {};
    this.#tasks.set(id, task);
    task.removing ??= this.#removeAfterStart(id, task).finally(() => {
      task.removing = undefined;
    });
    return task.removing;
  }

  async #removeAfterStart(id: string, task: KnownTask): Promise<void> {
    // What is being started would go on to make things behind our back.
    await task.starting?.catch(() => undefined);
    await this.#remove(id, task.sandbox);
    this.#tasks.delete(id);
  }

  async #remove(id: string, sandbox: TaskSandbox | undefined): Promise<void> {
    const { client, owner } = this.#parts;
    const label = [`${ownerLabel}=${owner}`, `${taskLabel}=${id}`];
    const [containers, volumes] = await Promise.all([
      client.listContainers({ label }),
      client.listVolumes({ label }),
    ]);
    for (const { Id } of containers) this.#exits.forget(Id);
    await this.#parts.beforeRemoval?.(id);
    await removeContainers(client, containers);
    await Promise.all(volumes.map((name) => client.removeVolume(name)));
    await sandbox?.release();
  }

  watch(signal: AbortSignal): AsyncIterable<EngineEvent> {
    return this.#events.read(signal);
  }

  async list(): Promise<EngineTask[]> {
    const { client, owner, wasOom } = this.#parts;
    const found = await findTasks(client, ofOwner(owner));
    return Promise.all([...found].map(([id, containers]) => describeTask(id, containers, wasOom)));
  }

  async inspect(id: string): Promise<EngineTask | undefined> {
    const { client, owner, wasOom } = this.#parts;
    const containers = (await findTasks(client, ofTask(owner, id))).get(id);
    return containers && describeTask(id, containers, wasOom);
  }

  async *logs(id: string, container: string, query: LogQuery): AsyncGenerator<LogLine> {
    const { details } = await this.#container(id, container);
    yield* readLines(logSource(this.#parts.client, details), query);
  }

  async exec(
    id: string,
    container: string,
    argv: readonly string[],
    options?: Parameters<Engine['exec']>[3],
  ): Promise<ExecSession> {
    const { details } = await this.#container(id, container);
    return openExec(this.#parts.client, { id: details.Id, name: container }, argv, options);
  }

  async stats(id: string): Promise<ContainerStats[]> {
    const { client, info, owner } = this.#parts;
    const containers = (await findTasks(client, ofTask(owner, id))).get(id) ?? [];
    const machine = { cpus: info.cpuUnits / 1024, memoryBytes: info.memoryMiB * 1024 * 1024 };
    const all = await Promise.all(
      containers
        .filter(({ details }) => details.State.Running)
        .map(async ({ details, mark }) =>
          containerStats(mark.container, await client.stats(details.Id), machine, client.quirks),
        ),
    );
    return all.filter((stats) => stats !== undefined);
  }

  async close(): Promise<void> {
    const { client, exitSource, images, sandboxes } = this.#parts;
    this.#watching.abort();
    await Promise.allSettled([...this.#tasks.values()].map(async ({ starting }) => starting));
    await sandboxes.close();
    await exitSource.closed();
    this.#events.end();
    images.close();
    client.close();
  }

  async #start(spec: TaskSpec, task: KnownTask): Promise<StartedTask> {
    const { client, images, info, owner, publishAddress, cgroupParent, sandboxes } = this.#parts;
    task.sandbox = await sandboxes.open(spec);
    const created = (id: string, taskId: string, container: string) =>
      this.#exits.expect(id, taskId, container);
    const cpus = info.cpuUnits / 1024;
    const context = { client, images, owner, publishAddress, cgroupParent, cpus, created };
    return startContainers(context, spec, task.sandbox);
  }

  /** A call repeated: the task as it is where it was started wholly, else from the beginning. */
  async #startAgain(spec: TaskSpec, task: KnownTask): Promise<StartedTask> {
    const found = await this.inspect(spec.id);
    const containers = (found?.containers ?? []).flatMap((container) =>
      container.startedAt === undefined ? [] : [{ ...container, startedAt: container.startedAt }],
    );
    if (found && containers.length === spec.containers.length) {
      return { network: found.network, bindings: found.bindings, containers };
    }
    await this.#remove(spec.id, task.sandbox);
    return this.#start(spec, task);
  }

  async #container(id: string, name: string): Promise<FoundContainer> {
    const found = await findTasks(this.#parts.client, ofTask(this.#parts.owner, id));
    const container = found.get(id)?.find(({ mark }) => mark.container === name);
    if (container) return container;
    throw new EngineError('NotFound', `no container ${name} of task ${id}`, name);
  }

  async #removeVolumesWithout(tasks: ReadonlySet<string>): Promise<void> {
    const { client, owner } = this.#parts;
    const volumes = await client.listVolumes({ label: [`${ownerLabel}=${owner}`, taskLabel] });
    if (volumes.length === 0) return;
    const kept = await Promise.all(
      [...tasks].map((id) => client.listVolumes({ label: [`${ownerLabel}=${owner}`, `${taskLabel}=${id}`] })),
    );
    const names = new Set(kept.flat());
    await Promise.all(volumes.filter((name) => !names.has(name)).map((name) => client.removeVolume(name)));
  }

  #listener(): ExitListener {
    return {
      exited: (exit) => this.#exits.exited(exit),
      resync: () => {
        this.#parts.sandboxes.refresh().catch((error: unknown) => {
          this.#parts.log.warn(
            { reason: (error as Error).message },
            'The waiting networks could not be checked',
          );
        });
        this.#events.publish({ type: 'resync' });
      },
      health: (available, reason) => this.#events.publish({ type: 'health', available, reason }),
    };
  }
}
