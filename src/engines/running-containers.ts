import type { EngineTask, StartedTask } from '../core/ports/engine.ts';

interface Known {
  running: Set<string>;
  /** An exit may be told before the start that it followed is answered. */
  ended: Set<string>;
}

/** How many containers of tasks run, as far as the engine has told. */
export class RunningContainers {
  readonly #tasks = new Map<string, Known>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  starting(taskId: string): void {
    if (!this.#tasks.has(taskId)) this.#tasks.set(taskId, { running: new Set(), ended: new Set() });
  }

  started(taskId: string, { containers }: StartedTask): void {
    const known = this.#tasks.get(taskId);
    if (known === undefined) return;
    for (const { name } of containers) if (!known.ended.has(name)) this.#add(known, name);
  }

  exited(taskId: string, container: string): void {
    const known = this.#tasks.get(taskId);
    if (known === undefined) return;
    known.ended.add(container);
    if (known.running.delete(container)) this.#count--;
  }

  removed(taskId: string): void {
    this.#count -= this.#tasks.get(taskId)?.running.size ?? 0;
    this.#tasks.delete(taskId);
  }

  /** Reads a listing that was asked for when this was called: tasks begun since are not in it. */
  listing(): (tasks: readonly EngineTask[]) => void {
    const before = new Set(this.#tasks.keys());
    return (tasks) => {
      for (const task of tasks) {
        before.delete(task.id);
        this.#listed(task);
      }
      for (const taskId of before) this.removed(taskId);
    };
  }

  #listed({ id, containers }: EngineTask): void {
    this.starting(id);
    const known = this.#tasks.get(id)!;
    for (const { name, state } of containers) {
      if (state === 'running' && !known.ended.has(name)) this.#add(known, name);
      else if (state === 'exited') this.exited(id, name);
    }
  }

  #add(known: Known, name: string): void {
    if (known.running.has(name)) return;
    known.running.add(name);
    this.#count++;
  }
}
