/**
 * The sandbox port: isolated processes that run functions. A sandbox is started ahead with a language in it, claimed
 * for exactly one session of one function of one principal, and destroyed after. Nothing is ever retried here.
 */
import type { FunctionCode } from './runtime.ts';

export type SandboxErrorCode =
  /** The function's code could not be loaded: syntax, no handler, an exception while loading. */
  | 'INITIALIZATION_ERROR'
  /** The function threw, answered with something that is no JSON, or ended its process. */
  | 'RUNTIME_ERROR'
  /** No answer by the deadline; its processes were killed. */
  | 'TIMEOUT'
  | 'OUT_OF_MEMORY'
  /** The result is larger than allowed, or output came without end. */
  | 'OUTPUT_LIMIT'
  /** Params and context are larger than a sandbox takes. */
  | 'PARAMS_LIMIT'
  /** Something inside wrote to the channel that is the launcher's. Its processes were killed. */
  | 'PROTOCOL_VIOLATION'
  /** It was destroyed, before or meanwhile. */
  | 'SANDBOX_ENDED'
  /** It is running another invocation. */
  | 'SANDBOX_BUSY'
  /** As many sandboxes as allowed are claimed: destroy one and claim again. */
  | 'SANDBOXES_EXHAUSTED'
  /** Functions of this language cannot be run here; the message has the reason and the fix. */
  | 'UNAVAILABLE';

/** Where in the user's own source it went wrong, counted from 1. */
export interface SourcePosition {
  file?: string;
  line?: number;
  column?: number;
  /** As the language writes it, without frames of the launcher. */
  stack_trace?: string;
}

/** What was written to standard output and standard error, in UTF-8. */
export interface CapturedOutput {
  stdout: string;
  stderr: string;
  /** Bytes that were written and not kept. 0: this is all. */
  droppedBytes: number;
}

export const NO_OUTPUT: CapturedOutput = { stdout: '', stderr: '', droppedBytes: 0 };

export class SandboxError extends Error {
  readonly code: SandboxErrorCode;
  readonly position: SourcePosition;
  readonly output: CapturedOutput;

  constructor(
    code: SandboxErrorCode,
    message: string,
    position: SourcePosition = {},
    output: CapturedOutput = NO_OUTPUT,
  ) {
    super(message);
    this.name = 'SandboxError';
    this.code = code;
    this.position = position;
    this.output = output;
  }
}

/** Whom a sandbox serves, from its claim to its end. */
export interface SandboxUse {
  principal: string;
  session: string;
}

export interface SandboxLimits {
  /** All its processes and its files in memory. */
  memoryBytes: number;
  /** Kept of standard output and error together, per execution. */
  outputBytes: number;
  /** Of one result, as JSON in UTF-8. */
  resultBytes: number;
  /** Of one invocation's params and context, as JSON in UTF-8. */
  paramsBytes: number;
}

export interface ClaimRequest {
  runtime: string;
  use: SandboxUse;
  code: FunctionCode;
  /** Environment variables of the function, secrets too. They reach its process only. */
  environment: Readonly<Record<string, string>>;
  /** Absent members: the pool's own. Other memory than the pool's is started anew, which takes longer. */
  limits?: Partial<SandboxLimits>;
  /** For waiting, loading and whatever the code does at its top level. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface Invocation {
  params: unknown;
  context: Readonly<Record<string, unknown>>;
  timeoutMs: number;
}

export interface InvocationResult {
  /** What the handler answered; JSON values, at most 512 levels deep. */
  result: unknown;
  output: CapturedOutput;
  /** From sending to the answer. */
  durationMs: number;
}

export interface Sandbox {
  readonly id: string;
  readonly runtime: string;
  readonly use: SandboxUse;
  /** What was written while the code was loaded. */
  readonly loadOutput: CapturedOutput;
  /** False once its process is ended or about to be: claim another. */
  readonly alive: boolean;
  /** Resolves when its last process is gone. */
  readonly ended: Promise<void>;
  /**
   * One at a time. Throws `SandboxError`; after RUNTIME_ERROR it may still be `alive`, after TIMEOUT, OUT_OF_MEMORY
   * and PROTOCOL_VIOLATION it never is.
   */
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /** SIGKILL to all of it. Resolves when the last process is gone. */
  destroy(): Promise<void>;
}

export type RuntimeHealth =
  /** A sandbox of it has worked. */
  | { status: 'ok'; version: string }
  /** None was needed yet, or the first one is under way. */
  | { status: 'starting' }
  /** Sandboxes of it could be started here, but the last one was not. The next claim tries again. */
  | { status: 'failing'; reason: string; fix: string }
  /** `fix`: what to do about it, for people. */
  | { status: 'unavailable'; reason: string; fix: string };

export interface PoolStats {
  /** Started and claimed by nobody. */
  idle: number;
  starting: number;
  claimed: number;
  /** Claims that wait for a sandbox to be started. */
  waiting: number;
  /** Since the start of this server. */
  started: number;
  destroyed: number;
  failedStarts: number;
}

export interface SandboxPool {
  /**
   * A sandbox with the code loaded. Throws `SandboxError`: UNAVAILABLE, SANDBOXES_EXHAUSTED, INITIALIZATION_ERROR,
   * TIMEOUT, OUT_OF_MEMORY; what there was of it then ends, and counts as claimed until it has.
   */
  claim(request: ClaimRequest): Promise<Sandbox>;
  /**
   * Finds out which runtimes work here and starts one sandbox of each ahead: at the first call, and where sandboxes
   * could not be made, again later. Claims do so themselves. Never throws.
   */
  prepare(): Promise<void>;
  /** `prepare`, and until a first sandbox of every runtime has worked or failed, where some are kept ready. */
  proven(): Promise<void>;
  /** Every runtime that this server knows. */
  health(): Readonly<Record<string, RuntimeHealth>>;
  stats(): Readonly<Record<string, PoolStats>>;
  /** Destroys every sandbox. Resolves when nothing of them is left on the machine. */
  close(): Promise<void>;
}
