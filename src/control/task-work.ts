/** The two long steps of a task's life: bringing it up and taking it down. */
import { epochSeconds, type Core } from '../core/context.ts';
import { EngineError } from '../core/errors.ts';
import type { Engine } from '../core/ports/engine.ts';
import type { LogStore } from '../core/ports/logs.ts';
import type { TaskRecord } from '../core/records.ts';
import { advanced, asRunning, asStopped, changeTask, withExits } from '../core/task-transitions.ts';
import type { Observed } from './observations.ts';

export interface TaskWork {
  core: Pick<Core, 'store' | 'clock'>;
  engine: Engine;
  logs: LogStore;
  log: { warn(details: object, message: string): void };
  record: TaskRecord;
  observed: Observed;
}

/**
 * Pulls, starts and records. Answers with what went wrong, undefined when the task runs or was called off. What was
 * made by a failed start is removed when the task is taken down.
 */
export async function bringUp(work: TaskWork): Promise<EngineError | undefined> {
  const { core, engine, record, observed } = work;
  const signal = observed.controller!.signal;
  if (signal.aborted) return undefined;
  const pullStartedAt = epochSeconds(core.clock.now());
  const pending = changeTask(core, record.id, (current) => advanced(current, 'PENDING', { pullStartedAt }));
  try {
    if (observed.containers.size > 0) await engine.removeTask(record.id);
    observed.containers.clear();
    await ensureImages(work, signal);
    if (signal.aborted) return undefined;
    const pullStoppedAt = epochSeconds(core.clock.now());
    const activating = changeTask(core, record.id, (current) =>
      advanced(current, 'ACTIVATING', { pullStoppedAt }),
    );
    const started = await engine.startTask(record.spec).finally(() => activating);
    for (const container of started.containers) {
      if (!observed.containers.has(container.name)) {
        observed.containers.set(container.name, { ...container, state: 'running' });
      }
    }
    await changeTask(core, record.id, (current) => asRunning(current, started, core.clock.now()));
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof EngineError) return error;
    throw error;
  } finally {
    await pending;
  }
}

async function ensureImages(work: TaskWork, signal: AbortSignal): Promise<void> {
  const images = new Map(work.record.spec.containers.map(({ image, name }) => [image, name]));
  await Promise.all(
    [...images].map(async ([image, container]) => {
      try {
        await work.engine.ensureImage(image, { signal });
      } catch (error) {
        if (error instanceof EngineError) throw new EngineError(error.code, error.message, container);
        throw error;
      }
    }),
  );
}

/** Stops what runs, records how it ended, keeps its output, removes it and ends the task. May be repeated. */
export async function tearDown(work: TaskWork): Promise<void> {
  const { core, engine, record, observed } = work;
  const change = (transition: (current: TaskRecord) => TaskRecord) => changeTask(core, record.id, transition);
  const announced = Promise.all([
    record.lastStatus === 'RUNNING' && change((current) => advanced(current, 'DEACTIVATING')),
    change((current) => advanced(current, 'STOPPING')),
  ]);
  try {
    await engine.stopTask(record.id);
  } finally {
    await announced;
  }
  const left = await engine.inspect(record.id);
  for (const container of left?.containers ?? []) observed.containers.set(container.name, container);
  const executionStoppedAt = epochSeconds(core.clock.now());
  await change((current) =>
    advanced(withExits(current, observed.containers, core.clock.now()), 'DEPROVISIONING', {
      executionStoppedAt,
    }),
  );
  await keepOutput(
    work,
    (left?.containers ?? []).map((container) => container.name),
  );
  await engine.removeTask(record.id);
  await change((current) => asStopped(current, core.clock.now()));
}

/** Output is worth keeping but not worth keeping a task from ending: a full disk is reported and passed over. */
async function keepOutput({ engine, logs, log, record }: TaskWork, containers: string[]): Promise<void> {
  for (const container of containers) {
    try {
      await logs.archive(record.id, container, engine.logs(record.id, container, {}));
    } catch (error) {
      log.warn({ taskArn: record.id, container, err: error }, 'the output of a container could not be kept');
    }
  }
}
