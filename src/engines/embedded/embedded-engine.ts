/** The docker adapter on the private Podman, and what we know better than Podman: output, and how to end. */
import { join } from 'node:path';
import { EngineError } from '../../core/errors.ts';
import type { Engine } from '../../core/ports/engine.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import { bundleOf } from './locations.ts';
import type { Locations } from './locations.ts';
import { readLogFile } from './log-file.ts';

export interface EmbeddedEngineParts {
  adapter: Engine;
  locations: Locations;
  storageDriver: string;
  /** Releases the adapter and all that it was made of. */
  close: () => Promise<void>;
}

export function embeddedEngine({ adapter, locations, storageDriver, close }: EmbeddedEngineParts): Engine {
  const closed = { done: undefined as Promise<void> | undefined };
  async function* logs(id: string, name: string, query: LogQuery): AsyncGenerator<LogLine> {
    const task = await adapter.inspect(id);
    const container = task?.containers.find((each) => each.name === name);
    if (!container) throw new EngineError('NotFound', `no container ${name} of task ${id}`, name);
    const { runtimeId, state } = container;
    const path = join(bundleOf(locations, storageDriver, runtimeId), 'ctr.log');
    yield* readLogFile(
      { path, exitFile: join(locations.exits, runtimeId), running: state === 'running' },
      query,
    );
  }
  return {
    info: () => adapter.info(),
    ensureImage: (reference, options) => adapter.ensureImage(reference, options),
    startTask: (spec) => adapter.startTask(spec),
    stopTask: (id) => adapter.stopTask(id),
    removeTask: (id) => adapter.removeTask(id),
    watch: (signal) => adapter.watch(signal),
    list: () => adapter.list(),
    inspect: (id) => adapter.inspect(id),
    logs,
    exec: (id, container, argv, options) => adapter.exec(id, container, argv, options),
    stats: (id) => adapter.stats(id),
    close: () => (closed.done ??= close()),
  };
}
