/** Exits from the engine's event stream, which is opened again, from where it broke off, as often as it must. */
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { DockerClient } from './client/docker-client.ts';
import { jsonLines } from './client/json-lines.ts';
import type { EventMessage } from './client/types.ts';
import type { ExitListener, ExitSource } from './exit-source.ts';
import { ownerLabel } from './labels.ts';

const firstRetryMs = 200;
const lastRetryMs = 10_000;

export class ExitEvents implements ExitSource {
  readonly #client: DockerClient;
  readonly #owner: string;
  #last = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(client: DockerClient, owner: string) {
    this.#client = client;
    this.#owner = owner;
  }

  async open(listener: ExitListener, signal: AbortSignal): Promise<void> {
    // The stream's head may come only with its first event: since this moment covers the time until then.
    this.#last = Date.now();
    await this.#client.version();
    this.#reading = this.#readForEver(listener, signal);
  }

  closed(): Promise<void> {
    return this.#reading;
  }

  async #readForEver(listener: ExitListener, signal: AbortSignal): Promise<void> {
    let retryMs = firstRetryMs;
    let lost = false;
    while (!signal.aborted) {
      try {
        if (lost) {
          await this.#client.version();
          lost = false;
          retryMs = firstRetryMs;
          listener.health(true);
          listener.resync();
        }
        await this.#read(listener, signal);
        throw new Error('the event stream ended');
      } catch (error) {
        if (signal.aborted) return;
        if (!lost) listener.health(false, (error as Error).message);
        lost = true;
        await delay(retryMs * (0.75 + Math.random() / 2), undefined, { signal, ref: false }).catch(
          () => undefined,
        );
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    }
  }

  async #read(listener: ExitListener, signal: AbortSignal): Promise<void> {
    const filters: Record<string, string[]> = {
      type: ['container'],
      label: [`${ownerLabel}=${this.#owner}`],
    };
    const actions = this.#client.quirks.exitEventFilter;
    if (actions.length > 0) filters['event'] = actions;
    const since = `${Math.floor(this.#last / 1000)}.${String(this.#last % 1000).padStart(3, '0')}000000`;
    const response: IncomingMessage = await this.#client.events(filters, since, signal);
    const seen = new Set<string>();
    try {
      for await (const event of jsonLines<EventMessage>(response)) {
        if (event.Action !== 'die' && event.Action !== 'died') continue;
        const at = event.timeNano ? Math.floor(event.timeNano / 1e6) : event.time * 1000;
        const key = `${event.Actor.ID} ${event.timeNano}`;
        // `since` is inclusive and coarser than the times are.
        if (seen.has(key)) continue;
        if (at > this.#last) seen.clear();
        seen.add(key);
        this.#last = Math.max(this.#last, at);
        const { exitCode, containerExitCode } = event.Actor.Attributes;
        listener.exited({
          containerId: event.Actor.ID,
          exitCode: Number(exitCode ?? containerExitCode ?? 0),
          at,
        });
      }
    } finally {
      response.destroy();
    }
  }
}
