/**
 * Keeps the output of one running container in files of limited size, and drops the oldest. While nothing is written it
 * waits for a notice of the kernel and costs nothing; while something is, it looks at the size, more often the sooner
 * the file may be full. A notice for every write would wake us thousands of times a second.
 */
import { constants, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { segmentNumbers, segmentPath, statSegment } from './log-segments.ts';

export interface LogLimits {
  /** A file beyond it is followed by a new one. It may grow on for as long as it takes us to see it. */
  maxBytes: number;
  /** With the one that is being written. */
  maxFiles: number;
}

interface Look {
  inode: number;
  size: number;
  /** Milliseconds of a clock that never steps. */
  at: number;
}

const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2000;
/** conmon's control message to open its log anew (conmon, src/ctrl.c); the numbers are a size, of no use here. */
const REOPEN_LOG = '2 0 0\n';

export class RotatedLog {
  readonly #path: string;
  readonly #limits: LogLimits;
  readonly #onFailure: (error: Error) => void;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;
  #last: Look | undefined;
  /** The file that has the highest number. */
  #numbered: number | undefined;
  /** The file that conmon was asked to replace: asked twice, it would replace one that has no second name yet. */
  #asked: number | undefined;

  /** `path`: the file that conmon writes, in the container's bundle. */
  constructor(path: string, limits: LogLimits, onFailure: (error: Error) => void) {
    this.#path = path;
    this.#limits = limits;
    this.#onFailure = onFailure;
  }

  start(): void {
    this.#looking = this.#look();
  }

  /** Resolves when nothing is done any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    await this.#looking;
  }

  async #look(): Promise<void> {
    try {
      const found = await statSegment(this.#path);
      // The container was removed.
      if (!found || this.#closed) return;
      const now = { ...found, at: performance.now() };
      const written = now.inode !== this.#last?.inode || now.size !== this.#last.size;
      if (now.inode !== this.#numbered) await this.#number();
      if (now.size > this.#limits.maxBytes && now.inode !== this.#asked) {
        this.#asked = now.inode;
        // Ended: nothing is written any more.
        if (!(await this.#askForNewFile())) return;
      }
      const wait = waitFor(now, this.#last, this.#limits.maxBytes);
      this.#last = now;
      if (written) this.#lookIn(wait);
      else await this.#lookWhenWritten(now);
    } catch (error) {
      this.#onFailure(error as Error);
      this.#lookIn(LONGEST_WAIT_MS);
    }
  }

  /** Gives the file that conmon writes a second name, and takes it from those that are too many. */
  async #number(): Promise<void> {
    const numbers = await segmentNumbers(this.#path);
    const highest = numbers.at(-1) ?? 0;
    const [newest, current] = await Promise.all([
      statSegment(segmentPath(this.#path, highest)),
      statSegment(this.#path),
    ]);
    if (current && newest?.inode !== current.inode) {
      await link(this.#path, segmentPath(this.#path, highest + 1));
      numbers.push(highest + 1);
    }
    const named = await statSegment(segmentPath(this.#path, numbers.at(-1) ?? 0));
    for (const number of numbers.slice(0, -this.#limits.maxFiles)) {
      await rm(segmentPath(this.#path, number), { force: true });
    }
    this.#numbered = named?.inode;
  }

  /** False where conmon has ended, with its container. */
  async #askForNewFile(): Promise<boolean> {
    const control = join(dirname(this.#path), 'ctl');
    try {
      const fifo = await open(control, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        await fifo.write(REOPEN_LOG);
        return true;
      } finally {
        await fifo.close();
      }
    } catch (error) {
      if (['ENXIO', 'ENOENT', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    }
  }

  #lookIn(milliseconds: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.start(), milliseconds);
    this.#timer.unref();
  }

  async #lookWhenWritten(known: Look): Promise<void> {
    if (this.#closed) return;
    const watcher = watch(this.#path, { persistent: false });
    this.#watcher = watcher;
    const wake = (wait: number) => {
      if (this.#watcher !== watcher) return;
      this.#watcher = undefined;
      watcher.close();
      this.#lookIn(wait);
    };
    watcher.on('change', () => {
      // The growth is that from now on.
      this.#last = { ...known, at: performance.now() };
      wake(SHORTEST_WAIT_MS);
    });
    watcher.on('error', () => wake(LONGEST_WAIT_MS));
    // Written before the notices began.
    const now = await statSegment(this.#path);
    if (now?.inode !== known.inode || now.size !== known.size) wake(SHORTEST_WAIT_MS);
  }
}

/** Half of the time in which the file is full if it grows on as it did. */
function waitFor(now: Look, last: Look | undefined, maxBytes: number): number {
  if (!last || last.inode !== now.inode || last.size >= now.size) return SHORTEST_WAIT_MS;
  const bytesPerMs = (now.size - last.size) / (now.at - last.at);
  const untilFull = (maxBytes - now.size) / bytesPerMs;
  return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, untilFull / 2));
}
