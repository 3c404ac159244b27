/** Notices of the kernel that a container has written something, or has ended. */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

interface LogFiles {
  path: string;
  exitFile: string;
}

/** Wakes when the file or the container's end was written. */
export class LogChanges {
  readonly #watchers: FSWatcher[] = [];
  readonly #signal: AbortSignal | undefined;
  #changed = false;
  #wake: () => void = () => {};

  constructor({ path, exitFile }: LogFiles, signal: AbortSignal | undefined) {
    this.#signal = signal;
    try {
      for (const file of [path, exitFile]) this.#watch(file);
    } catch {
      // The container was removed meanwhile, which is what there was to wait for.
      this.#changed = true;
    }
    signal?.addEventListener('abort', this.#notice);
  }

  async next(): Promise<void> {
    if (!this.#changed && !this.#signal?.aborted)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#changed = false;
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#notice);
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(file: string): void {
    const watcher = watch(dirname(file), (_, name) => {
      if (name === null || name === basename(file)) this.#notice();
    });
    this.#watchers.push(watcher);
    // The directory goes with the container.
    watcher.on('error', () => this.#notice());
  }

  readonly #notice = (): void => {
    this.#changed = true;
    this.#wake();
  };
}
