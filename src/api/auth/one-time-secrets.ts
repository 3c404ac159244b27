/** Secrets that open one thing once within seconds: tickets and exec sessions. In memory; only their hashes are kept. */
import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';

export interface OneTimeSecretsOptions {
  clock: Pick<Clock, 'now'>;
  prefix: string;
  ttlMs: number;
  /** That wait to be used. */
  most: number;
  mostPerHolder: number;
}

interface Held<T> {
  value: T;
  holder: string;
  expiresAt: number;
}

export class OneTimeSecrets<T> {
  readonly #held = new Map<string, Held<T>>();
  readonly #heldBy = new Map<string, number>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #prefix: string;
  readonly #ttlMs: number;
  readonly #most: number;
  readonly #mostPerHolder: number;

  constructor(options: OneTimeSecretsOptions) {
    this.#clock = options.clock;
    this.#prefix = options.prefix;
    this.#ttlMs = options.ttlMs;
    this.#most = options.most;
    this.#mostPerHolder = options.mostPerHolder;
  }

  /** A secret of 256 bits. Throws `Throttled` where too many are waiting to be used, of all or of this holder. */
  issue(value: T, holder: string): string {
    this.#forgetExpired();
    const heldBy = this.#heldBy.get(holder) ?? 0;
    if (this.#held.size >= this.#most || heldBy >= this.#mostPerHolder) {
      throw new AppError('Throttled', 'Too many tickets are waiting to be used. Try again in a moment.', {
        retryAfter: Math.ceil(this.#ttlMs / 1000),
      });
    }
    const secret = this.#prefix + randomBytes(32).toString('base64url');
    this.#held.set(hashOf(secret), { value, holder, expiresAt: this.#clock.now() + this.#ttlMs });
    this.#heldBy.set(holder, heldBy + 1);
    return secret;
  }

  /** Undefined where it is not known, was used or came too late. */
  redeem(secret: string): T | undefined {
    const hash = hashOf(secret);
    const found = this.#held.get(hash);
    if (found) this.#forget(hash, found.holder);
    return found && found.expiresAt > this.#clock.now() ? found.value : undefined;
  }

  isOne(text: string): boolean {
    return text.startsWith(this.#prefix);
  }

  /** The map is in the order of their ends. */
  #forgetExpired(): void {
    const now = this.#clock.now();
    for (const [hash, { expiresAt, holder }] of this.#held) {
      if (expiresAt > now) return;
      this.#forget(hash, holder);
    }
  }

  #forget(hash: string, holder: string): void {
    this.#held.delete(hash);
    const left = this.#heldBy.get(holder)! - 1;
    if (left === 0) this.#heldBy.delete(holder);
    else this.#heldBy.set(holder, left);
  }
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');
