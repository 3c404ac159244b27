/**
 * Output straight from the files that conmon writes: with its exact times, also while Podman is away, and without
 * Podman's polling.
 */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { LogQuery } from '../../core/ports/logs.ts';
import type { StampedLine } from '../log-cursor.ts';
import { LogReader } from './log-reader.ts';

export interface LogFile {
  path: string;
  /** Exists once the container has ended and all its output is written. */
  exitFile: string;
  /** Whether the container was running when the question came. */
  running: boolean;
}

export async function* readLogFile(file: LogFile, query: LogQuery): AsyncGenerator<StampedLine> {
  const reader = new LogReader(file.path);
  let changes: Changes | undefined;
  try {
    if (query.follow && file.running) changes = new Changes(file, query.signal);
    // Removed at once after its end, a container takes both files away before we can look.
    const over = async () =>
      changes === undefined || (await exists(file.exitFile)) || !(await exists(file.path));
    if (query.tail !== undefined) {
      const last = await over();
      yield* await reader.last(query.tail, query, last);
      if (last) return;
    }
    while (!query.signal?.aborted) {
      // Asked before reading, so that nothing written before the end is missed.
      const last = await over();
      for await (const line of reader.rest(last, query.since)) {
        if (query.since !== undefined && line.at < query.since) continue;
        if (query.until !== undefined && line.at >= query.until) return;
        yield line;
      }
      if (last) return;
      await changes?.next();
    }
  } finally {
    changes?.close();
    await reader.close();
  }
}

/** Wakes when the file or the container's end was written. */
class Changes {
  readonly #watchers: FSWatcher[] = [];
  readonly #signal: AbortSignal | undefined;
  #changed = false;
  #wake: () => void = () => {};

  constructor({ path, exitFile }: LogFile, signal: AbortSignal | undefined) {
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

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
