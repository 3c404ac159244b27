import { hash } from 'node:crypto';

const blockBytes = 64;
const digestBytes = 32;

/**
 * A key of HMAC with SHA-256 (RFC 2104) that is used again and again. Node's `createHmac` makes an object with native
 * state of its own for every message, which costs more than the hashing and is felt again when it is collected; two
 * hashes over blocks that were filled once do not, and nor do digests that are text instead of a Buffer each.
 */
export class HmacKey {
  /** The first block, and after it the message of the last time. */
  #inner: Buffer;
  readonly #outer = Buffer.alloc(blockBytes + digestBytes);

  constructor(key: Buffer) {
    const block = Buffer.alloc(blockBytes);
    (key.length > blockBytes ? hash('sha256', key, 'buffer') : key).copy(block);
    this.#inner = Buffer.from(block.map((byte) => byte ^ 0x36));
    this.#outer.set(block.map((byte) => byte ^ 0x5c));
  }

  /** 64 hexadecimal digits; `text` holds one character per byte. */
  digest(text: string): string {
    const length = blockBytes + text.length;
    // Messages of one signer mostly have one length.
    if (this.#inner.length !== length) {
      this.#inner = Buffer.concat([this.#inner.subarray(0, blockBytes)], length);
    }
    this.#inner.write(text, blockBytes, 'latin1');
    this.#outer.write(hash('sha256', this.#inner, 'hex'), blockBytes, 'hex');
    return hash('sha256', this.#outer, 'hex');
  }
}
