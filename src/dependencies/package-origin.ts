/**
 * The one place packages are fetched from. Lockfiles come from whoever publishes functions, so no address in them is
 * ever asked that is not below the one the operator has set; the same for redirects.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { withDeadline } from '../telemetry/deadline.ts';

const mostRedirects = 3;
const answerMs = 30_000;
const downloadMs = 120_000;
/**
 * Slashes, dots and percent signs: a registry that decodes them may end up beside its own path. All of them are
 * refused, wherever they stand: names of packages need none, and npm writes the slash of a scope plainly.
 */
const encodedPath = /%(?:2e|2f|5c|25)/i;

export class PackageOrigin {
  /** Ends with a slash. */
  readonly base: URL;
  readonly #others: readonly string[];

  /** `others`: origins where the base is known to keep its files, whole. */
  constructor(base: string, others: readonly string[] = []) {
    this.base = new URL(base.endsWith('/') ? base : `${base}/`);
    this.#others = others;
  }

  holds(url: URL): boolean {
    if (url.username !== '' || url.password !== '') return false;
    if (this.#others.includes(url.origin)) return true;
    if (url.origin !== this.base.origin || !url.pathname.startsWith(this.base.pathname)) return false;
    return !encodedPath.test(url.pathname.slice(this.base.pathname.length));
  }

  /** Into a file. Answers with its digest. Throws with what went wrong. */
  async download(
    url: URL,
    file: string,
    limits: { bytes: number; algorithm: string },
    signal: AbortSignal,
  ): Promise<Buffer> {
    const hash = createHash(limits.algorithm);
    const target = await open(file, 'w', 0o600);
    try {
      for await (const chunk of this.#read(url, '*/*', limits.bytes, signal)) {
        hash.update(chunk);
        await target.writeFile(chunk);
      }
    } finally {
      await target.close();
    }
    return hash.digest();
  }

  /** A page of text. */
  async page(url: URL, accept: string, maxBytes: number, signal: AbortSignal): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#read(url, accept, maxBytes, signal)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }

  async *#read(url: URL, accept: string, maxBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const whole = withDeadline(downloadMs, [signal]);
    try {
      const response = await this.#answer(url, accept, whole.signal);
      let bytes = 0;
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        if (bytes > maxBytes)
          throw new Error(`${withoutQuery(new URL(response.url))} sends more than ${maxBytes} bytes`);
        yield chunk;
      }
    } finally {
      whole.clear();
    }
  }

  async #answer(url: URL, accept: string, signal: AbortSignal): Promise<Response> {
    let next = url;
    for (let count = 0; count <= mostRedirects; count += 1) {
      if (!this.holds(next)) throw new Error(`it is at ${next.origin}, and only ${this.base.href} is asked`);
      const response = await this.#ask(next, accept, signal);
      if (response.ok) return response;
      await response.body?.cancel();
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null)
        throw new Error(`${withoutQuery(next)} answers ${response.status}`);
      next = new URL(location, next);
    }
    throw new Error(`${withoutQuery(url)} redirects more than ${mostRedirects} times`);
  }

  async #ask(url: URL, accept: string, signal: AbortSignal): Promise<Response> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`no answer within ${answerMs} ms`)), answerMs);
    try {
      return await fetch(url, {
        redirect: 'manual',
        // What is hashed is what was sent.
        headers: { accept, 'accept-encoding': 'identity', 'user-agent': 'longshore' },
        signal: AbortSignal.any([signal, late.signal]),
      });
    } catch (error) {
      const { cause, message } = error as Error;
      throw new Error(`${url.origin} cannot be reached: ${cause instanceof Error ? cause.message : message}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** For messages: behind it are signatures, which let anybody in who reads them. */
const withoutQuery = ({ origin, pathname }: URL) => origin + pathname;
