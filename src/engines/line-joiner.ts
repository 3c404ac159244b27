/**
 * Puts the records of an engine's output together to lines with their places. A line longer than the engine's buffer
 * comes in several records, and between them may come some of the other stream.
 */
import type { HostLogLine } from '../core/ports/host-containers.ts';
import type { LogLine } from '../core/ports/logs.ts';
import { cursorOf, type Place } from '../core/ports/log-place.ts';
import type { Stamp } from './log-stamps.ts';

type Stream = LogLine['stream'];

/** Some of the bytes of a buffer, which is not kept. */
export interface Piece {
  bytes: Buffer;
  start: number;
  end: number;
  /** The line ends with it. */
  ends: boolean;
}

export interface JoinerOptions {
  /** Lines up to this place are left out. Records have to begin at its `from`, or at its time. */
  after?: Place | undefined;
  /** How far times may be out of order (ms): records have to begin that much before the place. Default: not at all. */
  disorderMs?: number;
  /** When the last run of the container began, as in `Stamp`: what was not ended before is a line. */
  runBegin?: string | undefined;
  /** Records begin somewhere: neither is it known whether the first are beginnings, nor which of their time. */
  isMidway?: boolean;
}

interface Open {
  begin: Stamp;
  /** Records of its time, up to and with its last. */
  count: number;
  pieces: Buffer[];
  size: number;
}

/** A program that never ends its line must not fill our memory: what is longer comes as several lines. */
const maxLineBytes = 1024 * 1024;
const carriageReturn = 13;

export class LineJoiner {
  #lines: HostLogLine[] = [];
  readonly #open: { stdout?: Open | undefined; stderr?: Open | undefined } = {};
  #at = 0;
  #stamp = '';
  #count = 0;
  #skipped: Place | undefined;
  readonly #disorderMs: number;
  /** What comes after the place by its time, but maybe before it. */
  #held: HostLogLine[] = [];
  #runBegin: string | undefined;
  #first: Stamp | undefined;
  readonly #isMidway: boolean;
  /** The first line of each stream. */
  readonly #firstLines = new Map<Stream, HostLogLine>();

  constructor({ after, runBegin, isMidway = false, disorderMs = 0 }: JoinerOptions = {}) {
    this.#skipped = after;
    this.#disorderMs = disorderMs;
    this.#runBegin = runBegin;
    this.#isMidway = isMidway;
  }

