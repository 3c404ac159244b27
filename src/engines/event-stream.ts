import type { EngineEvent } from '../core/ports/engine.ts';

/** Hands every event to each of its readers, from the moment they ask. */
export class EventStream<Event = EngineEvent> {
  readonly #readers = new Set<Reader<Event>>();

  publish(event: Event): void {
    for (const reader of this.#readers) reader.push(event);
  }

  read(signal: AbortSignal): AsyncIterable<Event> {
    const reader = new Reader<Event>();
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

class Reader<Event> {
  #waiting: Event[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  push(event: Event): void {
    this.#waiting.push(event);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *events(): AsyncGenerator<Event> {
    while (true) {
      const batch = this.#waiting;
      this.#waiting = [];
      yield* batch;
      if (this.#waiting.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
