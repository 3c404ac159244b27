/** Registries that asked to be left alone for a while (RFC 9110, 10.2.3). */
const usualMs = 60_000;
/** However long a registry says. */
const mostMs = 60 * 60 * 1000;
const mostKept = 1000;

export class Waits {
  readonly #until = new Map<string, number>();

  /** `retryAfter`: the header, seconds or a date. Answers until when: epoch ms. */
  begin(key: string, retryAfter: string | undefined): number {
    const now = Date.now();
    const until = now + Math.min(retryAfterMs(retryAfter, now) ?? usualMs, mostMs);
    if (this.#until.size >= mostKept) this.#until.clear();
    this.#until.set(key, until);
    return until;
  }

  /** Until when, epoch ms; undefined where it may be asked. */
  of(key: string): number | undefined {
    const until = this.#until.get(key);
    if (until === undefined || until > Date.now()) return until;
    this.#until.delete(key);
    return undefined;
  }
}

export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0);
}
