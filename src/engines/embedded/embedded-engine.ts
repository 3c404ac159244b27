/** The docker adapter on the private Podman, and what we know better than Podman: output, and how to end. */
import { join } from 'node:path';
import { EngineError } from '../../core/errors.ts';
import type { ContainerHost } from '../../core/ports/container-host.ts';
import type { Engine, StartedTask, TaskSpec } from '../../core/ports/engine.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import { containerName } from '../docker/labels.ts';
import type { ListedContainers } from './host/listed-containers.ts';
import type { KnownContainer, OwnEvents } from './host/own-events.ts';
import { bundleOf } from './locations.ts';
import type { Locations } from './locations.ts';
import { readLogFile } from './log-file.ts';
import type { LogFile } from './log-file.ts';
import { leftToRotation } from './log-rotation.ts';
import type { LogRotation } from './log-rotation.ts';

export interface EmbeddedEngineParts {
  adapter: Engine;
  host: ContainerHost;
  locations: Locations;
  storageDriver: string;
  rotation: LogRotation;
  events: OwnEvents;
  listed: ListedContainers;
  /** Releases the adapter and all that it was made of. */
  close: () => Promise<void>;
}

/** The file that conmon writes a container's output to. */
export const logPathOf = (locations: Locations, storageDriver: string, containerId: string) =>
  join(bundleOf(locations, storageDriver, containerId), 'ctr.log');

export const logFileOf = (
  locations: Locations,
  storageDriver: string,
  { id, running }: { id: string; running: boolean },
): LogFile => ({
  path: logPathOf(locations, storageDriver, id),
  exitFile: join(locations.exits, id),
  running,
});

export function embeddedEngine({
  adapter,
  host,
  locations,
  storageDriver,
  rotation,
  events,
  listed,
  close,
}: EmbeddedEngineParts): Engine {
  const pathOf = (containerId: string) => logPathOf(locations, storageDriver, containerId);
  const closed = { done: undefined as Promise<void> | undefined };
  async function* logs(id: string, name: string, query: LogQuery): AsyncGenerator<LogLine> {
    const task = await adapter.inspect(id);
    const container = task?.containers.find((each) => each.name === name);
    if (!container) throw new EngineError('NotFound', `no container ${name} of task ${id}`, name);
    const { runtimeId, state } = container;
    const file = logFileOf(locations, storageDriver, { id: runtimeId, running: state === 'running' });
    for await (const lines of readLogFile(file, query)) {
      for (const { at, stream, message } of lines) yield { at, stream, message };
    }
  }
  async function startTask(spec: TaskSpec): Promise<StartedTask> {
    const started = await adapter.startTask(leftToRotation(spec)).catch((error: unknown) => {
      listed.unsure();
      throw error;
    });
    for (const { runtimeId } of started.containers) listed.changed(runtimeId);
    const logs = started.containers.map(({ name, runtimeId }) => {
      const { log: limits } = spec.containers.find((each) => each.name === name)!;
      return { path: pathOf(runtimeId), limits };
    });
    rotation.begin(spec.id, logs);
    for (const container of containersOf(spec, started)) {
      for (const action of ['create', 'start']) events.tellOf(container, action);
    }
    return started;
  }
  async function removeTask(id: string): Promise<void> {
    await adapter.removeTask(id).finally(() => listed.changedOfTask(id));
    for (const container of events.ofTask(id)) {
      listed.changed(container.id);
      events.tellOf(container, 'destroy');
    }
  }
  return {
    host,
    info: () => adapter.info(),
    check: () => adapter.check(),
    ensureImage: (reference, options) => adapter.ensureImage(reference, options),
    startTask,
    stopTask: (id) => adapter.stopTask(id).finally(() => listed.changedOfTask(id)),
    removeTask,
    watch: (signal) => adapter.watch(signal),
    list: () => adapter.list(),
    inspect: (id) => adapter.inspect(id),
    logs,
    exec: (id, container, argv, options) => adapter.exec(id, container, argv, options),
    stats: (id) => adapter.stats(id),
    close: () => {
      events.close();
      return (closed.done ??= rotation.close().then(close));
    },
  };
}

function containersOf(spec: TaskSpec, { containers }: StartedTask): KnownContainer[] {
  return containers.map(({ name, runtimeId }) => ({
    id: runtimeId,
    name: containerName(spec.name, name),
    image: spec.containers.find((each) => each.name === name)!.image,
    task: spec.id,
  }));
}
