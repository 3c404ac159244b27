/**
 * Records out of an engine's timestamped log stream. A line longer than the engine's buffer (16 KB in Docker) comes in
 * several, each with a time before it and only the last with a line break.
 */
import type { LineJoiner } from '../line-joiner.ts';
import { StampReader, noStamp, type Stamp } from '../log-stamps.ts';
import { FrameSplitter } from './client/frames.ts';

/** A program that never ends its line must not fill our memory: what is longer comes as several lines. */
const maxLineBytes = 1024 * 1024;
const pieceBytes = 16 * 1024;
const lineBreak = 10;
const space = 32;
const longestStamp = 40;

export interface LogParser {
  push(chunk: Buffer): void;
  /** What came without a line break is a record as well, whose line goes on. */
  end(): void;
  /** So far. */
  readonly records: number;
}

export interface LogForm {
  tty: boolean;
  /** What is shorter and has no line break is the end of a line all the same: that of a run. */
  pieceBytes?: number | undefined;
}

export const logParser = (joiner: LineJoiner, { tty, pieceBytes = 0 }: LogForm): LogParser =>
  tty ? new TerminalLines(joiner) : new FramedLines(joiner, pieceBytes);

class FramedLines implements LogParser {
  records = 0;
  readonly #joiner: LineJoiner;
  readonly #stamps = new StampReader();
  readonly #splitter = new FrameSplitter();
  readonly #pieceBytes: number;

  constructor(joiner: LineJoiner, pieceBytes: number) {
    this.#joiner = joiner;
    this.#pieceBytes = pieceBytes;
  }

  push(chunk: Buffer): void {
    for (const { stream, payload } of this.#splitter.push(chunk)) {
      const { stamp, start } = stampOf(this.#stamps, payload);
      const isBroken = payload[payload.length - 1] === lineBreak;
      const end = isBroken ? payload.length - 1 : payload.length;
      const ends = isBroken || payload.length - start < this.#pieceBytes;
      this.#joiner.add(stream, stamp, { bytes: payload, start, end, ends });
      this.records++;
    }
  }

  /** A frame that is not whole is none. */
  end(): void {}
}

/** No frames and one stream. */
class TerminalLines implements LogParser {
  records = 0;
  readonly #joiner: LineJoiner;
  readonly #stamps = new StampReader();
  #waiting: Buffer[] = [];
  #size = 0;

  constructor(joiner: LineJoiner) {
    this.#joiner = joiner;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(lineBreak); end >= 0; end = chunk.indexOf(lineBreak, start)) {
      this.#add(chunk.subarray(start, end), true);
      start = end + 1;
    }
    if (start === chunk.length) return;
    this.#waiting.push(chunk.subarray(start));
    this.#size += chunk.length - start;
    if (this.#size >= maxLineBytes) this.#add(nothing, true);
  }

  end(): void {
    if (this.#size > 0) this.#add(nothing, false);
  }

  #add(last: Buffer, ends: boolean): void {
    const line = this.#waiting.length === 0 ? last : Buffer.concat([...this.#waiting, last]);
    this.#waiting = [];
    this.#size = 0;
    const { stamp, start } = stampOf(this.#stamps, line);
    const bytes = this.#withoutStamps(line.subarray(start));
    this.#joiner.add('stdout', stamp, { bytes, start: 0, end: bytes.length, ends });
    this.records++;
  }

  /** The pieces of a long line without the time that is before each. */
  #withoutStamps(line: Buffer): Buffer {
    if (line.length <= pieceBytes) return line;
    const pieces: Buffer[] = [];
    let left = line;
    while (left.length > pieceBytes) {
      pieces.push(left.subarray(0, pieceBytes));
      const next = left.subarray(pieceBytes);
      left = next.subarray(stampOf(this.#stamps, next).start);
    }
    return Buffer.concat([...pieces, left]);
  }
}

const nothing = Buffer.alloc(0);

function stampOf(stamps: StampReader, bytes: Buffer): { stamp: Stamp; start: number } {
  const end = bytes.indexOf(space);
  const stamp = end < 0 || end > longestStamp ? undefined : stamps.read(bytes.toString('latin1', 0, end));
  return stamp ? { stamp, start: end + 1 } : { stamp: noStamp, start: 0 };
}
