import { hash } from 'node:crypto';

const blockBytes = 64;

/**
 * A key of HMAC with SHA-256 (RFC 2104) that is used again and again. Node's `createHmac` makes an object with native
 * state of its own for every message, which costs more than the hashing and is felt again when it is collected; two
 * hashes over blocks that were filled once do not.
 */
export class HmacKey {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(key: Buffer) {
    const block = Buffer.alloc(blockBytes);
    (key.length > blockBytes ? hash('sha256', key, 'buffer') : key).copy(block);
    this.#inner = Buffer.from(block.map((byte) => byte ^ 0x36));
    this.#outer = Buffer.from(block.map((byte) => byte ^ 0x5c));
  }

  /** 32 bytes; `text` holds one character per byte. */
  digest(text: string): Buffer {
    const message = Buffer.allocUnsafe(blockBytes + text.length);
    this.#inner.copy(message);
    message.write(text, blockBytes, 'latin1');
    const inner = hash('sha256', message, 'buffer');
    return hash('sha256', Buffer.concat([this.#outer, inner], blockBytes + inner.length), 'buffer');
  }
}
