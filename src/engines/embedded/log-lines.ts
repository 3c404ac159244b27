/**
 * conmon's log file: `<RFC 3339 time with nanoseconds> <stream> <F or P> <text>`, one line of output each; P where the
 * output's line goes on (Kubernetes' CRI logging format).
 */
import type { StampedLine } from '../log-cursor.ts';

const FORMAT = /^(\S+) (stdout|stderr) ([FP]) ?/;
const LINE_BREAK = 10;
/** A program that never ends its line must not fill our memory: what is longer comes as several lines. */
const MAX_LINE_BYTES = 1024 * 1024;

interface Open {
  stamp: string;
  pieces: Buffer[];
  size: number;
}

/** Puts chunks of the file together to lines of output. */
export class LogLineParser {
  #rest: Buffer = Buffer.alloc(0);
  readonly #open = new Map<string, Open>();

  push(chunk: Buffer): StampedLine[] {
    const lines: StampedLine[] = [];
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_BREAK); end >= 0; end = bytes.indexOf(LINE_BREAK, start)) {
      const line = this.#add(bytes.subarray(start, end));
      if (line) lines.push(line);
      start = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
    return lines;
  }

  /** What came without a line break before the end. */
  end(): StampedLine[] {
    const lines = [...this.#open].map(([stream, open]) => finish(stream, open));
    this.#open.clear();
    this.#rest = Buffer.alloc(0);
    return lines;
  }

  #add(bytes: Buffer): StampedLine | undefined {
    const head = FORMAT.exec(bytes.toString('latin1', 0, 64));
    if (!head) return undefined;
    const [prefix, time = '', stream = 'stdout', flag] = head;
    const open = this.#open.get(stream) ?? { stamp: time, pieces: [], size: 0 };
    const text = Buffer.from(bytes.subarray(prefix.length));
    open.pieces.push(text);
    open.size += text.length;
    if (flag === 'P' && open.size < MAX_LINE_BYTES) {
      this.#open.set(stream, open);
      return undefined;
    }
    this.#open.delete(stream);
    return finish(stream, open);
  }
}

function finish(stream: string, { stamp, pieces }: Open): StampedLine {
  const text = Buffer.concat(pieces).toString('utf8');
  // A terminal ends its lines with a carriage return as well.
  const message = text.endsWith('\r') ? text.slice(0, -1) : text;
  return { at: Date.parse(stamp), stream: stream === 'stderr' ? 'stderr' : 'stdout', message, stamp };
}
