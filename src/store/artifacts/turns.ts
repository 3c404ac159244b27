/** Whose turn it is to have something made: making takes cores and memory, so there is only so much at a time. */
import { ArtifactRefused } from '../../core/ports/artifacts.ts';

const mostAtOnce = 2;
const mostWaitingOfOne = 20;
const mostWaiting = 200;

export class Turns {
  /** Who waits, by owner. Whose turn was longest ago comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  /** How many turns each owner has now. */
  readonly #running = new Map<string, number>();

  /**
   * Waits for a turn; the answer ends it. An owner has one at a time while others wait. Throws the signal's reason when
   * it aborts before, and `ArtifactRefused` where too many wait.
   */
  async take(owner: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (sum(this.#running.values()) >= mostAtOnce) await this.#wait(owner, signal);
    else this.#begin(owner);
    return () => this.#end(owner);
  }

  async #wait(owner: string, signal: AbortSignal): Promise<void> {
    const mine = this.#waiting.get(owner) ?? [];
    const all = sum([...this.#waiting.values()].map(({ length }) => length));
    if (mine.length >= mostWaitingOfOne || all >= mostWaiting)
      throw new ArtifactRefused(
        `${mine.length} of yours and ${all} in all wait to be made; try again later.`,
      );
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#remove(owner, start);
        reject(signal.reason as Error);
      };
      const start = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.set(owner, [...mine, start]);
      signal.addEventListener('abort', leave);
    });
  }

  #remove(owner: string, turn: () => void): void {
    const others = (this.#waiting.get(owner) ?? []).filter((each) => each !== turn);
    if (others.length > 0) this.#waiting.set(owner, others);
    else this.#waiting.delete(owner);
  }

  #begin(owner: string): void {
    this.#running.set(owner, (this.#running.get(owner) ?? 0) + 1);
  }

  #end(owner: string): void {
    const left = (this.#running.get(owner) ?? 0) - 1;
    if (left > 0) this.#running.set(owner, left);
    else this.#running.delete(owner);
    this.#next();
  }

  #next(): void {
    const owners = [...this.#waiting.keys()];
    const owner = owners.find((each) => !this.#running.has(each)) ?? owners[0];
    if (owner === undefined) return;
    const [start, ...others] = this.#waiting.get(owner) ?? [];
    this.#waiting.delete(owner);
    if (others.length > 0) this.#waiting.set(owner, others);
    this.#begin(owner);
    start?.();
  }
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
