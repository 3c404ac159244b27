/**
 * Started sandboxes of one runtime, with the language loaded and no function in them. As many are kept as asked for;
 * when claims take more, more are started, and those that wait get them in the order they came.
 */
import type { PoolStats } from '../core/ports/sandbox.ts';
import { SandboxError } from '../core/ports/sandbox.ts';
import type { SandboxProcess } from './sandbox-process.ts';
import type { Need, StartQueue } from './start-queue.ts';

export interface WarmOptions {
  /** Shared by all that start sandboxes. */
  queue: StartQueue;
  /** `urgent`: somebody waits for it. `signal`: nobody will ever want it. */
  start: (urgent: boolean, signal: AbortSignal) => Promise<SandboxProcess>;
  /** Starts fail, with the reason; or work (again). */
  health: (reason: string | undefined) => void;
}

interface Waiter {
  resolve(started: SandboxProcess): void;
  reject(error: SandboxError): void;
}

/** Pause after a failed start, in ms; doubled with each further one. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;
/** Failed starts in a row after which nobody is left waiting. */
const HOPELESS = 3;
/** One that is claimed has the machine to itself while it loads its code: the next is started after that, in ms. */
const REFILL_AFTER = 20;
/** For starts that are under way when it is closed, in ms. */
const CLOSING_PATIENCE = 500;

export class WarmSandboxes {
  readonly #options: WarmOptions;
  readonly #idle: SandboxProcess[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #starts = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #target = 0;
  /** Of the starts, those whose turn has come. */
  #running = 0;
  #pause: NodeJS.Timeout | undefined;
  #refillTimer: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;
  readonly #counts = { started: 0, failedStarts: 0 };

  constructor(options: WarmOptions) {
    this.#options = options;
  }

  /** So many are to be ready from now on. */
  keep(target: number): void {
    this.#target = target;
    this.#refill();
  }

  /** Nothing is ready, on its way or waited for. */
  get unused(): boolean {
    return this.#idle.length + this.#starts.size + this.#waiters.length === 0;
  }

  stats(): Pick<PoolStats, 'idle' | 'starting' | 'waiting' | 'started' | 'failedStarts'> {
    return {
      idle: this.#idle.length,
      starting: this.#starts.size,
      waiting: this.#waiters.length,
      ...this.#counts,
    };
  }

  /** Throws `SandboxError`: UNAVAILABLE with what the start failed of, TIMEOUT, SANDBOX_ENDED when given up. */
  async take(timeoutMs: number, signal?: AbortSignal): Promise<SandboxProcess> {
    if (this.#closed) throw new SandboxError('UNAVAILABLE', 'the server is stopping');
    if (signal?.aborted) throw new SandboxError('SANDBOX_ENDED', 'nobody waits for the sandbox any more');
    const ready = this.#idle.shift();
    if (ready) {
      ready.endRehearsal();
      this.#refillLater();
      return ready;
    }
    return this.#wait(timeoutMs, signal);
  }

  /** Kills those that nobody has claimed. Resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#pause);
    clearTimeout(this.#refillTimer);
    for (const waiter of this.#waiters.splice(0)) {
      waiter.reject(new SandboxError('UNAVAILABLE', 'the server is stopping'));
    }
    // What is nearly there ends cleaner than what is killed on its way.
    const abort = setTimeout(() => this.#closing.abort(), CLOSING_PATIENCE);
    await Promise.all(this.#starts);
    clearTimeout(abort);
    await Promise.all(this.#idle.splice(0).map(end));
  }

  #wait(timeoutMs: number, signal: AbortSignal | undefined): Promise<SandboxProcess> {
    return new Promise((resolve, reject) => {
      const leave = (error: SandboxError) => {
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
        waiter.reject(error);
      };
      const timer = setTimeout(
        () => leave(new SandboxError('TIMEOUT', `no sandbox was ready within ${Math.round(timeoutMs)} ms`)),
        timeoutMs,
      );
      const abort = () => leave(new SandboxError('SANDBOX_ENDED', 'nobody waits for the sandbox any more'));
      const settled = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const waiter: Waiter = {
        resolve: (started) => (settled(), resolve(started)),
        reject: (error) => (settled(), reject(error)),
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
      this.#refill();
      this.#options.queue.needsChanged();
    });
  }

  #refill(): void {
    // A closed queue answers at once: who asked it again each time would never stop.
    if (this.#closed || this.#pause || this.#options.queue.closed) return;
    const wanted = this.#target + this.#waiters.length - this.#idle.length - this.#starts.size;
    for (let count = 0; count < wanted; count += 1) {
      const start = this.#start().finally(() => {
        this.#starts.delete(start);
        this.#refill();
      });
      this.#starts.add(start);
    }
  }

  #refillLater(): void {
    this.#refillTimer ??= setTimeout(() => {
      this.#refillTimer = undefined;
      this.#refill();
    }, REFILL_AFTER);
  }

  /** Asked when the turn of a start has come. */
  #need(): Need {
    if (this.#closed) return 'none';
    if (this.#waiters.length > this.#running) return 'urgent';
    const wanted = this.#target + this.#waiters.length - this.#idle.length - this.#running;
    return wanted > 0 ? 'ahead' : 'none';
  }

  async #start(): Promise<void> {
    const { queue, start, health } = this.#options;
    try {
      const started = await queue.run(
        () => this.#need(),
        async (urgent) => {
          this.#running += 1;
          return start(urgent, this.#closing.signal).finally(() => (this.#running -= 1));
        },
      );
      if (started === undefined) return;
      this.#counts.started += 1;
      this.#failures = 0;
      health(undefined);
      await this.#offer(started);
    } catch (error) {
      if (!this.#closed) this.#failed((error as Error).message);
    }
  }

  async #offer(started: SandboxProcess): Promise<void> {
    if (this.#closed) return end(started);
    started.listener = {
      frame: () => this.#discard(started),
      violation: () => this.#discard(started),
      flood: () => this.#discard(started),
      channelClosed: () => this.#discard(started),
    };
    const waiter = this.#waiters.shift();
    if (waiter) waiter.resolve(started);
    else if (this.#idle.length < this.#target) {
      this.#idle.push(started);
      started.rehearse();
    } else await end(started);
  }

  /** One that says or does something before it was claimed is not what it should be. */
  #discard(started: SandboxProcess): void {
    const index = this.#idle.indexOf(started);
    if (index < 0) return;
    this.#idle.splice(index, 1);
    started.kill();
    this.#refill();
  }

  /** Who waits longest is told; everybody, when it goes on failing. The next start waits longer each time. */
  #failed(reason: string): void {
    this.#counts.failedStarts += 1;
    this.#failures += 1;
    this.#options.health(reason);
    for (const waiter of this.#waiters.splice(0, this.#failures < HOPELESS ? 1 : this.#waiters.length)) {
      waiter.reject(new SandboxError('UNAVAILABLE', `no sandbox could be started: ${reason}`));
    }
    if (this.#pause) return;
    const pause =
      Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#failures - 1)) * (0.5 + Math.random() / 2);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#refill();
    }, pause);
    this.#pause.unref();
  }
}

async function end(started: SandboxProcess): Promise<void> {
  started.kill();
  await started.exited;
}
