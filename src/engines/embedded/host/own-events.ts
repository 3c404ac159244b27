/**
 * What happens in the private Podman. Nobody else commands it, so all of it is done by us or is an end that conmon wrote
 * down: it is told here, and Podman needs not to write it to a file on the way of every task's start.
 */
import type { EventQuery, HostChange, HostEvent } from '../../../core/ports/container-host.ts';
import { hostEventStream } from '../../docker/host/events.ts';

/** As many as Docker remembers. */
const mostKept = 256;

export type Told = Omit<HostChange, 'at'> & { at?: number };

/** Who a container is, so that its end can be told when it is gone. */
export type KnownContainer = Pick<HostChange, 'id' | 'name' | 'image' | 'task' | 'labels'>;

export class OwnEvents {
  readonly #live = hostEventStream();
  readonly #kept: HostChange[] = [];
  readonly #known = new Map<string, KnownContainer>();
  /** Ends of containers whose start is still to be told, by id. */
  readonly #held = new Map<string, (() => void)[]>();

  tell(change: Told): void {
    const event = { ...change, at: change.at ?? Date.now() };
    this.#kept.push(event);
    if (this.#kept.length > mostKept) this.#kept.shift();
    this.#live.publish(event);
  }

  /** Of a container; after `destroy` it is not known any more. */
  tellOf(container: KnownContainer, action: string): void {
    if (action === 'destroy') this.#known.delete(container.id);
    else this.#known.set(container.id, container);
    this.tell({ kind: 'container', action, ...container });
  }

  /** An end, which conmon may have written down before the call returned that started the container. */
  tellEnd(container: KnownContainer, end: { exitCode: number; at: number }): void {
    const tell = () => this.tell({ kind: 'container', action: 'die', ...container, ...end });
    const held = this.#held.get(container.id);
    if (held) held.push(tell);
    else tell();
  }

  /** Keeps the ends of a container back until `work`, which tells of its start, is done. */
  async holding<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (this.#held.has(id)) return work();
    this.#held.set(id, []);
    try {
      return await work();
    } finally {
      const held = this.#held.get(id) ?? [];
      this.#held.delete(id);
      for (const tell of held) tell();
    }
  }

  /** Undefined for one that nothing was told of since this process began. */
  known(id: string): KnownContainer | undefined {
    return this.#known.get(id);
  }

  ofTask(task: string): KnownContainer[] {
    return [...this.#known.values()].filter((container) => container.task === task);
  }

  read({ since, kinds, signal }: EventQuery): AsyncIterable<HostEvent> {
    const wanted = ({ kind, at }: HostChange) =>
      (kinds === undefined || kinds.includes(kind)) && (since === undefined || at >= since);
    // Both at once, so that none is lost or doubled.
    const live = this.#live.read(signal);
    const kept = since === undefined ? [] : this.#kept.filter(wanted);
    return joined(kept, live, wanted);
  }

  /** Something may have happened that nobody here knows of. */
  resync(reason: string): void {
    this.#live.publish({ kind: 'resync', reason });
  }

  close(): void {
    this.#live.end();
  }
}

async function* joined(
  kept: readonly HostChange[],
  live: AsyncIterable<HostEvent>,
  wanted: (change: HostChange) => boolean,
): AsyncGenerator<HostEvent> {
  yield* kept;
  for await (const event of live) if (event.kind === 'resync' || wanted(event)) yield event;
}
