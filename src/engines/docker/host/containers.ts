/** Containers one by one, over the Docker API. */
import { AppError } from '../../../core/errors.ts';
import type { HostContainerSpec } from '../../../core/ports/host-container-spec.ts';
import type {
  ContainerChanges,
  ContainerQuery,
  ContainerReference,
  ContainerUsage,
  ExecOptions,
  HostContainer,
  HostContainerDetails,
  HostContainers,
  HostLogLine,
  HostLogQuery,
  StopOptions,
} from '../../../core/ports/host-containers.ts';
import type { ExecSession } from '../../../core/ports/exec.ts';
import type { Page } from '../../../core/ports/page.ts';
import { DockerApiError, hasStatus, segment, type Call } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerDetails } from '../client/types.ts';
import type { HostOutput } from '../engine-logs.ts';
import { taskContainerPrefix } from '../labels.ts';
import { openExec } from '../task-exec.ts';
import { createBody } from './container-body.ts';
import { describeDetails, describeSummary, isHolder, isLive, plainName } from './container-description.ts';
import { pageOfContainers } from './container-list.ts';
import { updateContainer } from './container-update.ts';
import { exitCodeOf } from './container-end.ts';
import { asHostCall, hostError, notFound } from './errors.ts';
import { findContainer, refuseTaskContainer, requireActive, requireRunning } from './find-container.ts';
import { startError } from './start-error.ts';
import { killContainer } from './kill.ts';
import { stopContainer } from './stop.ts';
import { Turns } from './turns.ts';
import type { UsageMeter } from './usage-meter.ts';

export interface ContainersParts {
  client: DockerClient;
  meter: UsageMeter;
  output: HostOutput;
  /** Cgroup that the containers' own are made in. Absent: the engine's. */
  cgroupParent?: string;
}

export class DockerContainers implements HostContainers {
  readonly #parts: ContainersParts;
  readonly #client: DockerClient;
  /** What the engine said, by what was told of it: whoever has that need not ask again. */
  readonly #described = new WeakMap<HostContainerDetails, ContainerDetails>();

  readonly #turns = new Turns();

  constructor(parts: ContainersParts) {
    this.#parts = parts;
    this.#client = parts.client;
  }

