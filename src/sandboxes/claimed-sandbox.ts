/** A sandbox that serves one session: loads its function, runs its invocations one at a time, keeps their deadlines. */
import { randomUUID } from 'node:crypto';
import type {
  CapturedOutput,
  ClaimRequest,
  Invocation,
  InvocationResult,
  Sandbox,
  SandboxErrorCode,
  SandboxLimits,
  SandboxUse,
} from '../core/ports/sandbox.ts';
import { NO_OUTPUT, SandboxError } from '../core/ports/sandbox.ts';
import { isDeeperThan } from './frames.ts';
import { readReply } from './reply.ts';
import type { ReportedError } from './reply.ts';
import type { SandboxProcess } from './sandbox-process.ts';

const MOST_LEVELS = 512;
/** An ended process closes its channel before the runtime has reaped it: later where the machine is busy. */
const END_GRACE_MS = 2_000;
const SIGKILL_CODE = 137;
/** Last words of Node.js and of Rust. */
const FULL_HEAP = /heap out of memory|^memory allocation of \d+ bytes failed/m;

interface Exchange {
  nonce: string;
  sentAt: number;
  timer: NodeJS.Timeout;
  resolve(result: InvocationResult): void;
  reject(error: SandboxError): void;
}

/** Stops the processes of a sandbox that has nothing to do, and lets them go on. */
export interface Freezer {
  afterMs: number;
  freeze(frozen: boolean): void;
}

export class ClaimedSandbox implements Sandbox {
  readonly id: string;
  readonly runtime: string;
  readonly use: SandboxUse;
  readonly ended: Promise<void>;
  loadOutput: CapturedOutput = NO_OUTPUT;
  readonly #process: SandboxProcess;
  readonly #limits: SandboxLimits;
  readonly #freezer: Freezer;
  readonly #freezeTimer: NodeJS.Timeout;
  #frozen = false;
  #alive = true;
  #exchange: Exchange | undefined;

