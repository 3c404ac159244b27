/** The loops over core as one part: started and closed together, and begun anew by a reset. */
import type { Core } from '../core/context.ts';
import { refreshLocalMachine } from '../core/local-instance.ts';
import { Expiry } from './expiry.ts';
import { TaskLoop, type TaskLoopOptions, type TaskLoopStatistics } from './task-loop.ts';

export interface ControlPlaneOptions extends TaskLoopOptions {
  core: Core;
}

export class ControlPlane {
  private readonly options: ControlPlaneOptions;
  private readonly expiry: Expiry;
  private loop: TaskLoop;
  private lastReset: Promise<void> = Promise.resolve();

  constructor(options: ControlPlaneOptions) {
    const { core, logs, log } = options;
    this.options = options;
    this.loop = new TaskLoop(options);
    const onError = (error: unknown) =>
      log.warn({ err: error }, 'forgetting old records failed and will be tried again');
    this.expiry = new Expiry({ core, logs, onError });
  }

  /** Throws where the store or the engine does not answer. */
  async start(): Promise<void> {
    await refreshLocalMachine(this.options.core);
    await this.loop.start();
    this.expiry.start();
  }

  async close(): Promise<void> {
    await this.expiry.close();
    await this.loop.close();
  }

  wake(taskArn: string): void {
    this.loop.wake(taskArn);
  }

  /** Why the engine cannot be reached, while it cannot. */
  get problem(): string | undefined {
    return this.loop.problem;
  }

  /** Of the loop as it is: a reset begins a new one. */
  statistics(): TaskLoopStatistics {
    return this.loop.statistics();
  }

  /** Back to empty: every task gone from the engine, every record and log removed. One reset at a time. */
  reset(): Promise<void> {
    const reset = this.lastReset.then(() => this.startOver());
    this.lastReset = reset.catch(() => undefined);
    return reset;
  }

  private async startOver(): Promise<void> {
    const { core, logs } = this.options;
    await this.loop.close();
    try {
      await this.removeTasks();
      // A start that was under way may have made more since.
      await this.loop.ended();
      await this.removeTasks();
      await core.store.clear();
      await logs.clear();
      await refreshLocalMachine(core);
    } finally {
      this.loop = new TaskLoop(this.options);
      await this.loop.resume();
    }
  }

  private async removeTasks(): Promise<void> {
    const { engine } = this.options;
    await Promise.all((await engine.list()).map((task) => engine.removeTask(task.id)));
  }
}
