/** Which containers' output is rotated, and by which limits: they carry these as a label, for the next server. */
import type { ContainerSpec, TaskSpec } from '../../core/ports/engine.ts';
import { usualLogLimits } from '../docker/engine-logs.ts';
import { RotatedLog, conmonBytes } from './rotated-log.ts';
import type { LogLimits } from './rotated-log.ts';

export interface ContainerLog {
  /** The file that conmon writes. */
  path: string;
  limits: LogLimits;
  /** The container has just been started, perhaps not for the first time. */
  isNewRun?: boolean;
}

const limitsLabel = 'longshore.log-limits';
/** By the id of a task, or of a container of none. */
export class LogRotation {
  readonly #tasks = new Map<string, RotatedLog[]>();
  readonly #log: { warn(details: object, message: string): void };
  #closed = false;

  constructor(log: { warn(details: object, message: string): void }) {
    this.#log = log;
  }

  begin(taskId: string, logs: readonly ContainerLog[]): void {
    if (this.#closed || this.#tasks.has(taskId)) return;
    const rotated = logs.map(({ path, limits, isNewRun }) => {
      const failed = ({ message }: Error) =>
        this.#log.warn({ taskId, reason: message }, 'The output of a container could not be rotated');
      return new RotatedLog({ path, limits, isNewRun }, failed);
    });
    this.#tasks.set(taskId, rotated);
    for (const each of rotated) each.start();
  }

  /** Resolves when nothing is made any more in the containers' directories, which can be removed then. */
  async end(taskId: string): Promise<void> {
    const rotated = this.#tasks.get(taskId) ?? [];
    this.#tasks.delete(taskId);
    await Promise.all(rotated.map((each) => each.close()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#tasks.keys()].map((id) => this.end(id)));
  }
}

/** The task with containers whose conmon leaves the rotation to us, except where nobody does it for long. */
export function leftToRotation(spec: TaskSpec): TaskSpec {
  return { ...spec, containers: spec.containers.map(leftToUs) };
}

function leftToUs(container: ContainerSpec): ContainerSpec {
  const { maxBytes, maxFiles } = container.log;
  return {
    ...container,
    labels: { ...container.labels, [limitsLabel]: `${maxBytes}/${maxFiles}` },
    log: { maxBytes: conmonBytes(container.log), maxFiles: 1 },
  };
}

export function logLimitsOf(labels: Record<string, string> | null): LogLimits {
  const [maxBytes, maxFiles] = (labels?.[limitsLabel] ?? '').split('/').map(Number);
  return maxBytes && maxFiles ? { maxBytes, maxFiles } : usualLogLimits;
}
