/** Reads on over the files of one container's output, also while they are replaced and the oldest dropped. */
import type { LogQuery } from '../../core/ports/logs.ts';
import type { StampedLine } from '../log-cursor.ts';
import { LogLineParser } from './log-lines.ts';
import { openNewest, openSegment, segmentPath, statSegment } from './log-segments.ts';
import type { OpenSegment } from './log-segments.ts';

/** Below every number. */
const NONE = -1;
const CHUNK_BYTES = 64 * 1024;
const FIRST_WINDOW_BYTES = 64 * 1024;
/** The kernel's time of a file is some milliseconds behind the clock. */
const CLOCK_SLACK_MS = 1000;

export class LogReader {
  readonly #path: string;
  #current: OpenSegment | undefined;
  /** Of the current file; of the one before it where it has none yet. */
  #number = NONE;
  #position = 0;
  #parser = new LogLineParser();

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Lines from the place that was reached on. `ends`: what is there now is all that is wanted, and what has no line break
   * yet is a line. Files that were last written before `since` (epoch ms) may be left out.
   */
  async *rest(ends: boolean, since = 0): AsyncGenerator<StampedLine> {
    // A container that writes faster than this is read would keep us for ever.
    const end = ends ? await statSegment(this.#path) : undefined;
    for (;;) {
      yield* this.#toEnd(end);
      if (end !== undefined && end.inode === this.#current?.inode) break;
      if (this.#current && (await statSegment(this.#path))?.inode === this.#current.inode) break;
      // What came between our reading and the replacement.
      yield* this.#toEnd(end);
      const next = await this.#next(since);
      if (!next) break;
      await this.#moveTo(next, 0);
    }
    if (ends) yield* this.#parser.end();
  }

  /** The last lines that match; looks back no further than it must. Afterwards the place is behind them. */
  async last(count: number, { since, until }: LogQuery, ends: boolean): Promise<StampedLine[]> {
    for (let window = FIRST_WINDOW_BYTES; ; window *= 4) {
      const everything = await this.#seekBack(window);
      this.#parser = new LogLineParser();
      let kept: StampedLine[] = [];
      for await (const line of this.rest(ends)) {
        if ((since === undefined || line.at >= since) && (until === undefined || line.at < until))
          kept.push(line);
        // The first of each stream may lack its beginning: two more than asked for.
        if (kept.length > 2 * (count + 2)) kept = kept.slice(-(count + 2));
      }
      if (everything || kept.length >= count + 2) return count === 0 ? [] : kept.slice(-count);
    }
  }

  async close(): Promise<void> {
    await this.#current?.handle.close();
    this.#current = undefined;
  }

  async *#toEnd(end: { inode: number; size: number } | undefined): AsyncGenerator<StampedLine> {
    if (!this.#current) return;
    const limit = end?.inode === this.#current.inode ? end.size : Infinity;
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    while (this.#position < limit) {
      const wanted = Math.min(CHUNK_BYTES, limit - this.#position);
      const { bytesRead } = await this.#current.handle.read(buffer, 0, wanted, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      yield* this.#parser.push(buffer.subarray(0, bytesRead));
    }
  }

  /** The file after the current one. */
  async #next(since: number): Promise<(OpenSegment & { number: number }) | undefined> {
    const current = this.#current?.inode;
    const { numbers, newest } = await openNewest(this.#path);
    let whole = numbers.includes(this.#number);
    for (const number of numbers.filter((each) => each > this.#number)) {
      const segment = await openSegment(segmentPath(this.#path, number));
      if (segment && segment.inode !== current && segment.writtenAt + CLOCK_SLACK_MS >= since) {
        // Files were dropped: a line that was broken off before them has no end.
        if (!whole) this.#parser = new LogLineParser();
        await newest?.handle.close();
        return { ...segment, number };
      }
      whole = segment !== undefined;
      this.#number = number;
      await segment?.handle.close();
    }
    if (newest && newest.inode !== current) return { ...newest, number: this.#number };
    await newest?.handle.close();
    return undefined;
  }

  async #moveTo(segment: OpenSegment & { number: number }, position: number): Promise<void> {
    await this.close();
    this.#current = segment;
    this.#number = segment.number;
    this.#position = position;
  }

  /** To where so many bytes are left. True where there are no more: at the beginning of all. */
  async #seekBack(window: number): Promise<boolean> {
    await this.close();
    this.#number = NONE;
    const { numbers, newest } = await openNewest(this.#path);
    if (!newest) return true;
    let left = window - newest.size;
    if (left <= 0) {
      await this.#moveTo({ ...newest, number: numbers.at(-1) ?? NONE }, newest.size - window);
      return false;
    }
    await newest.handle.close();
    for (const number of numbers.reverse()) {
      const segment = await openSegment(segmentPath(this.#path, number));
      if (!segment) break;
      if (segment.inode !== newest.inode) left -= segment.size;
      if (left <= 0) {
        await this.#moveTo({ ...segment, number }, -left);
        return false;
      }
      await segment.handle.close();
    }
    return true;
  }
}
