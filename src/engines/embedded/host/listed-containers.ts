/**
 * The containers of the private Podman, as its list has them. Podman takes a millisecond for each container to list
 * them; nobody else commands it, and ends are written down by conmon, so it is asked only for those that something
 * happened to since.
 */
import type { HostContainer } from '../../../core/ports/host-containers.ts';

export interface ContainerSource {
  list(): Promise<readonly HostContainer[]>;
  /** Undefined where it is gone. */
  ask(id: string): Promise<HostContainer | undefined>;
  /** It is being removed, and is told of as changed once that is over. */
  isGoing(id: string): boolean;
}

type Known = Map<string, HostContainer>;

/** Above so many, all are listed anew. */
const mostAsked = 20;

export class ListedContainers {
  /** Undefined where more may have happened than was told. */
  #known: Known | undefined;
  /** Times that it was so. */
  #unsure = 0;
  #changed = new Set<string>();
  #looking: Promise<Known> | undefined;
  /** Begins when the look that is under way is over. */
  #next: Promise<Known> | undefined;

  /** Something happened to it, or may have. */
  changed(id: string): void {
    this.#changed.add(id);
  }

  changedOfTask(task: string): void {
    // What is found just now may be of before.
    if (this.#looking) this.unsure();
    for (const { id, task: own } of this.#known?.values() ?? []) if (own?.id === task) this.changed(id);
  }

  /** Anything may have happened. */
  unsure(): void {
    this.#known = undefined;
    this.#unsure++;
  }

  /** All of them, as they were when this was asked or later; in no order. */
  async all(source: ContainerSource): Promise<HostContainer[]> {
    return [...(await this.#look(source)).values()];
  }

  /** A look that is under way may have missed what came since it began: whoever asks then waits for the one after. */
  #look(source: ContainerSource): Promise<Known> {
    if (this.#next) return this.#next;
    if (this.#looking) {
      const begin = () => {
        this.#next = undefined;
        return this.#look(source);
      };
      return (this.#next = this.#looking.then(begin, begin));
    }
    if (this.#known && this.#changed.size === 0) return Promise.resolve(this.#known);
    const looking = this.#refresh(source).finally(() => (this.#looking = undefined));
    return (this.#looking = looking);
  }

  async #refresh(source: ContainerSource): Promise<Known> {
    const known = this.#known;
    const changed = this.#changed;
    const unsure = this.#unsure;
    this.#changed = new Set();
    try {
      if (known && changed.size <= mostAsked) {
        await Promise.all([...changed].map((id) => ask(source, id, known)));
        return known;
      }
      const listed = new Map((await source.list()).map((each) => [each.id, each]));
      if (unsure === this.#unsure) this.#known = listed;
      return listed;
    } catch (error) {
      this.unsure();
      throw error;
    }
  }
}

async function ask(source: ContainerSource, id: string, known: Known): Promise<void> {
  if (source.isGoing(id)) return;
  const found = await source.ask(id);
  if (found) known.set(id, found);
  else known.delete(id);
}
