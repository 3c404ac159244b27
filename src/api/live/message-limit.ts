/**
 * How many messages a connection may send. The first second with too many brings a warning, the next one a pause in
 * which nothing is read, the third the end. What is too much is not done, and a minute without makes it forgotten.
 */
import type { Clock } from '../../core/ports/clock.ts';

export type Verdict = 'pass' | 'warn' | 'pause' | 'close' | 'ignore';

const secondMs = 1000;
const forgivenMs = 60_000;
/** So many times the limit within one second is a flood, and no misjudged loop. */
const floodFactor = 20;

export class MessageLimit {
  readonly #perSecond: number;
  readonly #clock: Pick<Clock, 'now'>;
  #second = 0;
  #count = 0;
  #violations = 0;
  #lastViolation = 0;

  constructor(perSecond: number, clock: Pick<Clock, 'now'>) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** Counts one message. */
  judge(): Verdict {
    const now = this.#clock.now();
    if (now - this.#second >= secondMs) {
      this.#second = now;
      this.#count = 0;
    }
    this.#count++;
    if (this.#count <= this.#perSecond) return 'pass';
    if (this.#count > this.#perSecond * floodFactor) return 'close';
    if (this.#count > this.#perSecond + 1) return 'ignore';
    if (now - this.#lastViolation > forgivenMs) this.#violations = 0;
    this.#lastViolation = now;
    this.#violations++;
    return this.#violations === 1 ? 'warn' : this.#violations === 2 ? 'pause' : 'close';
  }
}
