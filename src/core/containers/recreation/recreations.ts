/** Containers that are being made anew, of which each is at most once, and those that an end of the server left so. */
import { AppError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerHost } from '../../ports/container-host.ts';
import { absent } from '../absent.ts';
import { pause } from './health.ts';
import { backName, markOf, nextName, outcomeOf, restoredName, type Mark } from './marks.ts';
import { isLive, runAgain, settle, type Settled } from './settling.ts';

/** What people are to know, and cannot be answered. */
export interface RecreationObserver {
  /** After the server or the engine ended in the middle. */
  settled(mark: Mark, settled: Settled): void;
  /** It is tried again. */
  failed(error: unknown): void;
}

export interface RecreationsOptions {
  host: ContainerHost | undefined;
  /** Of this server, apart from others on the same engine. */
  server: string;
  clock: Clock;
  observer: RecreationObserver;
}

const firstPauseMs = 500;
const lastPauseMs = 30_000;

export class Recreations {
  readonly server: string;
  readonly #host: ContainerHost | undefined;
  readonly #clock: Clock;
  readonly #observer: RecreationObserver;
  /** By id, also of replacements. */
  readonly #held = new Set<string>();
  readonly #closing = new AbortController();
  readonly #healing = new Set<Promise<void>>();

  constructor({ host, server, clock, observer }: RecreationsOptions) {
    this.server = server;
    this.#host = host;
    this.#clock = clock;
    this.#observer = observer;
  }

  /** Throws `Conflict` where it is made anew already. Answers what lets go of it. */
  hold(id: string, name: string): () => void {
    this.refuseHeld(id, name);
    this.#held.add(id);
    return () => void this.#held.delete(id);
  }

  /** Whether it is being made anew, or is made in another's place. */
  isHeld(id: string): boolean {
    return this.#held.has(id);
  }

  /** Throws `Conflict` for such a container; `field` is how the request calls it. */
  refuseHeld(id: string, name: string, field = 'container_id'): void {
    if (!this.isHeld(id)) return;
    throw new AppError('Conflict', `Container '${name}' is being made anew; wait for the end of that.`, {
      field,
    });
  }

  /** Finds what the last server left, holds it, and goes on to end it. Resolves when all of it is held. */
  async recover(): Promise<void> {
    if (this.#host === undefined) return;
    await this.#attempt(() => this.#takeUp());
  }

  /**
   * Ends what was begun with an original. Undefined where the engine does not answer: it is then held until that is
   * done.
   */
  async settleOne(mark: Mark): Promise<Settled | undefined> {
    const result: { settled?: Settled } = {};
    const ended = await this.#attempt(
      async () => {
        result.settled = await this.#settleNamed(mark);
      },
      () => result.settled && this.#observer.settled(mark, result.settled),
      mark.original,
    );
    return ended ? result.settled : undefined;
  }

  /** Leaves what cannot be ended to the next server. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#healing);
  }

  async #takeUp(): Promise<void> {
    const { items } = await this.#host!.containers.list();
    const standing = new Map(items.map(({ id, name, state }) => [id, { name, running: isLive(state) }]));
    for (const { id, name, labels, task } of items) {
      const mark = markOf(labels);
      if (task !== undefined) continue;
      const restored = restoredName({ id, name });
      if (restored !== undefined)
        this.#takeOver({ server: this.server, original: id, name: restored, ran: true });
      else if (mark?.server === this.server) {
        const outcome = outcomeOf(mark, standing.get(mark.original), standing.get(id)!);
        if (outcome !== 'nothing') this.#takeOver(mark);
      }
    }
  }

  #takeOver(mark: Mark): void {
    if (this.#held.has(mark.original)) return;
    const letGo = this.hold(mark.original, mark.name);
    const healing = this.settleOne(mark).then((settled) => {
      if (settled === undefined) return;
      letGo();
      this.#observer.settled(mark, settled);
    });
    this.#follow(healing);
  }

  /** By the name too: the answer to its making may have been lost. */
  async #settleNamed(mark: Mark): Promise<Settled> {
    const { containers } = this.#host!;
    const named = await containers.inspect(nextName(mark)).catch(absent);
    const found = named ?? (await containers.inspect(mark.name).catch(absent));
    if (found !== undefined && markOf(found.labels)?.original === mark.original) {
      return settle(this.#host!, found);
    }
    const original = await containers.inspect(mark.original).catch(absent);
    // The replacement is gone, by us or by somebody else, while the original was to rest for it.
    const rests = original?.name === mark.name && mark.ran && !isLive(original.state);
    if (original?.name !== backName(mark) && !rests) return { outcome: 'nothing' };
    return { outcome: 'back', ...(await runAgain(this.#host!, mark)) };
  }

  /** True where it was done at once. */
  async #attempt(
    work: () => Promise<void>,
    healed: () => void = () => undefined,
    held?: string,
  ): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#observer.failed(error);
    }
    if (held !== undefined) this.#held.add(held);
    this.#follow(
      this.#untilDone(work)
        .then(healed)
        .finally(() => held !== undefined && this.#held.delete(held)),
    );
    return false;
  }

  /** What goes on beside everything else ends before the engine is closed. */
  #follow(work: Promise<unknown>): void {
    const followed = work.catch(() => undefined).then(() => void this.#healing.delete(followed));
    this.#healing.add(followed);
  }

  async #untilDone(work: () => Promise<void>): Promise<void> {
    for (let ms = firstPauseMs; ; ms = Math.min(ms * 2, lastPauseMs)) {
      await pause(this.#clock, this.#closing.signal, ms);
      try {
        return await work();
      } catch (error) {
        this.#observer.failed(error);
      }
    }
  }
}
