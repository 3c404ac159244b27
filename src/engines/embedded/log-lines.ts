/**
 * conmon's log file: `<RFC 3339 time with nanoseconds> <stream> <F or P> <text>`, one record each; P where the output's
 * line goes on (Kubernetes' CRI logging format).
 */
import type { LineJoiner } from '../line-joiner.ts';
import { StampReader, type Stamp } from '../log-stamps.ts';

const lineBreak = 10;
const space = 32;
const letterF = 70;
const letterP = 80;
/** Where the two names of streams differ: of `out` and `err`. */
const letterO = 111;
const streamBytes = 'stdout'.length;
/** More than the longest time. */
const stampBytes = 48;
const nothing: Buffer = Buffer.alloc(0);

/** Reads chunks of the file to records. */
export class LogLineParser {
  readonly joiner: LineJoiner;
  readonly #stamps = new StampReader();
  #rest = nothing;
  #isCut: boolean;

  /** `isCut`: the first chunk begins within a record, which is left out. */
  constructor(joiner: LineJoiner, isCut = false) {
    this.joiner = joiner;
    this.#isCut = isCut;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(lineBreak); end >= 0; end = bytes.indexOf(lineBreak, start)) {
      if (this.#isCut) this.#isCut = false;
      else this.#add(bytes, start, end);
      start = end + 1;
    }
    this.#rest = start === bytes.length ? nothing : Buffer.from(bytes.subarray(start));
  }

  /** What comes next does not go on with what came. */
  forget(): void {
    this.#rest = nothing;
    this.joiner.forget();
  }

  #add(bytes: Buffer, start: number, end: number): void {
    const head = headOf(this.#stamps, bytes, start, end);
    if (!head) return;
    const { stamp, stream, text, ends } = head;
    this.joiner.add(stream, stamp, { bytes, start: text, end, ends });
  }
}

interface Head {
  stamp: Stamp;
  stream: 'stdout' | 'stderr';
  ends: boolean;
  /** Where the text begins. */
  text: number;
}

/** Undefined for what is no record. */
function headOf(stamps: StampReader, bytes: Buffer, start: number, end: number): Head | undefined {
  const zoneEnd = bytes.indexOf(space, start);
  if (zoneEnd < 0 || zoneEnd - start > stampBytes) return undefined;
  const flagAt = zoneEnd + streamBytes + 2;
  const flag = bytes[flagAt];
  if (flagAt >= end || (flag !== letterF && flag !== letterP)) return undefined;
  const stamp = stamps.read(bytes.toString('latin1', start, zoneEnd));
  if (!stamp) return undefined;
  return {
    stamp,
    stream: bytes[zoneEnd + 4] === letterO ? 'stdout' : 'stderr',
    ends: flag === letterF,
    text: Math.min(flagAt + 2, end),
  };
}

/** The time of the first record that begins in `bytes`, which begin anywhere. */
export function firstStamp(bytes: Buffer): Stamp | undefined {
  const start = bytes.indexOf(lineBreak) + 1;
  const end = bytes.indexOf(lineBreak, start);
  return start === 0 || end < 0 ? undefined : headOf(new StampReader(), bytes, start, end)?.stamp;
}
