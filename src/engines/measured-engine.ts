/** An engine whose calls are timed and whose running containers are counted. */
import type { Engine, EngineEvent } from '../core/ports/engine.ts';
import type { EngineMetrics } from '../telemetry/metrics/engine-metrics.ts';
import { RunningContainers } from './running-containers.ts';

export interface MeasuredEngine extends Engine {
  readonly runningContainers: number;
}

/** Streams (`watch`, `logs`) are passed on as they are: how long they last says nothing about the engine. */
export function measuredEngine(engine: Engine, metrics: Pick<EngineMetrics, 'call'>): MeasuredEngine {
  const containers = new RunningContainers();
  async function* watch(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    for await (const event of engine.watch(signal)) {
      if (event.type === 'exited') containers.exited(event.taskId, event.container);
      yield event;
    }
  }
  return {
    get runningContainers() {
      return containers.count;
    },
    host: engine.host,
    info: () => engine.info(),
    check: () => metrics.call('check', () => engine.check()),
    ensureImage: (reference, options) =>
      metrics.call('ensureImage', () => engine.ensureImage(reference, options)),
    startTask: async (spec) => {
      containers.starting(spec.id);
      const started = await metrics.call('startTask', () => engine.startTask(spec));
      containers.started(spec.id, started);
      return started;
    },
    stopTask: (id) => metrics.call('stopTask', () => engine.stopTask(id)),
    removeTask: async (id) => {
      await metrics.call('removeTask', () => engine.removeTask(id));
      containers.removed(id);
    },
    watch,
    list: async () => {
      const read = containers.listing();
      const tasks = await metrics.call('list', () => engine.list());
      read(tasks);
      return tasks;
    },
    inspect: (id) => metrics.call('inspect', () => engine.inspect(id)),
    logs: (id, container, query) => engine.logs(id, container, query),
    exec: (id, container, argv, options) =>
      metrics.call('exec', () => engine.exec(id, container, argv, options)),
    stats: (id) => metrics.call('stats', () => engine.stats(id)),
    close: () => engine.close(),
  };
}
