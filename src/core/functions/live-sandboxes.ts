/**
 * The sandboxes that sessions hold: at most so many. When another session needs one, the caller that holds the most
 * gives way with the one that it used longest ago; its session goes on with a fresh one at its next execution.
 */
import type { Clock, Timer } from '../ports/clock.ts';
import { SandboxError, type ClaimRequest, type Sandbox, type SandboxPool } from '../ports/sandbox.ts';
import { Shares } from './shares.ts';

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
  /** Whose share of all sandboxes it counts in. */
  owner: string;
  /** What ends it when that is gone: a version of a function. */
  of?: string | undefined;
  /** Asked once a fresh one is there: whether what it is for was not removed meanwhile. */
  isWanted?: () => Promise<boolean>;
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
  owner: string;
  of: string | undefined;
  inUse: boolean;
  expiresAt: number;
}

const sweepMs = 5_000;

export class LiveSandboxes {
  readonly #options: LiveSandboxesOptions;
  readonly #shares: Shares;
  /** The one used longest ago comes first. */
  readonly #held = new Map<string, Held>();
  readonly #ending = new Set<Promise<void>>();
  #sweeper: Timer | undefined;
  #closed = false;

  constructor(options: LiveSandboxesOptions) {
    this.#options = options;
    this.#shares = new Shares(options);
  }

  /** Those that are there or on their way. */
  get size(): number {
    return this.#held.size + this.#ending.size;
  }

  /** To be given back by `release` or `discard`. Throws `SandboxError`. */
  async acquire(tenancy: Tenancy): Promise<Sandbox> {
    this.#requireOpen();
    const waited = this.#shares.enter(tenancy.owner, tenancy.deadline);
    if (waited !== undefined) await waited;
    try {
      return await this.#obtain(tenancy);
    } catch (error) {
      this.#shares.leave(tenancy.owner);
      throw error;
    }
  }

  /** Keeps it for the next execution of its session. */
  release(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    if (held.sandbox?.alive !== true || this.#closed) return this.discardLater(key);
    this.#held.delete(key);
    this.#held.set(key, held);
    this.#leave(held);
  }

  /** Resolves when nothing is left of it. */
  async discard(key: string): Promise<void> {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    const ending = (held.sandbox?.destroy() ?? Promise.resolve()).finally(() => {
      this.#ending.delete(ending);
      // One that is still being claimed is given back by who claims it.
      if (held.sandbox !== undefined) this.#leave(held);
    });
    this.#ending.add(ending);
    await ending;
  }

  /** Goes on while its processes end. */
  discardLater(key: string): void {
    this.discard(key).catch(this.#options.onError);
  }

  /** Takes down those of a version that is gone, in use or not. */
  async endOf(version: string): Promise<void> {
    const keys = [...this.#held].filter(([, { of }]) => of === version).map(([key]) => key);
    await Promise.all(keys.map((key) => this.discard(key)));
  }

  /** Takes down all, in use or not. */
  async clear(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((key) => this.discard(key)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#sweeper?.cancel();
    this.#shares.close(stopping());
    await this.clear();
  }

  async #obtain(tenancy: Tenancy): Promise<Sandbox> {
    const held = this.#held.get(tenancy.key);
    if (held?.sandbox?.alive === true) {
      held.inUse = true;
      return held.sandbox;
    }
    if (held !== undefined) await this.#inTime(this.discard(tenancy.key), tenancy.deadline);
    while (this.size >= this.#options.most) {
      if (!(await this.#makeRoom(tenancy.deadline)))
        throw new SandboxError('SANDBOXES_EXHAUSTED', 'All sandboxes are in use.');
    }
    this.#requireOpen();
    const { key, owner, of, expiresAt } = tenancy;
    const made: Held = { inUse: true, owner, of, expiresAt };
    this.#held.set(key, made);
    let sandbox: Sandbox | undefined;
    try {
      sandbox = await this.#claim(tenancy);
      const isWanted = await tenancy.isWanted?.();
      if (this.#held.get(key) !== made || isWanted === false) {
        throw new SandboxError('SANDBOX_ENDED', 'It was given up while it was being started.');
      }
      made.sandbox = sandbox;
    } catch (error) {
      await sandbox?.destroy().catch(this.#options.onError);
      if (this.#held.get(key) === made) this.#held.delete(key);
      throw error;
    }
    this.#sweepLater();
    return sandbox;
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
        if (!(await this.#makeRoom(deadline))) throw error;
      }
    }
  }

  /** Takes one down that is idle, or waits for one that is ending. False: there is neither. */
  async #makeRoom(deadline: number): Promise<boolean> {
    const idle = this.#toGiveWay();
    if (idle === undefined && this.#ending.size === 0) return false;
    const room = idle === undefined ? Promise.race(this.#ending).catch(() => {}) : this.discard(idle);
    await this.#inTime(room, deadline);
    return true;
  }

  /** Throws where the deadline comes first; then the end goes on. */
  async #inTime(end: Promise<void>, deadline: number): Promise<void> {
    const { clock } = this.#options;
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      const timeout = () => reject(new SandboxError('TIMEOUT', 'No sandbox was free in time.'));
      timer = clock.after(Math.max(0, deadline - clock.now()), timeout);
    });
    try {
      await Promise.race([end, late]);
    } finally {
      timer?.cancel();
    }
  }

  /** Of the caller that holds the most and has idle ones: the one used longest ago. */
  #toGiveWay(): string | undefined {
    const holds = new Map<string, number>();
    for (const { owner } of this.#held.values()) holds.set(owner, (holds.get(owner) ?? 0) + 1);
    let found: string | undefined;
    let most = 0;
    for (const [key, { inUse, owner }] of this.#held) {
      const held = holds.get(owner) ?? 0;
      if (inUse || held <= most) continue;
      found = key;
      most = held;
    }
    return found;
  }

  #leave(held: Held): void {
    if (!held.inUse) return;
    held.inUse = false;
    this.#shares.leave(held.owner);
  }

  #requireOpen(): void {
    if (this.#closed) throw stopping();
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

const stopping = () => new SandboxError('UNAVAILABLE', 'The server is stopping.');
