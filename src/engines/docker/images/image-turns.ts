/**
 * Whatever brings images runs side by side. What tidies up after one of them that failed runs alone: it could take away
 * what the others are about to use.
 */
export class ImageTurns {
  readonly #tidy: () => Promise<void>;
  #running = 0;
  #hasFailed = false;
  #tidying: Promise<void> | undefined;

  /** `tidy` never rejects. */
  constructor(tidy: () => Promise<void>) {
    this.#tidy = tidy;
  }

  /** Answers as `work` does; after it failed, once everything is tidy where nothing else runs. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    while (this.#tidying) await this.#tidying;
    this.#running++;
    try {
      return await work();
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    } finally {
      this.#running--;
      if (this.#hasFailed && this.#running === 0) await this.#tidyUp();
    }
  }

  async #tidyUp(): Promise<void> {
    this.#hasFailed = false;
    this.#tidying = this.#tidy();
    await this.#tidying;
    this.#tidying = undefined;
  }
}
