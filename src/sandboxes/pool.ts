/** The sandbox pool: a set of warm sandboxes for each runtime, and what is claimed of them. */
import { randomBytes } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { unlessAborted, withDeadline } from '../telemetry/deadline.ts';
import type { ArtifactStore } from '../core/ports/artifacts.ts';
import type { FunctionCode, Launch, Runtime } from '../core/ports/runtime.ts';
import type {
  ClaimRequest,
  PoolStats,
  RuntimeHealth,
  Sandbox,
  SandboxLimits,
  SandboxPool,
} from '../core/ports/sandbox.ts';
import { SandboxError } from '../core/ports/sandbox.ts';
import { build, builderLaunch } from './builder.ts';
import { CPU_SHARES, PROCESS_LIMITS } from './bundle.ts';
import type { ProcessLimits } from './bundle.ts';
import { ClaimedSandbox } from './claimed-sandbox.ts';
import { Compiler } from './compiler.ts';
import { hasLeftovers, MOST_SANDBOXES } from './host.ts';
import type { SandboxHost } from './host.ts';
import { Language } from './language.ts';
import { openForSandboxes, type Opening } from './opening.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import type { SandboxProcess } from './sandbox-process.ts';
import { StartQueue } from './start-queue.ts';

export interface PoolOptions {
  /** Marks what this server makes: six hexadecimal digits. */
  owner: string;
  runtimes: readonly Runtime[];
  /** Kept started, per runtime, once it is used. */
  warm?: number;
  /** Claimed at a time, over all runtimes. Default: as many as the machine's memory holds at 64 MiB each. */
  mostClaimed?: number;
  /** Where what is compiled is kept. Without it compiled languages are unavailable. */
  artifacts?: ArtifactStore;
  /** What compiling one function may take. Default: a minute. */
  compileTimeoutMs?: number;
  limits?: Partial<SandboxLimits>;
  processLimits?: Partial<ProcessLimits>;
  /** A claimed sandbox with nothing to do is frozen after this time. */
  freezeAfterMs?: number;
  /** Default `/run`. */
  directory?: string;
  /** Default: crun where it is installed, else runc. */
  ociRuntime?: 'crun' | 'runc';
  /** Where the reason is written why sandboxes cannot be started any more. */
  log?: { warn(details: object, message: string): void };
}

export const DEFAULT_LIMITS: SandboxLimits = {
  memoryBytes: 128 << 20,
  outputBytes: 64 << 10,
  resultBytes: 6 << 20,
  paramsBytes: 6 << 20,
};
const START_TIMEOUT_MS = 20_000;
const USUAL_BYTES = 64 << 20;
/** Room for what surrounds a result or params in a frame. */
const FRAME_MARGIN = 256 << 10;
/** Pause until it is tried again where sandboxes could not be made, in ms; doubled with each further time. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/**
 * Costs nothing until sandboxes are needed, but for removing what a killed server left. Never throws for what the
 * machine lacks: then `health` says so for every runtime, and claims are refused.
 */
export function openSandboxPool(options: PoolOptions): SandboxPool {
  const pool = new Pool(options);
  if (hasLeftovers(options)) void pool.prepare();
  return pool;
}

