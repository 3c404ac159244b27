/**
 * The seam between a task's life and its network: where its containers are put, which ports reach them, and how all of
 * that is found again after a restart. One implementation for each way an engine lets us in.
 */
import type { Binding, TaskNetwork, TaskSpec } from '../../../core/ports/engine.ts';
import type { ContainerSpec } from '../../../core/ports/engine.ts';
import type { Placement } from '../container-config.ts';

/** Ports on their way: held by now, so that their numbers are known, and in force once packets reach the task. */
export interface Publication {
  bindings: Binding[];
  inForce: Promise<unknown>;
}

export interface TaskSandbox {
  network?: TaskNetwork;
  /** What `SandboxProvider.adopt` needs to find this sandbox again; carried by the task's containers. */
  readonly mark: Record<string, string | number>;
  /** Where `container` goes. `first`: the id of the task's first container, once it exists. */
  placement(container: ContainerSpec, first: string | undefined): Placement;
  /** Binds the task's ports; throws what `TaskNetworks.hold` and `publish` throw. Afterwards `network` is set. */
  publish(): Promise<Publication>;
  /** Takes everything back, its ports first. May be called again. */
  release(): Promise<void>;
}

/** A task as its containers' labels tell it. */
export interface FoundTask {
  id: string;
  mark: Record<string, string | number>;
  network?: TaskNetwork;
  bindings: Binding[];
}

export interface SandboxProvider {
  /** Errors are `EngineError` ResourceInitializationError. */
  open(spec: TaskSpec): Promise<TaskSandbox>;
  /**
   * After a restart: the sandboxes of these tasks live on, what else of this owner's is found goes. Answers in the
   * order given, undefined where a task's sandbox is gone.
   */
  adopt(tasks: readonly FoundTask[]): Promise<(TaskSandbox | undefined)[]>;
  /** The engine may have been restarted: forgets what waited ready and did not survive it. */
  refresh(): Promise<void>;
  /** Gives back what waits ready. Sandboxes of tasks stay. */
  close(): Promise<void>;
}
