/** Exits from the engine's event stream. */
import type { DockerClient, Filters } from './client/docker-client.ts';
import type { EventMessage } from './client/types.ts';
import { readEvents } from './event-reading.ts';
import type { ExitListener, ExitSource } from './exit-source.ts';
import { ownerLabel } from './labels.ts';

export class ExitEvents implements ExitSource {
  readonly #client: DockerClient;
  readonly #owner: string;
  #reading: Promise<void> = Promise.resolve();

  constructor(client: DockerClient, owner: string) {
    this.#client = client;
    this.#owner = owner;
  }

  async open(listener: ExitListener, signal: AbortSignal): Promise<void> {
    // The stream's head may come only with its first event: since this moment covers the time until then.
    const since = Date.now();
    await this.#client.version();
    this.#reading = readEvents(this.#client, this.#filters(), since, eventsFor(listener), signal);
  }

  closed(): Promise<void> {
    return this.#reading;
  }

  #filters(): Filters {
    const filters: Filters = { type: ['container'], label: [`${ownerLabel}=${this.#owner}`] };
    const actions = this.#client.quirks.exitEventFilter;
    if (actions.length > 0) filters['event'] = actions;
    return filters;
  }
}

function eventsFor(listener: ExitListener): Parameters<typeof readEvents>[3] {
  return {
    event: ({ Action, Actor }: EventMessage, at) => {
      if (Action !== 'die' && Action !== 'died') return;
      const exitCode = exitCodeOf(Actor.Attributes);
      listener.exited({ containerId: Actor.ID, exitCode, at });
    },
    lost: (reason) => listener.health(false, reason),
    back: () => {
      listener.health(true);
      listener.resync();
    },
  };
}

/** Podman's word for it is the second. */
export const exitCodeOf = ({ exitCode, containerExitCode }: Record<string, string>): number =>
  Number(exitCode ?? containerExitCode ?? 0);
