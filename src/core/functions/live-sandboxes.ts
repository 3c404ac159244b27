/**
 * The sandboxes that sessions hold: at most so many, of which the one that was used longest ago gives way when
 * another session needs one. Its session goes on with a fresh one at its next execution.
 */
import type { Clock, Timer } from '../ports/clock.ts';
import { SandboxError, type ClaimRequest, type Sandbox, type SandboxPool } from '../ports/sandbox.ts';

export interface LiveSandboxesOptions {
  pool: Pick<SandboxPool, 'claim'>;
  clock: Clock;
  /** Sandboxes that are held at once. */
  most: number;
  /** What went wrong while one was taken down. */
  onError: (error: unknown) => void;
}

/** Whom a sandbox is for. One caller at a time may hold a key. */
export interface Tenancy {
  key: string;
  /** Epoch ms: gives up waiting for one. */
  deadline: number;
  /** Epoch ms: it is taken down then, unless it is in use. */
  expiresAt: number;
  /** Asked for only where a fresh one is needed. */
  request: () => Omit<ClaimRequest, 'timeoutMs'>;
}

interface Held {
  /** Absent while it is being claimed. */
  sandbox?: Sandbox;
  inUse: boolean;
  expiresAt: number;
}

const sweepMs = 5_000;
const maxWaiting = 1_000;

export class LiveSandboxes {
  readonly #options: LiveSandboxesOptions;
  /** The one used longest ago comes first. */
  readonly #held = new Map<string, Held>();
  readonly #waiting = new Set<() => void>();
  #ending = 0;
  #sweeper: Timer | undefined;
  #closed = false;

  constructor(options: LiveSandboxesOptions) {
    this.#options = options;
  }

  /** Those that are there or on their way. */
  get size(): number {
    return this.#held.size + this.#ending;
  }

  /** To be given back by `release` or `discard`. Throws `SandboxError`. */
  async acquire(tenancy: Tenancy): Promise<Sandbox> {
    this.#requireOpen();
    const held = this.#held.get(tenancy.key);
    if (held?.sandbox?.alive === true) {
      held.inUse = true;
      return held.sandbox;
    }
    if (held !== undefined) await this.discard(tenancy.key);
    const made: Held = { inUse: true, expiresAt: tenancy.expiresAt };
    while (this.size >= this.#options.most) await this.#makeRoom(tenancy.deadline);
    this.#requireOpen();
    this.#held.set(tenancy.key, made);
    try {
      made.sandbox = await this.#claim(tenancy);
      if (this.#held.get(tenancy.key) !== made) {
        throw new SandboxError('SANDBOX_ENDED', 'It was given up while it was being started.');
      }
    } catch (error) {
      void made.sandbox?.destroy().catch(this.#options.onError);
      if (this.#held.get(tenancy.key) === made) this.#held.delete(tenancy.key);
      this.#wakeOne();
      throw error;
    }
    this.#sweepLater();
    return made.sandbox;
  }

  /** Keeps it for the next execution of its session. */
  release(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    if (held.sandbox?.alive !== true || this.#closed) return this.discardLater(key);
    held.inUse = false;
    this.#held.delete(key);
    this.#held.set(key, held);
    this.#wakeOne();
  }

  /** Resolves when nothing is left of it. */
  async discard(key: string): Promise<void> {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#ending++;
    try {
      await held.sandbox?.destroy();
    } finally {
      this.#ending--;
      this.#wakeOne();
    }
  }

  /** Goes on while its processes end. */
  discardLater(key: string): void {
    this.discard(key).catch(this.#options.onError);
  }

  /** Takes down all that nobody uses now. */
  async clear(): Promise<void> {
    const idle = [...this.#held].filter(([, { inUse }]) => !inUse).map(([key]) => key);
    await Promise.all(idle.map((key) => this.discard(key)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#sweeper?.cancel();
    for (const wake of this.#waiting) wake();
    await Promise.all([...this.#held.keys()].map((key) => this.discard(key)));
  }

  async #claim({ request, deadline }: Tenancy): Promise<Sandbox> {
    const { pool, clock } = this.#options;
    const asked = request();
    for (;;) {
      try {
        const timeoutMs = Math.max(1, deadline - clock.now());
        return await pool.claim({ ...asked, timeoutMs });
      } catch (error) {
        if (!(error instanceof SandboxError) || error.code !== 'SANDBOXES_EXHAUSTED') throw error;
        await this.#makeRoom(deadline);
      }
    }
  }

  /** Takes down the idle one used longest ago, or waits until one is given back. */
  async #makeRoom(deadline: number): Promise<void> {
    this.#requireOpen();
    const [idle] = [...this.#held].find(([, { inUse }]) => !inUse) ?? [];
    if (idle !== undefined) return this.discard(idle);
    const { clock } = this.#options;
    const left = deadline - clock.now();
    if (left <= 0 || this.#waiting.size >= maxWaiting) {
      throw new SandboxError('SANDBOXES_EXHAUSTED', 'All sandboxes are in use. Try again in a moment.');
    }
    await new Promise<void>((resolve) => {
      const wake = () => {
        timer.cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = clock.after(left, wake);
      this.#waiting.add(wake);
    });
  }

  #requireOpen(): void {
    if (this.#closed) throw new SandboxError('UNAVAILABLE', 'The server is stopping.');
  }

  #wakeOne(): void {
    const [first] = this.#waiting;
    first?.();
  }

  #sweepLater(): void {
    if (this.#closed) return;
    this.#sweeper ??= this.#options.clock.after(sweepMs, () => {
      this.#sweeper = undefined;
      const now = this.#options.clock.now();
      for (const [key, { inUse, expiresAt, sandbox }] of [...this.#held]) {
        if (!inUse && (expiresAt <= now || sandbox?.alive !== true)) this.discardLater(key);
      }
      if (this.#held.size > 0) this.#sweepLater();
    });
  }
}
