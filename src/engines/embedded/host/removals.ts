interface Going {
  id: string;
  name: string;
  done: Promise<unknown>;
}

interface Asking {
  reference: string;
  done: Promise<unknown>;
}

/**
 * Removals that are under way. Podman makes the lock of a container anew for whoever waited for it while it was removed,
 * and nothing ever takes that away (4.3, file locks): so nothing is asked of a container that is just going.
 */
export class Removals {
  readonly #going = new Map<string, Going>();
  readonly #asking = new Set<Asking>();

  /** One after the other for one container, and after who asks for it; `again` says that there was one before. */
  async removing<T>(
    { id, name }: { id: string; name: string },
    work: (again: boolean) => Promise<T>,
  ): Promise<T> {
    let again = false;
    for (let going = this.#going.get(id); going; going = this.#going.get(id)) {
      again = true;
      await going.done.catch(() => undefined);
    }
    const asking = [...this.#asking].filter(({ reference }) => isOf({ id, name }, reference));
    const done = Promise.allSettled(asking.map((each) => each.done)).then(() => work(again));
    this.#going.set(id, { id, name, done });
    try {
      return await done;
    } finally {
      this.#going.delete(id);
    }
  }

  /** Work that takes no longer than an answer of Podman, once the container is not being removed. */
  async asking<T>(container: string | { id: string }, work: () => Promise<T>): Promise<T> {
    const reference = typeof container === 'string' ? container : container.id;
    for (let going = this.#find(reference); going; going = this.#find(reference)) {
      await going.done.catch(() => undefined);
    }
    const asking = { reference, done: work() };
    this.#asking.add(asking);
    try {
      return await asking.done;
    } finally {
      this.#asking.delete(asking);
    }
  }

  isGoing(id: string): boolean {
    return this.#going.has(id);
  }

  #find(reference: string): Going | undefined {
    if (this.#going.size === 0) return undefined;
    return [...this.#going.values()].find((going) => isOf(going, reference));
  }
}

const isOf = ({ id, name }: { id: string; name: string }, reference: string): boolean =>
  name === reference || id.startsWith(reference);
