/** What the engine has told about each task, and what this process is doing for it. */
import type { EngineContainer, EngineEvent, EngineTask, StartedTask } from '../core/ports/engine.ts';
import type { TaskRecord } from '../core/records.ts';
import type { Activity, Observation } from './task-plan.ts';

export interface Observed {
  activity?: Activity;
  /** Ends a start that is under way. */
  controller?: AbortController;
  containers: Map<string, EngineContainer>;
  /** The engine's whole view, from a listing. */
  listed?: EngineTask;
  /** What a start answered that could not be recorded yet. */
  started?: StartedTask;
  /** Events may have been missed while an activity was under way. */
  missedEvents?: boolean;
}

export class Observations {
  private readonly tasks = new Map<string, Observed>();

  of(taskId: string): Observed {
    const known = this.tasks.get(taskId);
    if (known) return known;
    const created: Observed = { containers: new Map() };
    this.tasks.set(taskId, created);
    return created;
  }

  forget(taskId: string): void {
    this.tasks.delete(taskId);
  }

  /** Starts under way end as soon as they can. */
  cancelStarts(): void {
    for (const { controller } of this.tasks.values()) controller?.abort();
  }

  noteExit(event: Extract<EngineEvent, { type: 'exited' }>): void {
    const { containers } = this.of(event.taskId);
    const known = containers.get(event.container);
    if (known && !sameContainer(known.runtimeId, event.runtimeId ?? '')) return;
    containers.set(event.container, {
      name: event.container,
      runtimeId: event.runtimeId ?? '',
      ...known,
      state: 'exited',
      exitCode: event.exitCode,
      oomKilled: event.oomKilled,
      finishedAt: event.at,
    });
  }

  noteListed(task: EngineTask): void {
    const observed = this.of(task.id);
    observed.listed = task;
    for (const container of task.containers) {
      const known = observed.containers.get(container.name);
      // The listing may be older than the event that told of the exit.
      const outdated =
        known?.state === 'exited' &&
        container.state !== 'exited' &&
        sameContainer(known.runtimeId, container.runtimeId);
      if (!outdated) observed.containers.set(container.name, container);
    }
  }

  /** Containers that were started and that the engine does not have any more have ended without telling how. */
  noteMissing(record: TaskRecord, task: EngineTask | undefined): void {
    const observed = this.of(record.id);
    const present = new Set(task?.containers.map(({ name }) => name));
    for (const { name } of record.spec.containers) {
      const known = observed.containers.get(name);
      if (present.has(name) || known?.state === 'exited') continue;
      observed.containers.set(name, { name, runtimeId: '', ...known, state: 'exited' });
    }
  }
}

/** Ids that an engine did not tell count as the same. */
export function sameContainer(a: string, b: string): boolean {
  return a === '' || b === '' || a === b;
}

export function observationOf(record: TaskRecord, observed: Observed): Observation {
  const unrecordedExits = (record.task.containers ?? []).some(
    ({ name, lastStatus }) => lastStatus !== 'STOPPED' && observed.containers.get(name!)?.state === 'exited',
  );
  return {
    activity: observed.activity,
    unrecordedExits,
    started: startedTask(record, observed) !== undefined,
  };
}

/** What the start answered, or would have: the listed task, when every container of the record was started. */
export function startedTask(record: TaskRecord, observed: Observed): StartedTask | undefined {
  const { listed, started } = observed;
  if (started || !listed) return started;
  const containers = record.spec.containers.map(({ name }) =>
    listed.containers.find((found) => found.name === name),
  );
  if (containers.some((container) => container?.startedAt === undefined)) return undefined;
  return {
    ...(listed.network && { network: listed.network }),
    bindings: listed.bindings,
    containers: containers.map((container) => ({
      name: container!.name,
      runtimeId: container!.runtimeId,
      startedAt: container!.startedAt!,
      ...(container!.imageDigest && { imageDigest: container!.imageDigest }),
    })),
  };
}
