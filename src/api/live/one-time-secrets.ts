/** Secrets that open one thing once within seconds: tickets and exec sessions. In memory; only their hashes are kept. */
import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';

export class OneTimeSecrets<T> {
  readonly #held = new Map<string, { value: T; expiresAt: number }>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #prefix: string;
  readonly #ttlMs: number;
  readonly #most: number;

  constructor(options: { clock: Pick<Clock, 'now'>; prefix: string; ttlMs: number; most: number }) {
    this.#clock = options.clock;
    this.#prefix = options.prefix;
    this.#ttlMs = options.ttlMs;
    this.#most = options.most;
  }

  /** A secret of 256 bits. Throws `Throttled` where too many are waiting to be used. */
  issue(value: T): string {
    this.#forgetExpired();
    if (this.#held.size >= this.#most) {
      throw new AppError('Throttled', 'Too many tickets are waiting to be used. Try again in a moment.', {
        retryAfter: Math.ceil(this.#ttlMs / 1000),
      });
    }
    const secret = this.#prefix + randomBytes(32).toString('base64url');
    this.#held.set(hashOf(secret), { value, expiresAt: this.#clock.now() + this.#ttlMs });
    return secret;
  }

  /** Undefined where it is not known, was used or came too late. */
  redeem(secret: string): T | undefined {
    const hash = hashOf(secret);
    const found = this.#held.get(hash);
    this.#held.delete(hash);
    return found && found.expiresAt > this.#clock.now() ? found.value : undefined;
  }

  isOne(text: string): boolean {
    return text.startsWith(this.#prefix);
  }

  /** The map is in the order of their ends. */
  #forgetExpired(): void {
    const now = this.#clock.now();
    for (const [hash, { expiresAt }] of this.#held) {
      if (expiresAt > now) return;
      this.#held.delete(hash);
    }
  }
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');
