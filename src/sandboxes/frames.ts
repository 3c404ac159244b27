/** Frames on the channel of a sandbox: four bytes of length, big-endian, and as many bytes of JSON in UTF-8. */
const HEADER = 4;

export class FrameTooLarge extends Error {}

export function encodeFrame(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER + size);
  frame.writeUInt32BE(size, 0);
  frame.write(text, HEADER, size);
  return frame;
}

/** Puts frames together from what arrives. Holds at most one frame of `maxBytes`. */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #parts: Buffer[] = [];
  #length = 0;
  #wanted = HEADER;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The frames that are complete now, as text. Throws `FrameTooLarge` before it takes what is too much. */
  push(chunk: Buffer): string[] {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return [];
    const frames: string[] = [];
    let bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#length);
    this.#wanted = HEADER;
    while (bytes.length >= HEADER) {
      const size = bytes.readUInt32BE(0);
      if (size > this.#maxBytes)
        throw new FrameTooLarge(`a frame of ${size} bytes, allowed are ${this.#maxBytes}`);
      if (bytes.length < HEADER + size) {
        this.#wanted = HEADER + size;
        break;
      }
      frames.push(bytes.toString('utf8', HEADER, HEADER + size));
      bytes = bytes.subarray(HEADER + size);
    }
    this.#parts.length = 0;
    if (bytes.length > 0) this.#parts.push(bytes);
    this.#length = bytes.length;
    return frames;
  }
}

/** True where objects and arrays of a JSON text are nested deeper than `limit`. */
export function isDeeperThan(json: string, limit: number): boolean {
  if (json.length <= 2 * limit) return false;
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === 0x22) {
      index = endOfString(json, index);
      if (index < 0) return false;
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}

/** Where the string that begins at `start` ends, or -1. */
function endOfString(json: string, start: number): number {
  for (let from = start + 1; ;) {
    const quote = json.indexOf('"', from);
    if (quote < 0) return -1;
    let backslashes = 0;
    while (json.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    from = quote + 1;
  }
}
