/** The sandbox pool: a set of warm sandboxes for each runtime, and what is claimed of them. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
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
import { CPU_SHARES, PROCESS_LIMITS } from './bundle.ts';
import type { ProcessLimits } from './bundle.ts';
import { ClaimedSandbox } from './claimed-sandbox.ts';
import { MOST_SANDBOXES, openSandboxHost } from './host.ts';
import type { SandboxHost } from './host.ts';
import { probe } from './probe.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import type { SandboxProcess } from './sandbox-process.ts';
import { StartQueue } from './start-queue.ts';
import { SandboxesUnavailable } from './unavailable.ts';
import { WarmSandboxes } from './warm-sandboxes.ts';

export interface PoolOptions {
  /** Marks what this server makes: six hexadecimal digits. */
  owner: string;
  runtimes: readonly Runtime[];
  /** Kept started, per runtime. */
  warm?: number;
  /** Claimed at a time, over all runtimes. Default: as many as the machine's memory holds at 64 MiB each. */
  mostClaimed?: number;
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
const LOOK_FOR_REASON = "see 'longshore doctor' and the server's log";

/** A runtime that can be used. */
interface Language {
  launch: (memoryBytes: number) => Launch;
  warm: WarmSandboxes;
  claimed: Set<Sandbox>;
  destroyed: number;
}

/** Never throws for what the machine lacks: then `health` says so for every runtime, and claims are refused. */
export async function openSandboxPool(options: PoolOptions): Promise<SandboxPool> {
  const health = new Map<string, RuntimeHealth>();
  const usable: { runtime: Runtime; version: string }[] = [];
  for (const runtime of options.runtimes) {
    const found = await runtime.availability();
    if (found.available) usable.push({ runtime, version: found.version });
    else health.set(runtime.name, { status: 'unavailable', reason: found.reason, fix: found.fix });
  }
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  let host: SandboxHost | undefined;
  try {
    if (usable.length > 0) {
      const launches = usable.map(({ runtime }) => runtime.launch(limits.memoryBytes));
      host = await openSandboxHost({ ...options, launches });
      await probe(host, limits.memoryBytes, { ...PROCESS_LIMITS, ...options.processLimits });
      host.cgroups.limitAll(await shareOfMachine());
    }
  } catch (error) {
    await host?.close();
    host = undefined;
    const reason = (error as Error).message;
    const fix = error instanceof SandboxesUnavailable ? error.fix : LOOK_FOR_REASON;
    for (const { runtime } of usable.splice(0))
      health.set(runtime.name, { status: 'unavailable', reason, fix });
  }
  return new Pool(options, limits, host, usable, health);
}

/** Three quarters of the memory, half of the process numbers. */
async function shareOfMachine(): Promise<{ memoryBytes: number; pids: number }> {
  const pidMax = Number(await readFile('/proc/sys/kernel/pid_max', 'utf8'));
  const pageBytes = 4_096;
  return {
    memoryBytes: Math.floor((totalmem() * 0.75) / pageBytes) * pageBytes,
    pids: Math.floor(pidMax / 2),
  };
}

class Pool implements SandboxPool {
  readonly #options: PoolOptions;
  readonly #limits: SandboxLimits;
  readonly #processLimits: ProcessLimits;
  readonly #host: SandboxHost | undefined;
  readonly #languages = new Map<string, Language>();
  readonly #health: Map<string, RuntimeHealth>;
  readonly #queue = new StartQueue(Math.max(2, availableParallelism()));
  readonly #mostClaimed: number;
  #claims = 0;
  #closed = false;

  constructor(
    options: PoolOptions,
    limits: SandboxLimits,
    host: SandboxHost | undefined,
    usable: { runtime: Runtime; version: string }[],
    health: Map<string, RuntimeHealth>,
  ) {
    this.#options = options;
    this.#limits = limits;
    this.#processLimits = { ...PROCESS_LIMITS, ...options.processLimits };
    this.#host = host;
    this.#health = health;
    const holds = Math.max(8, Math.floor(totalmem() / USUAL_BYTES));
    this.#mostClaimed = options.mostClaimed ?? Math.min(MOST_SANDBOXES / 2, holds);
    for (const { runtime, version } of usable) this.#add(runtime, version);
  }

