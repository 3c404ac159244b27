import type { EngineEvent } from '../core/ports/engine.ts';

/** More than a machine with a thousand containers tells at once. */
const mostWaiting = 10_000;

/** Hands every event to each of its readers, from the moment they ask. What waits for a slow one is bounded. */
export class EventStream<Event> {
  readonly #readers = new Set<Reader<Event>>();
  readonly #instead: (lost: readonly Event[]) => Event[];

  /** `instead`: what a reader gets in place of what it was too slow to take. */
  constructor(instead: (lost: readonly Event[]) => Event[]) {
    this.#instead = instead;
  }

  publish(event: Event): void {
    for (const reader of this.#readers) reader.push(event);
  }

  read(signal: AbortSignal): AsyncIterable<Event> {
    const reader = new Reader<Event>(this.#instead);
    this.#readers.add(reader);
    const end = () => {
      reader.end();
      this.#readers.delete(reader);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    return reader.events();
  }

  end(): void {
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }
}

/** Of an engine: whoever missed something lists again. Whether the engine can be reached is told all the same. */
export const engineEvents = () =>
  new EventStream<EngineEvent>((lost) => {
    const health = lost.findLast(({ type }) => type === 'health');
    return [...(health ? [health] : []), { type: 'resync' }];
  });

class Reader<Event> {
  readonly #instead: (lost: readonly Event[]) => Event[];
  #waiting: Event[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(instead: (lost: readonly Event[]) => Event[]) {
    this.#instead = instead;
  }

  push(event: Event): void {
    this.#waiting.push(event);
    if (this.#waiting.length > mostWaiting) this.#waiting = this.#instead(this.#waiting);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *events(): AsyncGenerator<Event> {
    while (true) {
      // Taken one by one: those that a slow reader has yet to take count as waiting.
      const event = this.#waiting.shift();
      if (event !== undefined) {
        yield event;
        continue;
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
