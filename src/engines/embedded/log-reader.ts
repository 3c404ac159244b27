/** Reads on over the files of one container's output, also while they are replaced and the oldest dropped. */
import type { HostLogLine } from '../../core/ports/host-containers.ts';
import { LineJoiner, type JoinerOptions } from '../line-joiner.ts';
import type { Stamp } from '../log-stamps.ts';
import { LogLineParser, firstStamp } from './log-lines.ts';
import { openNewest, openSegment, segmentPath, statSegment } from './log-segments.ts';
import type { OpenSegment } from './log-segments.ts';

/** Below every number. */
const none = -1;
const chunkBytes = 64 * 1024;
/** More than the longest record of conmon's. */
const recordBytes = 16 * 1024;
const firstWindowBytes = 64 * 1024;

export class LogReader {
  readonly #path: string;
  #current: OpenSegment | undefined;
  /** Of the current file; of the one before it where it has none yet. */
  #number = none;
  #position = 0;
  #parser = new LogLineParser(new LineJoiner());
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);

  constructor(path: string) {
    this.#path = path;
  }

  /** To the beginning of all. */
  async fromStart(options: JoinerOptions): Promise<LineJoiner> {
    await this.close();
    this.#number = none;
    return this.#parse(options, false);
  }

  /** To some place before the first record of a time, as near as is cheap. */
  async before(isBefore: (stamp: Stamp) => boolean, options: JoinerOptions): Promise<LineJoiner> {
    for (let window = firstWindowBytes; ; window *= 4) {
      if (await this.#seekBack(window)) return this.#parse(options, false);
      const stamp = await this.#stampHere();
      if (stamp && isBefore(stamp)) return this.#parse(options, true);
    }
  }

  /** To where about so many bytes are left. */
  async back(bytes: number, options: JoinerOptions): Promise<{ joiner: LineJoiner; isAll: boolean }> {
    const isAll = await this.#seekBack(bytes);
    return { joiner: this.#parse({ ...options, isMidway: !isAll }, !isAll), isAll };
  }

  /**
   * Lines from the place that was reached on. `isBounded`: no further than to what is there now. `isOver`: no more comes
   * later, so that what has no line break is a line as well.
   */
  async *rest({ isBounded, isOver }: { isBounded: boolean; isOver: boolean }): AsyncGenerator<HostLogLine[]> {
    // A container that writes faster than this is read would keep us for ever.
    const end = isBounded || isOver ? await statSegment(this.#path) : undefined;
    yield* this.#toNewest(end);
    if (!isOver) return;
    this.#parser.joiner.end();
    yield* this.#taken();
  }

  async *#toNewest(end: { inode: number; size: number } | undefined): AsyncGenerator<HostLogLine[]> {
    for (;;) {
      yield* this.#toEnd(end);
      if (end !== undefined && end.inode === this.#current?.inode) return;
      if (this.#current && (await statSegment(this.#path))?.inode === this.#current.inode) return;
      // What came between our reading and the replacement.
      yield* this.#toEnd(end);
      const next = await this.#next();
      if (!next) return;
      await this.#moveTo(next, 0);
    }
  }

  async close(): Promise<void> {
    await this.#current?.handle.close();
    this.#current = undefined;
  }

  #parse(options: JoinerOptions, isCut: boolean): LineJoiner {
    const joiner = new LineJoiner(options);
    this.#parser = new LogLineParser(joiner, isCut);
    return joiner;
  }

  async *#toEnd(end: { inode: number; size: number } | undefined): AsyncGenerator<HostLogLine[]> {
    if (!this.#current) return;
    const limit = end?.inode === this.#current.inode ? end.size : Infinity;
    while (this.#position < limit) {
      const wanted = Math.min(chunkBytes, limit - this.#position);
      const { bytesRead } = await this.#current.handle.read(this.#buffer, 0, wanted, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      this.#parser.push(this.#buffer.subarray(0, bytesRead));
      yield* this.#taken();
    }
  }

  *#taken(): Generator<HostLogLine[]> {
    const lines = this.#parser.joiner.take();
    if (lines.length > 0) yield lines;
  }

  /** The file after the current one. */
  async #next(): Promise<(OpenSegment & { number: number }) | undefined> {
    const current = this.#current?.inode;
    const { numbers, newest } = await openNewest(this.#path);
    let isNext = numbers.includes(this.#number);
    for (const number of numbers.filter((each) => each > this.#number)) {
      const segment = await openSegment(segmentPath(this.#path, number));
      if (segment && segment.inode !== current) {
        // Files were dropped: a line that was broken off before them has no end.
        if (!isNext) this.#parser.forget();
        await newest?.handle.close();
        return { ...segment, number };
      }
      isNext = segment !== undefined;
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

  /** Of the first record from here on. Undefined where none is near. */
  async #stampHere(): Promise<Stamp | undefined> {
    if (!this.#current) return undefined;
    const { bytesRead } = await this.#current.handle.read(this.#buffer, 0, 2 * recordBytes, this.#position);
    return firstStamp(this.#buffer.subarray(0, bytesRead));
  }

  /** To where so many bytes are left. True where there are no more: at the beginning of all. */
  async #seekBack(window: number): Promise<boolean> {
    await this.close();
    this.#number = none;
    const { numbers, newest } = await openNewest(this.#path);
    if (!newest) return true;
    let left = window - newest.size;
    if (left < 0) {
      await this.#moveTo({ ...newest, number: numbers.at(-1) ?? none }, newest.size - window);
      return false;
    }
    await newest.handle.close();
    for (const number of numbers.reverse()) {
      const segment = await openSegment(segmentPath(this.#path, number));
      if (!segment) break;
      if (segment.inode !== newest.inode) left -= segment.size;
      if (left < 0) {
        await this.#moveTo({ ...segment, number }, -left);
        return false;
      }
      await segment.handle.close();
    }
    return true;
  }
}
