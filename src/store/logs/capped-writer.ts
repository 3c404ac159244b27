/**
 * Writes text of which only the newest part is kept. The text goes to two files in turn, each holding half of the
 * limit; when both are full the older one is dropped. So a log of any length streams through in constant space.
 */
import { createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';

/** Text is written in pieces of about this size. */
const flushBytes = 64 * 1024;

export class CappedWriter {
  readonly #path: string;
  readonly #halfBytes: number;
  #current: FileHandle;
  #currentBytes = 0;
  #hasOlder = false;
  #pending: string[] = [];
  #pendingBytes = 0;

  private constructor(path: string, maxBytes: number, current: FileHandle) {
    this.#path = path;
    this.#halfBytes = Math.max(1, Math.floor(maxBytes / 2));
    this.#current = current;
  }

  /** Makes files whose names start with `path`; `finish` or `discard` must be called. */
  static async create(path: string, maxBytes: number): Promise<CappedWriter> {
    return new CappedWriter(path, maxBytes, await open(`${path}.new`, 'wx', 0o600));
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.byteLength(text);
    if (this.#currentBytes + this.#pendingBytes + bytes > this.#halfBytes) await this.#turn();
    this.#pending.push(text);
    this.#pendingBytes += bytes;
    if (this.#pendingBytes >= flushBytes) await this.#flush();
  }

  /** Puts what was kept at `target`, durably and in one step. */
  async finish(target: string): Promise<void> {
    await this.#flush();
    if (this.#hasOlder) await this.#joinOlder();
    await this.#current.sync();
    await this.#current.close();
    await rename(`${this.#path}.new`, target);
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#current.close().catch(() => undefined);
    await rm(`${this.#path}.new`, { force: true });
    await rm(`${this.#path}.old`, { force: true });
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    await this.#current.appendFile(this.#pending.join(''));
    this.#currentBytes += this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  async #turn(): Promise<void> {
    await this.#flush();
    if (this.#currentBytes === 0) return;
    await this.#current.close();
    await rename(`${this.#path}.new`, `${this.#path}.old`);
    this.#hasOlder = true;
    this.#current = await open(`${this.#path}.new`, 'wx', 0o600);
    this.#currentBytes = 0;
  }

  async #joinOlder(): Promise<void> {
    await this.#current.close();
    this.#current = await open(`${this.#path}.old`, 'a');
    for await (const block of createReadStream(`${this.#path}.new`)) {
      await this.#current.appendFile(block as Buffer);
    }
    await rename(`${this.#path}.old`, `${this.#path}.new`);
  }
}
