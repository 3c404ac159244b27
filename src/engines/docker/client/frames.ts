/**
 * The framing of attached output: `[stream, 0, 0, 0, length as big-endian uint32] payload` (Docker Engine API,
 * ContainerAttach, "Stream format"). Headers and payloads may be cut anywhere by the transport.
 */
export interface Frame {
  stream: 'stdout' | 'stderr';
  payload: Buffer;
}

const headerBytes = 8;
const maxPayloadBytes = 16 * 1024 * 1024;

/** Throws the engine's own words for a frame of type 3, by which it reports an error in the middle of a stream. */
export async function* frames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  const splitter = new FrameSplitter();
  for await (const chunk of source) yield* splitter.push(chunk);
}

/** Cuts what comes to frames. Throws as above. */
export class FrameSplitter {
  #waiting: Buffer[] = [];
  #size = 0;
  #needed = headerBytes;

  /** The frames that are whole now. */
  push(chunk: Buffer): Frame[] {
    this.#waiting.push(chunk);
    this.#size += chunk.length;
    // Joined only when enough is there: a large frame would else be copied with every chunk of it.
    if (this.#size < this.#needed) return [];
    const bytes = this.#waiting.length === 1 ? chunk : Buffer.concat(this.#waiting, this.#size);
    const whole: Frame[] = [];
    let at = 0;
    for (this.#needed = headerBytes; bytes.length - at >= this.#needed; this.#needed = headerBytes) {
      const length = bytes.readUInt32BE(at + 4);
      if (length > maxPayloadBytes)
        throw new Error(`a frame of ${length} bytes: this is not a framed stream`);
      this.#needed = headerBytes + length;
      if (bytes.length - at < this.#needed) break;
      const payload = bytes.subarray(at + headerBytes, at + this.#needed);
      const type = bytes[at];
      if (type === 3) throw new Error(payload.toString('utf8').trim());
      if (length > 0) whole.push({ stream: type === 2 ? 'stderr' : 'stdout', payload });
      at += this.#needed;
    }
    const rest = bytes.subarray(at);
    this.#waiting = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return whole;
  }
}
