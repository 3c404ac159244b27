/** One runtime in the pool: its warm sandboxes, those of other sizes, and what is claimed of them. */
import type { FunctionCode, Launch } from '../core/ports/runtime.ts';
import type {
  ClaimRequest,
  PoolStats,
  RuntimeHealth,
  Sandbox,
  SandboxLimits,
} from '../core/ports/sandbox.ts';
import { SandboxError } from '../core/ports/sandbox.ts';
import type { Compiler } from './compiler.ts';
import { LOOK_FOR_REASON, type UsableRuntime } from './opening.ts';
import type { SandboxProcess } from './sandbox-process.ts';
import type { StartQueue } from './start-queue.ts';
import { WarmSandboxes } from './warm-sandboxes.ts';

export interface LanguageOptions {
  usable: UsableRuntime;
  /** Of those that are started ahead. */
  limits: SandboxLimits;
  /** Kept ready once the language is used. */
  warm: number;
  queue: StartQueue;
  /** Of a language that is compiled. */
  compiler?: Compiler;
  start: (
    launch: Launch,
    limits: SandboxLimits,
    urgent: boolean,
    signal: AbortSignal,
  ) => Promise<SandboxProcess>;
  /** The first failure after a success. */
  failing: (reason: string) => void;
}

export class Language {
  readonly claimed = new Set<Sandbox>();
  destroyed = 0;
  /** Resolves when its first sandbox was started, or could not be; at once where none is kept ready. */
  readonly proven: Promise<void>;
  readonly #options: LanguageOptions;
  readonly #usual: WarmSandboxes;
  /** Those that functions with limits of their own wait for. */
  readonly #others = new Map<string, WarmSandboxes>();
  #health: RuntimeHealth = { status: 'starting' };
  #proven: () => void = () => {};
  #inUse = false;
  #closed = false;

  constructor(options: LanguageOptions) {
    this.#options = options;
    this.proven = new Promise((resolve) => (this.#proven = resolve));
    if (options.warm === 0) this.#proven();
    this.#usual = this.#started(options.limits, (reason) => this.#note(reason));
  }

  /**
   * One is started ahead, which shows whether it works; as many as asked for once it is used. Not of a language that
   * has to be prepared first: that takes the machine for a while, so its first function does it.
   */
  warmUp(): void {
    if (this.#options.compiler?.isReady === false) return this.#note(undefined);
    if (!this.#inUse) this.#usual.keep(Math.min(1, this.#options.warm));
  }

  /** Hands over the code as its sandboxes load it: of a compiled language the program, which is built meanwhile. */
  async withCode<T>(
    request: ClaimRequest,
    timeoutMs: number,
    use: (code: FunctionCode) => Promise<T>,
  ): Promise<T> {
    const { compiler } = this.#options;
    if (compiler === undefined) return use(request.code);
    try {
      return await compiler.with(request, timeoutMs, use);
    } catch (error) {
      if (error instanceof SandboxError && error.code === 'UNAVAILABLE') this.#note(error.message);
      throw error;
    }
  }

  get health(): RuntimeHealth {
    return this.#health;
  }

  stats(): PoolStats {
    const total = { idle: 0, starting: 0, waiting: 0, started: 0, failedStarts: 0 };
    for (const each of [this.#usual, ...this.#others.values()]) {
      const stats = each.stats();
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += stats[name];
    }
    return { ...total, claimed: this.claimed.size, destroyed: this.destroyed };
  }

  /** A started sandbox of these limits. Throws as `WarmSandboxes.take` does. */
  async take(limits: SandboxLimits, timeoutMs: number, signal?: AbortSignal): Promise<SandboxProcess> {
    if (this.#closed) throw new SandboxError('UNAVAILABLE', 'the server is stopping');
    if (this.#fits(limits)) {
      const taken = this.#usual.take(timeoutMs, signal);
      this.#use();
      return taken;
    }
    const size = `${limits.memoryBytes} ${limits.resultBytes}`;
    const others = this.#others.get(size) ?? this.#started(limits, () => {});
    this.#others.set(size, others);
    try {
      return await others.take(timeoutMs, signal);
    } finally {
      if (others.unused) this.#others.delete(size);
    }
  }

  /** Resolves when nothing is left of any of its sandboxes. */
  async close(): Promise<void> {
    this.#closed = true;
    const warm = [this.#usual, ...this.#others.values()];
    await Promise.all([this.#options.compiler?.close(), ...warm.map((each) => each.close())]);
    await Promise.all([...this.claimed].map((each) => each.destroy()));
  }

  #use(): void {
    if (this.#inUse) return;
    this.#inUse = true;
    this.#usual.keep(this.#options.warm);
  }

  #started(limits: SandboxLimits, health: (reason: string | undefined) => void): WarmSandboxes {
    const { queue, usable, start, compiler } = this.#options;
    const launch = () => usable.runtime.launch(limits.memoryBytes, compiler?.kit);
    return new WarmSandboxes({
      queue,
      health,
      start: (urgent, signal) => start(launch(), limits, urgent, signal),
    });
  }

  /** Whether a warm sandbox is what these limits ask for. Smaller results and output need no other sandbox. */
  #fits({ memoryBytes, resultBytes }: SandboxLimits): boolean {
    const usual = this.#options.limits;
    return memoryBytes === usual.memoryBytes && resultBytes <= usual.resultBytes;
  }

  #note(reason: string | undefined): void {
    const wasFailing = this.#health.status === 'failing';
    this.#health =
      reason === undefined
        ? { status: 'ok', version: this.#options.usable.version }
        : { status: 'failing', reason, fix: LOOK_FOR_REASON };
    if (reason !== undefined && !wasFailing) this.#options.failing(reason);
    this.#proven();
  }
}