  add(stream: Stream, stamp: Stamp, piece: Piece): void {
    if (this.#runBegin !== undefined && stamp.text > this.#runBegin) this.#passRunBegin();
    this.#count = this.#countBefore(stream, stamp) + 1;
    this.#stamp = stamp.text;
    this.#at = stamp.at;
    this.#first ??= stamp;
    if (this.#skipped !== undefined && this.#isPast(this.#skipped)) this.passPlace();
    this.#join(stream, stamp, piece);
    if (this.#skipped !== undefined && this.#isAt(this.#skipped)) {
      // The line of the place has ended here, also where it was too long for one.
      this.#open[stream] = undefined;
      this.#skipped = undefined;
      this.#held = [];
    }
  }

  /** The record at the place does not come: it is there no more, and what came later by its time is behind it. */
  passPlace(): void {
    if (this.#skipped === undefined) return;
    this.#skipped = undefined;
    for (const line of this.#held.splice(0)) this.#lines.push(line);
  }

  /** What came without a line break before the end of all. */
  end(): void {
    const open = (['stdout', 'stderr'] as const).flatMap((stream) => {
      const line = this.#open[stream];
      return line ? [{ stream, line }] : [];
    });
    open.sort((left, right) => (left.line.begin.text < right.line.begin.text ? -1 : 1));
    for (const { stream, line } of open) {
      this.#open[stream] = undefined;
      this.#finish(stream, line.begin, Buffer.concat(line.pieces));
    }
  }

  /** Of lines that have begun the rest does not come any more, nor is wanted what came of them. */
  forget(): void {
    this.#open.stdout = undefined;
    this.#open.stderr = undefined;
  }

  /** The lines since the last call. */
  take(): HostLogLine[] {
    const lines = this.#lines;
    if (lines.length > 0) this.#lines = [];
    return lines;
  }

  /** Behind the last record. Undefined before the first. */
  get place(): Place | undefined {
    if (this.#count === 0) return undefined;
    const begins = [this.#open.stdout?.begin.text, this.#open.stderr?.begin.text].filter(
      (each) => each !== undefined,
    );
    const from = begins.sort()[0];
    return { stamp: this.#stamp, count: this.#count, ...(from !== undefined && { from }) };
  }

  get hasOpen(): boolean {
    return this.#open.stdout !== undefined || this.#open.stderr !== undefined;
  }

  /** Whether no line that began before `until` (epoch ms) comes any more. */
  isBeyond(until: number): boolean {
    const { stdout, stderr } = this.#open;
    return this.#at >= until && !isBefore(stdout, until) && !isBefore(stderr, until);
  }

  /** Whether no line that began at `since` (epoch ms) or later came before the first record. */
  beganBefore(since: number): boolean {
    return this.#first !== undefined && this.#first.at < since;
  }

  /** Whether its beginning may have come before the first record. */
  mayLackBeginning(line: HostLogLine): boolean {
    return this.#firstLines.get(line.stream) === line;
  }

  /** Whether there may be records of its time before the first. */
  mayBeMiscounted(line: HostLogLine): boolean {
    return this.#isMidway && line.cursor.startsWith(this.#first?.text ?? '');
  }

  #join(stream: Stream, stamp: Stamp, { bytes, start, end, ends }: Piece): void {
    const open = this.#open[stream];
    if (open === undefined && ends) return this.#finish(stream, stamp, bytes, start, end);
    const line = open ?? { begin: stamp, count: 0, pieces: [], size: 0 };
    if (line.begin.text === stamp.text) line.count = this.#count;
    line.pieces.push(Buffer.from(bytes.subarray(start, end)));
    line.size += end - start;
    const isWhole = ends || line.size >= maxLineBytes;
    this.#open[stream] = isWhole ? undefined : line;
    if (isWhole) this.#finish(stream, line.begin, Buffer.concat(line.pieces));
  }

  /** Records that bear this time. Docker gives all pieces of a line the time of the first, whatever is between them. */
  #countBefore(stream: Stream, { text }: Stamp): number {
    if (text === this.#stamp) return this.#count;
    const open = this.#open[stream];
    return open?.begin.text === text ? open.count : 0;
  }

  #finish(stream: Stream, { at }: Stamp, bytes: Buffer, start = 0, end = bytes.length): void {
    if (this.#skipped !== undefined && this.#stamp <= this.#skipped.stamp) return;
    // A terminal ends its lines with a carriage return as well.
    const last = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
    const line = { at, stream, message: bytes.toString('utf8', start, last), cursor: this.#cursor() };
    (this.#skipped === undefined ? this.#lines : this.#held).push(line);
    if (this.#isMidway && !this.#firstLines.has(stream)) this.#firstLines.set(stream, line);
  }

  #cursor(): string {
    const open = this.#open.stdout ?? this.#open.stderr;
    if (open === undefined) return `${this.#stamp}_${this.#count}`;
    return cursorOf(this.place!);
  }

  #passRunBegin(): void {
    this.#runBegin = undefined;
    this.end();
  }

  #isPast({ stamp, count }: Place): boolean {
    if (this.#stamp === stamp) return this.#count > count;
    return this.#stamp > stamp && this.#at - Date.parse(stamp) >= this.#disorderMs;
  }

  #isAt({ stamp, count }: Place): boolean {
    return this.#stamp === stamp && this.#count === count;
  }
}

const isBefore = (open: Open | undefined, until: number) => open !== undefined && open.begin.at < until;
