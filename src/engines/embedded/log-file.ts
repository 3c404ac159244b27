/**
 * Output straight from the file that conmon writes: with its exact times, also while Podman is away, and without
 * Podman's polling.
 */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { access, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import { LogLineParser } from './log-lines.ts';

export interface LogFile {
  path: string;
  /** Exists once the container has ended and all its output is written. */
  exitFile: string;
  /** Whether the container was running when the question came. */
  running: boolean;
}

const CHUNK_BYTES = 64 * 1024;
const FIRST_WINDOW_BYTES = 64 * 1024;

export async function* readLogFile(file: LogFile, query: LogQuery): AsyncGenerator<LogLine> {
  const reader = await LogReader.open(file.path);
  if (!reader) return;
  let changes: Changes | undefined;
  try {
    if (query.follow && file.running) changes = new Changes(file, query.signal);
    // Removed at once after its end, a container takes both files away before we can look.
    const over = async () =>
      changes === undefined || (await exists(file.exitFile)) || !(await exists(file.path));
    if (query.tail !== undefined) yield* await reader.last(query.tail, query, await over());
    while (!query.signal?.aborted) {
      // Asked before reading, so that nothing written before the end is missed.
      const last = await over();
      for await (const line of reader.rest(last)) {
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

class LogReader {
  readonly #path: string;
  #handle: FileHandle;
  #position = 0;
  #parser = new LogLineParser();

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** Undefined where there is no such file. */
  static async open(path: string): Promise<LogReader | undefined> {
    const handle = await openExisting(path);
    return handle && new LogReader(path, handle);
  }

  /** Lines from the position on. `ends`: what has no line break yet is a line. */
  async *rest(ends: boolean): AsyncGenerator<LogLine> {
    yield* this.#toEnd();
    for (let next = await this.#replacement(); next; next = await this.#replacement()) {
      // What came between our reading and the replacement.
      yield* this.#toEnd();
      await this.#handle.close();
      this.#handle = next;
      this.#position = 0;
      yield* this.#toEnd();
    }
    if (ends) yield* this.#parser.end();
  }

  /** The last lines that match; looks back no further than it must. Afterwards the position is the end. */
  async last(count: number, { since, until }: LogQuery, ends: boolean): Promise<LogLine[]> {
    const { size } = await this.#handle.stat();
    for (let window = FIRST_WINDOW_BYTES; ; window *= 4) {
      this.#position = Math.max(0, size - window);
      this.#parser = new LogLineParser();
      let kept: LogLine[] = [];
      for await (const line of this.rest(ends)) {
        if ((since === undefined || line.at >= since) && (until === undefined || line.at < until))
          kept.push(line);
        // The first of each stream may lack its beginning: two more than asked for.
        if (kept.length > 2 * (count + 2)) kept = kept.slice(-(count + 2));
      }
      if (window >= size || kept.length >= count + 2) return count === 0 ? [] : kept.slice(-count);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async *#toEnd(): AsyncGenerator<LogLine> {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await this.#handle.read(buffer, 0, CHUNK_BYTES, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      yield* this.#parser.push(buffer.subarray(0, bytesRead));
    }
  }

  /** conmon begins a new file in the place of one that has reached its size. */
  async #replacement(): Promise<FileHandle | undefined> {
    const next = await openExisting(this.#path);
    if (!next) return undefined;
    const [now, then] = await Promise.all([next.stat(), this.#handle.stat()]);
    if (now.ino !== then.ino) return next;
    await next.close();
    return undefined;
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

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
