/**
 * Reads the outbox once for all connections. A commit only wakes the reader; what it reads it shows to every
 * subscriber, in order, and with nobody there it reads nothing.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Core } from '../../core/context.ts';
import type { Timer } from '../../core/ports/clock.ts';
import type { EventRecord } from '../../core/records.ts';
import type { Log } from '../../telemetry/log.ts';
import { liveEvents, type EventType, type LiveEvent } from './events.ts';

export interface EventSubscriber {
  wants(type: EventType): boolean;
  offer(event: LiveEvent): void;
}

const pageSize = 100;
const retryMs = 1000;

export class EventFeed {
  readonly #core: Core;
  readonly #log: Log;
  readonly #subscribers = new Set<EventSubscriber>();
  #end: (() => void) | undefined;
  #retry: Timer | undefined;
  #reading = false;
  #again = false;
  #cursor = 0;

  constructor(core: Core, log: Log) {
    this.#core = core;
    this.#log = log;
  }

  /** From what is last in the outbox now. */
  async start(): Promise<void> {
    this.#end = this.#core.store.onEvents((events) => this.#hear(events));
    const { last } = await this.#core.store.eventRange();
    this.#cursor = Math.max(this.#cursor, last);
  }

  close(): void {
    this.#end?.();
    this.#retry?.cancel();
    this.#subscribers.clear();
  }

  add(subscriber: EventSubscriber): void {
    this.#subscribers.add(subscriber);
  }

  remove(subscriber: EventSubscriber): void {
    this.#subscribers.delete(subscriber);
  }

  /** The last sequence that the subscribers of this moment have been shown. */
  get cursor(): number {
    return this.#cursor;
  }

  /** What is kept from `first` to `last`, oldest first, in pieces: `next` is where to go on. */
  async stored(first: number, last: number): Promise<{ records: EventRecord[]; next: number }> {
    const page = await this.#core.store.events(first - 1, pageSize);
    const records = page.filter(({ sequence }) => sequence <= last);
    return { records, next: records.length === pageSize ? records.at(-1)!.sequence + 1 : last + 1 };
  }

  render(record: EventRecord, isWanted: (type: EventType) => boolean): Promise<LiveEvent[]> {
    return liveEvents(this.#core, record, isWanted);
  }

  #hear(events: readonly EventRecord[]): void {
    if (this.#subscribers.size === 0 && !this.#reading) {
      this.#cursor = Math.max(this.#cursor, events.at(-1)?.sequence ?? 0);
      return;
    }
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    // Not in the commit's own turn: whoever waits for it comes first.
    setImmediate(() => void this.#read());
  }

  async #read(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        while ((await this.#readPage()) === pageSize) await nextTurn();
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'events could not be read and will be read again');
      this.#retry = this.#core.clock.after(retryMs, () => this.#hear([]));
    } finally {
      this.#reading = false;
    }
  }

  async #readPage(): Promise<number> {
    const page = await this.#core.store.events(this.#cursor, pageSize);
    for (const record of page) {
      const events = await this.render(record, (type) => this.#isWanted(type));
      // From here to the end of the turn: a subscriber that catches up compares itself with the cursor.
      this.#cursor = record.sequence;
      for (const event of events) for (const subscriber of this.#subscribers) subscriber.offer(event);
    }
    return page.length;
  }

  #isWanted(type: EventType): boolean {
    for (const subscriber of this.#subscribers) if (subscriber.wants(type)) return true;
    return false;
  }
}
