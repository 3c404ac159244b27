/** What is done to make a container anew, step by step: told as it happens, and with the answer. */
import type { Clock } from '../../ports/clock.ts';

export type StepName =
  'pull' | 'create' | 'stop-original' | 'start' | 'health' | 'swap' | 'remove-original' | 'restore';

export interface Step {
  name: StepName;
  state: 'running' | 'done' | 'failed';
  /** Epoch ms. */
  startedAt: number;
  finishedAt?: number;
}

export type OnStep = (step: Readonly<Step>) => void;

export class Steps {
  readonly taken: Step[] = [];
  readonly #clock: Pick<Clock, 'now'>;
  readonly #onStep: OnStep;

  constructor(clock: Pick<Clock, 'now'>, onStep: OnStep = () => undefined) {
    this.#clock = clock;
    this.#onStep = onStep;
  }

  /** Of the one that was begun last. */
  get last(): Step | undefined {
    return this.taken.at(-1);
  }

  async take<T>(name: StepName, work: () => Promise<T>): Promise<T> {
    const step: Step = { name, state: 'running', startedAt: this.#clock.now() };
    this.taken.push(step);
    this.#onStep({ ...step });
    try {
      const result = await work();
      this.#end(step, 'done');
      return result;
    } catch (error) {
      this.#end(step, 'failed');
      throw error;
    }
  }

  #end(step: Step, state: Step['state']): void {
    step.state = state;
    step.finishedAt = this.#clock.now();
    this.#onStep({ ...step });
  }
}
