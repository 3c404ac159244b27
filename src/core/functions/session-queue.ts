/** One execution of a session at a time, in the order they came. Sessions do not wait for each other. */
import type { Clock, Timer } from '../ports/clock.ts';
import { FunctionError } from './function-error.ts';

interface Waiting {
  begin: () => void;
  timer: Timer;
}

export interface SessionQueueOptions {
  clock: Clock;
  /** Executions of one session that may wait. */
  maxWaiting: number;
}

export class SessionQueue {
  readonly #options: SessionQueueOptions;
  /** Of each session with an execution under way: those behind it. */
  readonly #lanes = new Map<string, Waiting[]>();

  constructor(options: SessionQueueOptions) {
    this.#options = options;
  }

  /**
   * `deadline`: epoch ms until which it waits. Throws `FunctionError` TIMEOUT where its turn did not come by then,
   * RATE_LIMITED where too many wait already; `work` was not begun then.
   */
  async run<T>(session: string, deadline: number, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(session);
    if (lane === undefined) this.#lanes.set(session, []);
    else await this.#turn(lane, deadline);
    try {
      return await work();
    } finally {
      this.#next(session);
    }
  }

  /** Sessions with an execution under way. */
  get size(): number {
    return this.#lanes.size;
  }

  /** Executions behind those. */
  get waiting(): number {
    let waiting = 0;
    for (const lane of this.#lanes.values()) waiting += lane.length;
    return waiting;
  }

  #turn(lane: Waiting[], deadline: number): Promise<void> {
    const { clock, maxWaiting } = this.#options;
    if (lane.length >= maxWaiting) {
      throw new FunctionError(
        'RATE_LIMITED',
        `${maxWaiting} executions of this session wait already. Send fewer at once, or use several sessions.`,
        { retryAfter: 1 },
      );
    }
    return new Promise((resolve, reject) => {
      const late = () => {
        lane.splice(lane.indexOf(waiting), 1);
        reject(
          new FunctionError('TIMEOUT', 'The executions before it took all of its time; it was not begun.'),
        );
      };
      const waiting = { begin: resolve, timer: clock.after(Math.max(0, deadline - clock.now()), late) };
      lane.push(waiting);
    });
  }

  #next(session: string): void {
    const next = this.#lanes.get(session)?.shift();
    if (next === undefined) {
      this.#lanes.delete(session);
      return;
    }
    next.timer.cancel();
    next.begin();
  }
}