  constructor(
    started: SandboxProcess,
    request: Pick<ClaimRequest, 'runtime' | 'use'>,
    limits: SandboxLimits,
    freezer: Freezer,
  ) {
    this.id = started.id;
    this.runtime = request.runtime;
    this.use = request.use;
    this.#process = started;
    this.#limits = limits;
    this.#freezer = freezer;
    this.#freezeTimer = setTimeout(() => this.#freeze(), freezer.afterMs);
    this.#freezeTimer.unref();
    void started.stopped.then(({ code, killed }) => this.#stopped(code, killed));
    this.ended = started.exited.then(() => {});
    started.listener = {
      frame: (text) => this.#receive(text),
      violation: (reason) =>
        this.#end('PROTOCOL_VIOLATION', `the channel of the launcher was misused: ${reason}`),
      flood: () => this.#end('OUTPUT_LIMIT', 'the function wrote output without end'),
      channelClosed: () => this.#expectExit(),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Throws `SandboxError`; then the sandbox is on its way to its end, for which nobody has to wait. */
  async load(request: Pick<ClaimRequest, 'code' | 'environment'>, timeoutMs: number): Promise<void> {
    const { files, base64, entry, dependencies } = request.code;
    const load = {
      files,
      base64,
      entry,
      dependencies,
      environment: request.environment,
      maxResultBytes: this.#limits.resultBytes,
    };
    try {
      const { output } = await this.#ask(`"load":${JSON.stringify(load)}`, timeoutMs);
      this.loadOutput = output;
    } catch (error) {
      void this.destroy();
      throw asLoadError(error);
    }
  }

  invoke({ params, context, timeoutMs }: Invocation): Promise<InvocationResult> {
    let body: string;
    try {
      body = `"p":${JSON.stringify(params) ?? 'null'},"c":${JSON.stringify(context)}`;
    } catch (error) {
      return Promise.reject(
        new SandboxError('PARAMS_LIMIT', `params are no JSON: ${(error as Error).message}`),
      );
    }
    // A UTF-16 unit takes at most three bytes: most bodies need no counting.
    const most = this.#limits.paramsBytes;
    if (body.length * 3 > most && Buffer.byteLength(body) > most) {
      const reason = `params and context have ${Buffer.byteLength(body)} bytes, allowed are ${most}`;
      return Promise.reject(new SandboxError('PARAMS_LIMIT', reason));
    }
    return this.#ask(body, timeoutMs);
  }

  async destroy(): Promise<void> {
    this.#end('SANDBOX_ENDED', 'the sandbox was destroyed');
    await this.ended;
  }

  #ask(body: string, timeoutMs: number): Promise<InvocationResult> {
    if (!this.#alive) return Promise.reject(new SandboxError('SANDBOX_ENDED', 'the sandbox has ended'));
    if (this.#exchange) return Promise.reject(new SandboxError('SANDBOX_BUSY', 'an invocation is running'));
    if (this.#frozen) this.#thaw();
    return new Promise((resolve, reject) => {
      const nonce = randomUUID();
      const timer = setTimeout(
        () => this.#end('TIMEOUT', `no answer within ${Math.round(timeoutMs)} ms`),
        timeoutMs,
      );
      this.#exchange = { nonce, sentAt: performance.now(), timer, resolve, reject };
      this.#process.output.begin(this.#limits.outputBytes);
      this.#process.send(`{"n":"${nonce}",${body}}`);
    });
  }

  #receive(text: string): void {
    const exchange = this.#exchange;
    const reply = readReply(text);
    if (exchange === undefined || reply === undefined || reply.nonce !== exchange.nonce) {
      this.#end('PROTOCOL_VIOLATION', 'something other than the launcher answered');
      return;
    }
    exchange.nonce = '';
    const durationMs = performance.now() - exchange.sentAt;
    // Output that was written before the answer is in this turn of the event loop, but maybe not read yet.
    setImmediate(() => {
      if (this.#exchange !== exchange) return;
      const output = this.#settle();
      if (reply.error) {
        exchange.reject(errorOf(reply.error, output));
      } else if (isDeeperThan(text, MOST_LEVELS + 1)) {
        const reason = `the result is nested more than ${MOST_LEVELS} levels deep`;
        exchange.reject(new SandboxError('OUTPUT_LIMIT', reason, {}, output));
      } else exchange.resolve({ result: reply.result, output, durationMs });
      if (reply.fatal) this.#end('SANDBOX_ENDED', 'the function ended its process');
    });
  }

  /** The exchange is over: nothing more belongs to it. */
  #settle(): CapturedOutput {
    clearTimeout(this.#exchange?.timer);
    this.#exchange = undefined;
    const output = this.#process.output.get();
    this.#process.output.begin(0);
    this.#freezeTimer.refresh();
    return output;
  }

  /** Kills it; what is running fails with this. */
  #end(code: SandboxErrorCode, message: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    clearTimeout(this.#freezeTimer);
    this.#process.kill();
    const exchange = this.#exchange;
    if (exchange) exchange.reject(new SandboxError(code, message, {}, this.#settle()));
  }

  #expectExit(): void {
    if (!this.#alive) return;
    const timer = setTimeout(() => {
      this.#end('PROTOCOL_VIOLATION', 'the channel of the launcher was closed');
    }, END_GRACE_MS);
    void this.#process.stopped.then(() => clearTimeout(timer));
  }

  #stopped(code: number, killed: boolean): void {
    this.#alive = false;
    clearTimeout(this.#freezeTimer);
    const exchange = this.#exchange;
    if (!exchange) return;
    const output = this.#settle();
    exchange.reject(
      killed
        ? new SandboxError('SANDBOX_ENDED', 'the sandbox was destroyed', {}, output)
        : endOf(code, output),
    );
  }

  #freeze(): void {
    if (!this.#alive || this.#exchange) return;
    this.#frozen = true;
    this.#freezer.freeze(true);
  }

  #thaw(): void {
    this.#frozen = false;
    this.#freezer.freeze(false);
  }
}

const errorOf = ({ code, message, position }: ReportedError, output: CapturedOutput) =>
  new SandboxError(code, message, position, output);

/** Why a process ended that we did not kill. Nothing inside can send SIGKILL to the first process: the kernel did. */
function endOf(code: number, output: CapturedOutput): SandboxError {
  const heapIsFull = code > 128 && FULL_HEAP.test(output.stderr);
  if (code === SIGKILL_CODE || heapIsFull) {
    return new SandboxError('OUT_OF_MEMORY', 'the function used more memory than it may', {}, output);
  }
  const how = code > 128 ? `was ended by signal ${code - 128}` : `ended with exit code ${code}`;
  return new SandboxError(
    'RUNTIME_ERROR',
    `the process of the function ${how} before it answered`,
    {},
    output,
  );
}

function asLoadError(error: unknown): unknown {
  if (!(error instanceof SandboxError) || error.code !== 'RUNTIME_ERROR') return error;
  return new SandboxError('INITIALIZATION_ERROR', error.message, error.position, error.output);
}
