/** The two long steps of a task's life: bringing it up and taking it down. */
import { parseArn } from '../core/arn.ts';
import { epochSeconds, type Core } from '../core/context.ts';
import { EngineError, type EngineErrorCode } from '../core/errors.ts';
import type { Engine, StartedTask } from '../core/ports/engine.ts';
import type { CredentialSource } from '../core/ports/image-transfer.ts';
import type { LogStore } from '../core/ports/logs.ts';
import type { TaskRecord } from '../core/records.ts';
import { advanced, asStarted, asStopped, changeTask, withExits } from '../core/task-transitions.ts';
import type { Limiter } from '../core/limiter.ts';
import { sameContainer, type Observed } from './observations.ts';

export interface TaskWork {
  core: Pick<Core, 'store' | 'clock'>;
  engine: Engine;
  logs: LogStore;
  log: { warn(details: object, message: string): void };
  starts: Limiter;
  removals: Limiter;
  /** What an account has stored for the registries of its tasks' images. */
  credentialsOf: (account: string) => CredentialSource;
  record: TaskRecord;
  observed: Observed;
}

/**
 * Pulls, starts and records. Answers with what went wrong, undefined when the task runs or was called off. What was
 * made by a failed start is removed when the task is taken down.
 */
export async function bringUp(work: TaskWork): Promise<EngineError | undefined> {
  const { core, engine, record, observed, starts } = work;
  const signal = observed.controller!.signal;
  const pullStartedAt = epochSeconds(core.clock.now());
  const pending = beside(
    changeTask(core, record.id, (current) => advanced(current, 'PENDING', { pullStartedAt })),
  );
  try {
    delete observed.started;
    if (observed.containers.size > 0) await engine.removeTask(record.id);
    observed.containers.clear();
    await ensureImages(work, signal);
    if (signal.aborted) return undefined;
    const pullStoppedAt = epochSeconds(core.clock.now());
    const activating = beside(
      changeTask(core, record.id, (current) => advanced(current, 'ACTIVATING', { pullStoppedAt })),
    );
    const started = await starts
      .run(async () => (signal.aborted ? undefined : startContainers(work)))
      .finally(() => activating);
    if (!started) return undefined;
    noteStarted(observed, started);
    // Should the write fail, only the write is repeated.
    observed.started = started;
    await changeTask(core, record.id, (current) =>
      asStarted(current, started, observed.containers, core.clock.now()),
    );
    delete observed.started;
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof EngineError) return error;
    throw error;
  } finally {
    await pending;
  }
}

/** A write that goes on beside the engine's work: where it fails, that is told to whoever waits for it. */
function beside<T>(write: Promise<T>): Promise<T> {
  write.catch(() => undefined);
  return write;
}

/** A container may have ended by now, and the engine may have told so already. */
function noteStarted(observed: Observed, started: StartedTask): void {
  for (const container of started.containers) {
    const known = observed.containers.get(container.name);
    if (known?.state === 'exited' && sameContainer(known.runtimeId, container.runtimeId)) {
      observed.containers.set(container.name, { ...known, ...container });
    } else {
      observed.containers.set(container.name, { ...container, state: 'running' });
    }
  }
}

async function ensureImages(work: TaskWork, signal: AbortSignal): Promise<void> {
  const credentials = work.credentialsOf(parseArn(work.record.id)?.accountId ?? '');
  const images = new Map(work.record.spec.containers.map(({ image, name }) => [image, name]));
  await Promise.all(
    [...images].map(async ([image, container]) => {
      try {
        await work.engine.ensureImage(image, { credentials, signal });
      } catch (error) {
        const { code, message } = asEngineError(work, error, 'CannotPullContainerError');
        throw new EngineError(code, message, container);
      }
    }),
  );
}

async function startContainers(work: TaskWork): Promise<StartedTask> {
  try {
    return await work.engine.startTask(work.record.spec);
  } catch (error) {
    throw asEngineError(work, error, 'ResourceInitializationError');
  }
}

/** What an engine did not foresee ends the task too: tried again for ever, it would tell its user nothing. */
function asEngineError(
  { log, observed, record }: TaskWork,
  error: unknown,
  code: EngineErrorCode,
): EngineError {
  if (error instanceof EngineError) return error;
  if (!observed.controller?.signal.aborted)
    log.warn({ taskArn: record.id, err: error }, 'the engine failed in a way that it did not foresee');
  return new EngineError(code, error instanceof Error ? error.message : String(error));
}

/** Stops what runs, records how it ended, keeps its output, removes it and ends the task. May be repeated. */
export async function tearDown(work: TaskWork): Promise<void> {
  const { core, engine, record, observed, removals } = work;
  const change = (transition: (current: TaskRecord) => TaskRecord) => changeTask(core, record.id, transition);
  const announced = beside(
    Promise.all([
      record.lastStatus === 'RUNNING' && change((current) => advanced(current, 'DEACTIVATING')),
      change((current) => advanced(current, 'STOPPING')),
    ]),
  );
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
  await removals.run(async () => {
    await keepOutput(
      work,
      (left?.containers ?? []).map((container) => container.name),
    );
    await engine.removeTask(record.id);
  });
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
