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

  noteExit(event: Extract<EngineEvent, { type: 'exited' }>): void {
    const { containers } = this.of(event.taskId);
    const known = containers.get(event.container);
    containers.set(event.container, {
      name: event.container,
      runtimeId: '',
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
    for (const container of task.containers) observed.containers.set(container.name, container);
  }

  /** The engine has nothing of the task (any more): whatever was in it has ended without telling how. */
  noteVanished(record: TaskRecord): void {
    const observed = this.of(record.id);
    delete observed.listed;
    for (const { name } of record.spec.containers) {
      const known = observed.containers.get(name);
      if (known?.state === 'exited') continue;
      observed.containers.set(name, { name, runtimeId: '', ...known, state: 'exited' });
    }
  }
}

export function observationOf(record: TaskRecord, observed: Observed): Observation {
  const ended = new Set(
    (record.task.containers ?? [])
      .filter(({ lastStatus }) => lastStatus === 'STOPPED')
      .map(({ name }) => name),
  );
  const unrecordedExits = [...observed.containers.values()].some(
    ({ name, state }) => state === 'exited' && !ended.has(name),
  );
  return {
    activity: observed.activity,
    unrecordedExits,
    started: startedTask(record, observed) !== undefined,
  };
}

/** The listed task as a start would have answered, when every container of the record was started. */
export function startedTask(record: TaskRecord, observed: Observed): StartedTask | undefined {
  const { listed } = observed;
  if (!listed) return undefined;
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
