/**
 * Hands out slot numbers in turn, so that one just freed rests as long as possible: connection tracking may still
 * know its address.
 */
export class Slots {
  readonly #capacity: number;
  readonly #used = new Set<number>();
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Throws when all are in use. */
  take(): number {
    if (this.#used.size >= this.#capacity)
      throw new Error(`all ${String(this.#capacity)} task addresses are in use`);
    while (this.#used.has(this.#next)) this.#next = (this.#next + 1) % this.#capacity;
    const slot = this.#next;
    this.#used.add(slot);
    this.#next = (slot + 1) % this.#capacity;
    return slot;
  }

  /** Marks one found in use. */
  reserve(slot: number): void {
    if (slot < this.#capacity) this.#used.add(slot);
  }

  free(slot: number): void {
    this.#used.delete(slot);
  }
}
