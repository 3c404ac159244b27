/** What happens to containers, images, volumes and networks, as far as the caller may see them. */
import { parseArn } from '../arn.ts';
import { AppError } from '../errors.ts';
import type { ContainerHost, EventQuery, HostChange, HostEvent } from '../ports/container-host.ts';
import { seesAccount, type Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { namesAccount, sees, seesServer } from './visibility.ts';

/**
 * Few events say whose their thing is, so what there is is read first, and what is made meanwhile is looked at. What was
 * gone before anybody looked is told only to callers who see every account. Throws `EngineError`
 * UnsupportedByEngine where the engine has no events.
 */
export async function watchEvents(
  core: ContainersCore,
  caller: Principal,
  query: EventQuery,
): Promise<AsyncIterable<HostEvent>> {
  const host = hostOf(core);
  const events = host.events(query);
  if (caller.scopes.allows('admin:accounts')) return events;
  const sight = new Sight(core, caller, host);
  await sight.look();
  return seenOf(events, sight);
}

async function* seenOf(events: AsyncIterable<HostEvent>, sight: Sight): AsyncGenerator<HostEvent> {
  for await (const event of events) {
    if (event.kind === 'resync') {
      await sight.look();
      yield event;
    } else if (await sight.covers(event)) yield event;
  }
}

class Sight {
  readonly #core: ContainersCore;
  readonly #caller: Principal;
  readonly #host: ContainerHost;
  /** By kind and id, or name where that is what things of the kind are known by. */
  #seen = new Map<string, boolean>();

  constructor(core: ContainersCore, caller: Principal, host: ContainerHost) {
    this.#core = core;
    this.#caller = caller;
    this.#host = host;
  }

  async look(): Promise<void> {
    const [containers, volumes, networks] = await Promise.all([
      this.#host.containers.list(),
      this.#host.volumes.list(),
      this.#host.networks.list(),
    ]);
    const found = [
      ...containers.items.map((each) => [`container ${each.id}`, each] as const),
      ...volumes.items.map((each) => [`volume ${each.name}`, each] as const),
      ...networks.items.map((each) => [`network ${each.id}`, each] as const),
    ];
    this.#seen = new Map(found.map(([key, each]) => [key, sees(this.#core, this.#caller, each)]));
  }

  async covers(event: HostChange): Promise<boolean> {
    if (event.kind === 'image') return seesServer(this.#core, this.#caller);
    if (event.task !== undefined) {
      return seesAccount(this.#caller, parseArn(event.task)?.accountId ?? this.#core.account);
    }
    const key = `${event.kind} ${event.kind === 'volume' ? event.name : event.id}`;
    const known = this.#seen.get(key) ?? this.#labelled(event) ?? (await this.#inspected(event));
    if (event.action === 'destroy') this.#seen.delete(key);
    else this.#seen.set(key, known);
    return known;
  }

  #labelled({ labels }: HostChange): boolean | undefined {
    return labels && namesAccount(labels) ? sees(this.#core, this.#caller, { labels }) : undefined;
  }

  async #inspected({ kind, id, name }: HostChange): Promise<boolean> {
    const { containers, volumes, networks } = this.#host;
    try {
      const found = await (kind === 'container'
        ? containers.inspect(id)
        : kind === 'volume'
          ? volumes.inspect(name)
          : networks.inspect(id));
      return sees(this.#core, this.#caller, found);
    } catch (error) {
      if (error instanceof AppError && error.code === 'ResourceNotFound') return false;
      throw error;
    }
  }
}
