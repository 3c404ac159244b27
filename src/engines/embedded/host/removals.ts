interface Going {
  id: string;
  name: string;
  done: Promise<unknown>;
}

/**
 * Removals that are under way. Podman makes the lock of a container anew for whoever waited for it while it was removed,
 * and nothing ever takes that away (4.3, file locks): so nothing is asked of a container that is just going.
 */
export class Removals {
  readonly #going = new Map<string, Going>();

  /** One after the other for one container; `again` says that there was one before. */
  async removing<T>(
    { id, name }: { id: string; name: string },
    work: (again: boolean) => Promise<T>,
  ): Promise<T> {
    let again = false;
    for (let going = this.#going.get(id); going; going = this.#going.get(id)) {
      again = true;
      await going.done.catch(() => undefined);
    }
    const done = work(again);
    this.#going.set(id, { id, name, done });
    try {
      return await done;
    } finally {
      this.#going.delete(id);
    }
  }

  /** Resolves once it is not being removed. */
  async over(container: string): Promise<void> {
    for (let going = this.#find(container); going; going = this.#find(container)) {
      await going.done.catch(() => undefined);
    }
  }

  isGoing(id: string): boolean {
    return this.#going.has(id);
  }

  #find(container: string): Going | undefined {
    if (this.#going.size === 0) return undefined;
    return [...this.#going.values()].find(({ id, name }) => name === container || id.startsWith(container));
  }
}