  async list(query: ContainerQuery = {}): Promise<Page<HostContainer>> {
    const all = await asHostCall(() => this.#client.listContainers({}));
    const shown = all.filter(({ Labels }) => !isHolder(Labels));
    return pageOfContainers(
      shown.map((summary) => describeSummary(summary, this.#client.quirks)),
      query,
    );
  }

  async inspect(container: string): Promise<HostContainerDetails> {
    const found = await this.#find(container);
    const described = describeDetails(found, this.#client.quirks);
    this.#described.set(described, found);
    return described;
  }

  async create(spec: HostContainerSpec): Promise<{ id: string; warnings: string[] }> {
    const { cgroupParent, output } = this.#parts;
    if (spec.name !== undefined) refuseTaskName(spec.name);
    const body = createBody(spec, this.#client.quirks, output.kept);
    if (cgroupParent !== undefined) body.HostConfig.CgroupParent = cgroupParent;
    const call = { query: { name: spec.name }, body };
    try {
      const made = await this.#client.connection.json<{ Id: string; Warnings: string[] | null }>(
        'POST',
        '/containers/create',
        call,
      );
      return { id: made.Id, warnings: made.Warnings ?? [] };
    } catch (error) {
      const noImage = hasStatus(error, 404) && /image/i.test((error as Error).message);
      if (!noImage) throw hostError(error);
      throw new AppError('ResourceNotFound', `Image '${spec.image}' is not on this machine; pull it first.`, {
        field: 'image',
      });
    }
  }

  start(container: ContainerReference): Promise<boolean> {
    return this.#inTurn(container, false, async (details) => {
      if (details.State.Running) return false;
      await this.#start(details);
      return true;
    });
  }

  stop(container: ContainerReference, options: StopOptions = {}): Promise<boolean> {
    return this.#inTurn(container, true, async (details) => {
      if (!details.State.Running) return false;
      await asHostCall(() => stopContainer(this.#client, details, options));
      return true;
    });
  }

  restart(container: ContainerReference, options: StopOptions = {}): Promise<void> {
    return this.#inTurn(container, false, async (details) => {
      if (details.State.Running) await asHostCall(() => stopContainer(this.#client, details, options));
      await this.#start(details);
    });
  }

  async kill(container: ContainerReference, signal = 'SIGKILL'): Promise<void> {
    const { Id } = await this.#running(container);
    await asHostCall(() => killContainer(this.#client, Id, signal));
  }

  async pause(container: ContainerReference): Promise<boolean> {
    const details = await this.#running(container);
    if (details.State.Paused) return false;
    await this.#post(details, 'pause');
    return true;
  }

  async unpause(container: ContainerReference): Promise<boolean> {
    const details = await this.#find(container);
    if (!details.State.Paused) {
      requireRunning(details);
      return false;
    }
    await this.#post(details, 'unpause');
    return true;
  }

  async rename(container: ContainerReference, name: string): Promise<void> {
    refuseTaskName(name);
    await this.#post(await this.#find(container), 'rename', { query: { name } });
  }

  async update(container: ContainerReference, changes: ContainerChanges): Promise<{ warnings: string[] }> {
    const details = await this.#find(container);
    return asHostCall(() => updateContainer(this.#client, details, changes));
  }

  async remove(
    container: ContainerReference,
    { force = false, anonymousVolumes = false }: { force?: boolean; anonymousVolumes?: boolean } = {},
  ): Promise<void> {
    const details = await this.#find(container);
    if (!force) {
      refuseTaskContainer(details);
      if (details.State.Running) throw stillRuns(details);
    }
    await this.#parts.output.removing?.(details);
    await asHostCall(async () => {
      await this.#endBeforeRemoval(details);
      await this.#client.removeContainer(details.Id, { force, volumes: anonymousVolumes });
    });
  }

  /** One that ended meanwhile is removed all the same. */
  async #endBeforeRemoval({ Id, State }: ContainerDetails): Promise<void> {
    if (this.#client.quirks.removalKills || !State.Running || State.Paused) return;
    await killContainer(this.#client, Id, 'SIGKILL').catch((error: unknown) => {
      if (!(error instanceof DockerApiError)) throw error;
    });
  }

  async wait(container: ContainerReference, signal?: AbortSignal): Promise<{ exitCode: number }> {
    const { Id } = await this.#find(container);
    const exitCode = await asHostCall(() => exitCodeOf(this.#client, Id, signal)).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
    if (exitCode === undefined) throw notFound('container', Id);
    return { exitCode };
  }

  async top(container: ContainerReference): Promise<{ titles: string[]; processes: string[][] }> {
    const details = await this.#running(container);
    const path = `/containers/${segment(details.Id)}/top`;
    const query = { ps_args: this.#client.quirks.processColumns };
    return asHostCall(async () => {
      const { body } = await this.#client.connection.call('GET', path, { query });
      if (body.length === 0) throw pausedForPodman(details);
      const answer = JSON.parse(body.toString('utf8')) as { Titles: string[]; Processes: string[][] | null };
      return { titles: answer.Titles, processes: answer.Processes ?? [] };
    });
  }

  async *logs(container: ContainerReference, query: HostLogQuery = {}): AsyncGenerator<HostLogLine[]> {
    const details = await this.#find(container);
    try {
      yield* this.#parts.output.read(details)(query);
    } catch (error) {
      throw hostError(error);
    }
  }

  async exec(
    container: ContainerReference,
    argv: readonly string[],
    options?: ExecOptions,
  ): Promise<ExecSession> {
    const details = await this.#find(container);
    requireActive(details);
    return openExec(this.#client, { id: details.Id, name: plainName(details.Name) }, argv, options);
  }

  async stats(container: string | HostContainer): Promise<ContainerUsage> {
    const { id, state } = typeof container === 'string' ? await this.inspect(container) : container;
    const { meter } = this.#parts;
    if (!isLive(state)) return meter.idle();
    try {
      return await asHostCall(() => meter.read(id));
    } catch (error) {
      // Podman refuses to measure one that has ended since.
      if (isLive((await this.inspect(id)).state)) throw error;
      return meter.idle();
    }
  }

  async readArchive(container: ContainerReference, path: string): Promise<NodeJS.ReadableStream> {
    const { Id } = await this.#find(container);
    const call = { query: { path } };
    return asHostCall(() =>
      this.#client.connection.stream('GET', `/containers/${segment(Id)}/archive`, call),
    );
  }

  async writeArchive(
    container: ContainerReference,
    path: string,
    archive: NodeJS.ReadableStream,
  ): Promise<void> {
    const { Id } = await this.#find(container);
    const call = {
      query: { path, noOverwriteDirNonDir: '1' },
      headers: { 'content-type': 'application/x-tar' },
      body: archive,
      timeoutMs: 0,
    };
    await asHostCall(() => this.#client.connection.call('PUT', `/containers/${segment(Id)}/archive`, call));
  }

  async #find(container: ContainerReference): Promise<ContainerDetails> {
    const found = typeof container === 'string' ? undefined : this.#described.get(container);
    if (found) return found;
    return findContainer(this.#client, typeof container === 'string' ? container : container.id);
  }

  async #inTurn<T>(
    container: ContainerReference,
    shared: boolean,
    work: (details: ContainerDetails) => Promise<T>,
  ): Promise<T> {
    const found = await this.#find(container);
    return this.#turns.take(found.Id, shared, async (waited) =>
      work(waited ? await findContainer(this.#client, found.Id) : found),
    );
  }

  async #start(details: ContainerDetails): Promise<void> {
    try {
      await this.#client.startContainer(details.Id);
    } catch (error) {
      throw await startError(this.#client, details, error);
    }
    await this.#parts.output.started?.(details);
  }

  async #running(container: ContainerReference): Promise<ContainerDetails> {
    const details = await this.#find(container);
    requireRunning(details);
    return details;
  }

  async #post({ Id }: ContainerDetails, action: string, call?: Call): Promise<void> {
    await asHostCall(() =>
      this.#client.connection.call('POST', `/containers/${segment(Id)}/${action}`, call),
    );
  }
}

function stillRuns({ Name }: ContainerDetails): AppError {
  return new AppError(
    'ResourceInUse',
    `Container '${plainName(Name)}' runs. Stop it first, or force the removal.`,
  );
}

/** It then answers nothing at all. */
function pausedForPodman({ Name }: ContainerDetails): AppError {
  return new AppError(
    'Conflict',
    `Podman does not list the processes of '${plainName(Name)}' while it is paused.`,
  );
}

function refuseTaskName(name: string): void {
  if (!name.startsWith(taskContainerPrefix)) return;
  throw new AppError(
    'InvalidParameter',
    `Names that begin with '${taskContainerPrefix}' are those of tasks.`,
    {
      field: 'name',
    },
  );
}
