interface Turn {
  shared: boolean;
  done: Promise<unknown>;
}

/**
 * What starts a container waits for all that is under way with it, and all else for that: a stop beside a restart would
 * find nothing to stop and leave a container that runs, and Podman refuses one of two. Several stops go side by side, so
 * that one with less patience is not kept waiting by one with more.
 */
export class Turns {
  readonly #underWay = new Map<string, Turn[]>();

  /** `work` is told whether there was something to wait for: what was known of the container may be old then. */
  async take<T>(id: string, shared: boolean, work: (waited: boolean) => Promise<T>): Promise<T> {
    const turns = this.#underWay.get(id) ?? [];
    this.#underWay.set(id, turns);
    const before = turns.filter((turn) => !shared || !turn.shared).map(({ done }) => done);
    const done = Promise.allSettled(before).then(() => work(before.length > 0));
    const turn = { shared, done };
    turns.push(turn);
    try {
      return await done;
    } finally {
      turns.splice(turns.indexOf(turn), 1);
      if (turns.length === 0) this.#underWay.delete(id);
    }
  }
}