class Pool implements SandboxPool {
  readonly #options: PoolOptions;
  readonly #limits: SandboxLimits;
  readonly #processLimits: ProcessLimits;
  readonly #languages = new Map<string, Language>();
  readonly #health: Map<string, RuntimeHealth>;
  readonly #queue = new StartQueue(Math.max(2, availableParallelism()));
  readonly #mostClaimed: number;
  #host: SandboxHost | undefined;
  #opening: Promise<void> | undefined;
  /** When it is tried again, as `performance.now` counts. */
  #nextOpening = 0;
  #pause = FIRST_PAUSE;
  #claims = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#processLimits = { ...PROCESS_LIMITS, ...options.processLimits };
    this.#health = new Map(options.runtimes.map(({ name }) => [name, { status: 'starting' }]));
    const holds = Math.max(8, Math.floor(totalmem() / USUAL_BYTES));
    this.#mostClaimed = options.mostClaimed ?? Math.min(MOST_SANDBOXES / 2, holds);
  }

  prepare(): Promise<void> {
    if (this.#opening === undefined && !this.#closed && performance.now() >= this.#nextOpening)
      this.#opening = this.#open();
    return this.#opening ?? Promise.resolve();
  }

  async proven(): Promise<void> {
    await this.prepare();
    await Promise.all([...this.#languages.values()].map(({ proven }) => proven));
  }

  async claim(request: ClaimRequest): Promise<Sandbox> {
    const deadline = performance.now() + request.timeoutMs;
    checkCode(request.code);
    if (!this.#languages.has(request.runtime)) await this.#prepared(request);
    const language = this.#language(request.runtime);
    if (this.#claims >= this.#mostClaimed) {
      throw new SandboxError('SANDBOXES_EXHAUSTED', `all ${this.#mostClaimed} sandboxes are in use`);
    }
    // Counted before anything is awaited, so that many claims at once cannot take more than there may be.
    this.#claims += 1;
    // Once there is a sandbox its end takes it off the count, also where the code cannot be loaded.
    let isTaken = false;
    const left = () => Math.max(1, deadline - performance.now());
    try {
      return await language.withCode(request, left(), async (code) => {
        const sandbox = await this.#take(language, request, left());
        isTaken = true;
        // It begins while it is given its weight, which takes the kernel a while.
        const loaded = sandbox.load({ ...request, code }, left());
        await this.#giveWeight(sandbox, loaded);
        await loaded;
        return sandbox;
      });
    } catch (error) {
      if (!isTaken) this.#claims -= 1;
      throw error;
    }
  }

  health(): Record<string, RuntimeHealth> {
    return Object.fromEntries(
      [...this.#health].map(([name, health]) => [name, this.#languages.get(name)?.health ?? health]),
    );
  }

  stats(): Record<string, PoolStats> {
    return Object.fromEntries([...this.#languages].map(([name, language]) => [name, language.stats()]));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.close();
    await this.#opening;
    await Promise.all([...this.#languages.values()].map((language) => language.close()));
    await this.#host?.close();
    this.#host = undefined;
  }

  async #open(): Promise<void> {
    const opening = await openForSandboxes(this.#options, this.#limits.memoryBytes, this.#processLimits);
    this.#host = opening.host;
    for (const [name, lack] of opening.lacks) this.#health.set(name, { status: 'unavailable', ...lack });
    if (opening.again) return this.#openLater(opening);
    if (this.#closed) return;
    for (const usable of opening.usable) this.#add(usable);
  }

  #openLater({ lacks }: Opening): void {
    this.#opening = undefined;
    this.#nextOpening = performance.now() + this.#pause;
    this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
    const [reason] = [...lacks.values()].map((lack) => lack.reason);
    this.#options.log?.warn({ reason }, 'no sandboxes can be made; functions are refused');
  }

  #add(usable: Opening['usable'][number]): void {
    const { name } = usable.runtime;
    const compiler = this.#compiler(usable.runtime);
    const language = new Language({
      usable,
      limits: this.#limits,
      warm: this.#options.warm ?? 4,
      queue: this.#queue,
      ...(compiler && { compiler }),
      start: (launch, limits, urgent, signal) => this.#start(launch, limits, urgent, signal),
      failing: (reason) => this.#options.log?.warn({ runtime: name, reason }, 'sandboxes cannot be started'),
    });
    this.#languages.set(name, language);
    language.warmUp();
  }

  #compiler(runtime: Runtime): Compiler | undefined {
    const compilation = runtime.compilation?.();
    const { artifacts } = this.#options;
    if (compilation === undefined || artifacts === undefined) return undefined;
    const launch = builderLaunch(compilation.directories);
    return new Compiler({
      name: runtime.name,
      compilation,
      artifacts,
      programTimeoutMs: this.#options.compileTimeoutMs,
      build: (request) => build(this.#host as SandboxHost, launch, request),
    });
  }

  /** As long as the claim may take. */
  async #prepared({ timeoutMs, signal }: ClaimRequest): Promise<void> {
    const given = withDeadline(timeoutMs, [signal]);
    try {
      await unlessAborted(this.prepare(), given.signal);
    } catch (error) {
      if (!given.signal.aborted) throw error;
      throw signal?.aborted === true
        ? new SandboxError('SANDBOX_ENDED', 'nobody waits for the sandbox any more')
        : new SandboxError('TIMEOUT', `no sandbox was ready within ${Math.round(timeoutMs)} ms`);
    } finally {
      given.clear();
    }
  }

  #language(name: string): Language {
    const language = this.#languages.get(name);
    if (language && !this.#closed) return language;
    const health = this.#health.get(name);
    const reason = health?.status === 'unavailable' ? `${health.reason}; ${health.fix}` : undefined;
    throw new SandboxError(
      'UNAVAILABLE',
      this.#closed
        ? 'the server is stopping'
        : (reason ?? `there is no runtime '${name}'; there are ${[...this.#health.keys()].join(', ')}`),
    );
  }

  /** It counts as claimed until it has ended. */
  async #take(language: Language, request: ClaimRequest, timeoutMs: number): Promise<ClaimedSandbox> {
    const limits = { ...this.#limits, ...request.limits };
    const started = await language.take(limits, timeoutMs, request.signal);
    const { cgroups } = this.#host as SandboxHost;
    const sandbox = new ClaimedSandbox(started, request, limits, {
      afterMs: this.#options.freezeAfterMs ?? 1_000,
      freeze: (frozen) => cgroups.freeze(started.id, frozen),
    });
    language.claimed.add(sandbox);
    void sandbox.ended.then(() => {
      language.claimed.delete(sandbox);
      language.destroyed += 1;
      this.#claims -= 1;
    });
    return sandbox;
  }

  async #giveWeight(sandbox: ClaimedSandbox, loaded: Promise<void>): Promise<void> {
    try {
      (this.#host as SandboxHost).cgroups.claimed(sandbox.id);
    } catch (error) {
      await Promise.allSettled([sandbox.destroy(), loaded]);
      throw new SandboxError(
        'UNAVAILABLE',
        `a sandbox got no share of the processor: ${(error as Error).message}`,
      );
    }
  }

  #start(
    launch: Launch,
    { memoryBytes, resultBytes }: SandboxLimits,
    urgent: boolean,
    signal: AbortSignal,
  ): Promise<SandboxProcess> {
    return startSandboxProcess(this.#host as SandboxHost, {
      id: `sandbox-${randomBytes(8).toString('hex')}`,
      launch,
      memoryBytes,
      cpuShares: urgent ? CPU_SHARES.claimed : CPU_SHARES.ahead,
      limits: this.#processLimits,
      maxFrameBytes: resultBytes + FRAME_MARGIN,
      timeoutMs: START_TIMEOUT_MS,
      signal,
    });
  }
}

/** A file's name must stay below the function's directory, and mean the same everywhere. */
const FILE_NAME = /^(?!.*(^|\/)\.{1,2}(\/|$))[\w.@+-]+(\/[\w.@+-]+)*$/;
const LONGEST_NAME = 255;

function checkCode({ files, entry }: FunctionCode): void {
  for (const name of Object.keys(files)) {
    if (name.length <= LONGEST_NAME && FILE_NAME.test(name)) continue;
    throw new SandboxError(
      'INITIALIZATION_ERROR',
      `the file name ${JSON.stringify(name)} is not allowed: use letters, digits and . _ - @ + between single slashes`,
    );
  }
  if (!Object.hasOwn(files, entry))
    throw new SandboxError('INITIALIZATION_ERROR', `there is no file '${entry}'`);
}