  async claim(request: ClaimRequest): Promise<Sandbox> {
    const language = this.#language(request.runtime);
    checkCode(request.code);
    if (this.#claims >= this.#mostClaimed) {
      throw new SandboxError('SANDBOXES_EXHAUSTED', `all ${this.#mostClaimed} sandboxes are in use`);
    }
    // Counted before anything is awaited, so that many claims at once cannot take more than there may be.
    this.#claims += 1;
    try {
      return await this.#claim(language, request);
    } catch (error) {
      this.#claims -= 1;
      throw error;
    }
  }

  health(): Record<string, RuntimeHealth> {
    return Object.fromEntries(this.#health);
  }

  stats(): Record<string, PoolStats> {
    return Object.fromEntries(
      [...this.#languages].map(([name, { warm, claimed, destroyed }]) => [
        name,
        { ...warm.stats(), claimed: claimed.size, destroyed },
      ]),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    const languages = [...this.#languages.values()];
    await Promise.all(languages.map(({ warm }) => warm.close()));
    await Promise.all(languages.flatMap(({ claimed }) => [...claimed].map((each) => each.destroy())));
    await this.#host?.close();
  }

  #add(runtime: Runtime, version: string): void {
    this.#health.set(runtime.name, { status: 'ok', version });
    const launch = (memoryBytes: number) => runtime.launch(memoryBytes);
    const { memoryBytes } = this.#limits;
    let failing = false;
    const warm = new WarmSandboxes({
      target: this.#options.warm ?? 4,
      start: (urgent) =>
        this.#queue.run(urgent, () => this.#start(launch(memoryBytes), this.#limits, urgent)),
      health: (reason) => {
        if (reason === undefined) this.#health.set(runtime.name, { status: 'ok', version });
        else this.#health.set(runtime.name, { status: 'unavailable', reason, fix: LOOK_FOR_REASON });
        if (reason !== undefined && !failing) {
          this.#options.log?.warn({ runtime: runtime.name, reason }, 'sandboxes cannot be started');
        }
        failing = reason !== undefined;
      },
    });
    this.#languages.set(runtime.name, { launch, warm, claimed: new Set(), destroyed: 0 });
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

  async #claim(language: Language, request: ClaimRequest): Promise<Sandbox> {
    const limits = { ...this.#limits, ...request.limits };
    const deadline = performance.now() + request.timeoutMs;
    const started = this.#fits(limits)
      ? await language.warm.take(request.timeoutMs, request.signal)
      : await this.#queue.run(true, () => this.#start(language.launch(limits.memoryBytes), limits, true));
    const { cgroups } = this.#host as SandboxHost;
    try {
      cgroups.claimed(started.id);
    } catch (error) {
      started.kill();
      await started.exited;
      throw new SandboxError(
        'UNAVAILABLE',
        `a sandbox got no share of the processor: ${(error as Error).message}`,
      );
    }
    const sandbox = new ClaimedSandbox(started, request, limits, {
      afterMs: this.#options.freezeAfterMs ?? 1_000,
      freeze: (frozen) => cgroups.freeze(started.id, frozen),
    });
    language.claimed.add(sandbox);
    let loaded = false;
    void sandbox.ended.then(() => {
      language.claimed.delete(sandbox);
      language.destroyed += 1;
      if (loaded) this.#claims -= 1;
    });
    await sandbox.load(request, Math.max(1, deadline - performance.now()));
    loaded = true;
    return sandbox;
  }

  /** Whether a warm sandbox is what these limits ask for. Smaller results and output need no other sandbox. */
  #fits(limits: SandboxLimits): boolean {
    return limits.memoryBytes === this.#limits.memoryBytes && limits.resultBytes <= this.#limits.resultBytes;
  }

  #start(
    launch: Launch,
    { memoryBytes, resultBytes }: SandboxLimits,
    urgent: boolean,
  ): Promise<SandboxProcess> {
    return startSandboxProcess(this.#host as SandboxHost, {
      id: `sandbox-${randomBytes(8).toString('hex')}`,
      launch,
      memoryBytes,
      cpuShares: urgent ? CPU_SHARES.claimed : CPU_SHARES.ahead,
      limits: this.#processLimits,
      maxFrameBytes: resultBytes + FRAME_MARGIN,
      timeoutMs: START_TIMEOUT_MS,
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
