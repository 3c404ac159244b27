/**
 * Keeps the output of one running container in files of limited size, and drops the oldest. While nothing is written it
 * waits for a notice of the kernel and costs nothing; while something is, it looks at the size, more often the sooner
 * the file may be full. A notice for every write would wake us thousands of times a second.
 */
import { constants, statSync, watch, writeSync } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
/** conmon writes the old file through to the disk first. What takes longer is seen at the next look. */
const REPLACED_WITHIN_MS = 500;
/** What a container may write while no server rotates before output is lost. */
const UNATTENDED_BYTES = 256 * 1024 * 1024;
/** More than conmon writes between our look at the file and its reading of our message. */
const MARGIN_BYTES = 16 * 1024 * 1024;
/** More than one write of conmon's. */
const WRITE_BYTES = 64 * 1024;
/** conmon's control message to open its log anew (conmon, src/ctrl.c); the numbers are a size, of no use here. */
const REOPEN_LOG = '2 0 0\n';

/**
 * The size conmon is started with. It counts all that it has written, over all files, and when the sum reaches this it
 * begins a new file by itself and counts from zero.
 */
export function conmonBytes({ maxBytes, maxFiles }: LogLimits): number {
  return Math.min(Math.max(UNATTENDED_BYTES, maxBytes * maxFiles * 8), 2 ** 40);
}

/**
 * The numbers of files tell conmon's count at their beginning, modulo twice its size. So the number of a file and the
 * size of it tell why it was followed by another, and what number that has.
 */
export function numberAfter(number: number, size: number, limits: LogLimits): number {
  const span = 2 * conmonBytes(limits);
  const byItself = (number % span) + size > conmonBytes(limits) - WRITE_BYTES;
  return byItself ? nextCount(number, span) : number + Math.max(1, size);
}

/** The number after a file that a later run of the container went on with: its conmon counts what is in the file. */
export function numberAfterRun(number: number, size: number, limits: LogLimits): number {
  const span = 2 * conmonBytes(limits);
  const byItself = size > conmonBytes(limits) - WRITE_BYTES;
  return nextCount(number, span) + (byItself ? 0 : size);
}

const nextCount = (number: number, span: number) => (Math.floor(number / span) + 1) * span;

export interface Rotated {
  /** The file that conmon writes, in the container's bundle. */
  path: string;
  limits: LogLimits;
  /** The container has just been started, perhaps not for the first time. */
  isNewRun?: boolean | undefined;
}

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
  #numbered: { inode: number; number: number } | undefined;
  /** The file that conmon was asked to replace: asked twice, it would replace one that has no second name yet. */
  #asked: number | undefined;

  /** The file with which a new run of the container began. */
  #ofNewRun: number | undefined;

  constructor({ path, limits, isNewRun = false }: Rotated, onFailure: (error: Error) => void) {
    this.#path = path;
    this.#limits = limits;
    this.#ofNewRun = isNewRun ? statSync(path, { throwIfNoEntry: false })?.ino : undefined;
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
      if (now.inode !== this.#numbered?.inode) await this.#number();
      if (now.size > this.#limits.maxBytes && now.inode !== this.#asked) {
        // Ended: nothing is written any more.
        if (!(await this.#askForNewFile())) return;
        await this.#numberNext(now.inode);
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

  /** Soon, and before we go: conmon may drop a file without a second name while no server runs. */
  async #numberNext(replaced: number): Promise<void> {
    if (this.#asked !== replaced) return;
    for (const end = performance.now() + REPLACED_WITHIN_MS; performance.now() < end; await delay(2)) {
      const current = await statSegment(this.#path);
      if (current?.inode === replaced) continue;
      if (current) await this.#number();
      return;
    }
  }

  /** Gives the file that conmon writes a second name, and takes it from those that are too many. */
  async #number(): Promise<void> {
    const numbers = await segmentNumbers(this.#path);
    const highest = numbers.at(-1);
    const newest = highest === undefined ? undefined : await statSegment(segmentPath(this.#path, highest));
    const current = await statSegment(this.#path);
    if (current && newest?.inode !== current.inode) {
      const after = newest && newest.inode === this.#ofNewRun ? numberAfterRun : numberAfter;
      const number = highest === undefined ? 0 : after(highest, newest?.size ?? 0, this.#limits);
      await link(this.#path, segmentPath(this.#path, number));
      numbers.push(number);
    }
    const last = numbers.at(-1) ?? 0;
    const named = await statSegment(segmentPath(this.#path, last));
    this.#numbered = named && { inode: named.inode, number: last };
    for (const number of numbers.slice(0, -this.#limits.maxFiles)) {
      await rm(segmentPath(this.#path, number), { force: true });
    }
  }

  /** False where conmon has ended, with its container. */
  async #askForNewFile(): Promise<boolean> {
    const control = join(dirname(this.#path), 'ctl');
    try {
      const fifo = await open(control, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        if (this.#mayAsk()) writeSync(fifo.fd, REOPEN_LOG);
        return true;
      } finally {
        await fifo.close();
      }
    } catch (error) {
      if (['ENXIO', 'ENOENT', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    }
  }

  /**
   * Not where conmon is about to begin a file by itself: our message would have it replace that one too, before it has a
   * second name. At once before the message, for the same reason.
   */
  #mayAsk(): boolean {
    const { ino, size } = statSync(this.#path);
    if (!this.#numbered || ino !== this.#numbered.inode) return false;
    const bound = conmonBytes(this.#limits);
    const before = ino === this.#ofNewRun ? 0 : this.#numbered.number % (2 * bound);
    if (before + size > bound - MARGIN_BYTES) return false;
    this.#asked = ino;
    return true;
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
