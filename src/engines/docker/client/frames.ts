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
  const pieces = new Pieces();
  let header: Buffer | undefined;
  for await (const chunk of source) {
    pieces.add(chunk);
    for (;;) {
      header ??= pieces.take(headerBytes);
      if (!header) break;
      const length = header.readUInt32BE(4);
      if (length > maxPayloadBytes)
        throw new Error(`a frame of ${length} bytes: this is not a framed stream`);
      const payload = pieces.take(length);
      if (!payload) break;
      const type = header[0];
      header = undefined;
      if (type === 3) throw new Error(payload.toString('utf8').trim());
      if (payload.length > 0) yield { stream: type === 2 ? 'stderr' : 'stdout', payload };
    }
  }
}

/** Bytes in the order they came, joined only when enough of them are there. */
class Pieces {
  #chunks: Buffer[] = [];
  #size = 0;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  take(length: number): Buffer | undefined {
    if (this.#size < length) return undefined;
    const joined = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size);
    const rest = joined.subarray(length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return joined.subarray(0, length);
  }
}
