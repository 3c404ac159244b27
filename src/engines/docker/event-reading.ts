/** The engine's event stream, read over lost connections. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DockerClient, Filters } from './client/docker-client.ts';
import { jsonLines } from './client/json-lines.ts';
import type { EventMessage } from './client/types.ts';

const firstRetryMs = 200;
const lastRetryMs = 10_000;

export interface EventListener {
  /** `at`: epoch ms. */
  event(message: EventMessage, at: number): void;
  lost(reason: string): void;
  /** What happened meanwhile is told next, as far as the engine remembers it. */
  back(): void;
}

/** `since`: epoch ms. Resolves when the signal fired. */
export async function readEvents(
  client: DockerClient,
  filters: Filters,
  since: number,
  listener: EventListener,
  signal: AbortSignal,
): Promise<void> {
  const reading = new Reading(client, filters, since, listener);
  let retryMs = firstRetryMs;
  let lost = false;
  while (!signal.aborted) {
    try {
      if (lost) {
        await client.version();
        lost = false;
        retryMs = firstRetryMs;
        listener.back();
      }
      await reading.read(signal);
      throw new Error('the event stream ended');
    } catch (error) {
      if (signal.aborted) return;
      if (!lost) listener.lost((error as Error).message);
      lost = true;
      const jitter = 0.75 + Math.random() / 2;
      await delay(retryMs * jitter, undefined, { signal, ref: false }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    }
  }
}

class Reading {
  readonly #client: DockerClient;
  readonly #filters: Filters;
  readonly #listener: EventListener;
  #last: number;
  /** Of the last millisecond: `since` is inclusive and coarser than the times are. */
  readonly #seen = new Set<string>();

  constructor(client: DockerClient, filters: Filters, since: number, listener: EventListener) {
    this.#client = client;
    this.#filters = filters;
    this.#last = since;
    this.#listener = listener;
  }

  async read(signal: AbortSignal): Promise<void> {
    const since = `${Math.floor(this.#last / 1000)}.${String(this.#last % 1000).padStart(3, '0')}000000`;
    const response = await this.#client.events(this.#filters, since, signal);
    try {
      for await (const event of jsonLines<EventMessage>(response)) this.#take(event);
    } finally {
      response.destroy();
    }
  }

  #take(event: EventMessage): void {
    const at = event.timeNano ? Math.floor(event.timeNano / 1e6) : event.time * 1000;
    const key = `${event.Type} ${event.Action} ${event.Actor.ID} ${event.timeNano}`;
    if (this.#seen.has(key)) return;
    if (at > this.#last) this.#seen.clear();
    this.#seen.add(key);
    this.#last = Math.max(this.#last, at);
    this.#listener.event(event, at);
  }
}
