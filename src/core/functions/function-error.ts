/** What goes wrong with functions in words of their own: the codes of the functions API's document. */
import { SandboxError, type SandboxErrorCode } from '../ports/sandbox.ts';

export type FunctionErrorCode =
  'INVALID_PARAMS' | 'INITIALIZATION_ERROR' | 'RUNTIME_ERROR' | 'TIMEOUT' | 'RATE_LIMITED' | 'INTERNAL_ERROR';

export class FunctionError extends Error {
  readonly code: FunctionErrorCode;
  /** For the caller: `line`, `column` and `stack_trace` in the user's source, `errors` by path, `reason`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: FunctionErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'FunctionError';
    this.code = code;
    this.details = details;
  }
}

const codes: Record<SandboxErrorCode, FunctionErrorCode> = {
  INITIALIZATION_ERROR: 'INITIALIZATION_ERROR',
  UNAVAILABLE: 'INTERNAL_ERROR',
  TIMEOUT: 'TIMEOUT',
  PARAMS_LIMIT: 'INVALID_PARAMS',
  SANDBOXES_EXHAUSTED: 'RATE_LIMITED',
  RUNTIME_ERROR: 'RUNTIME_ERROR',
  OUT_OF_MEMORY: 'RUNTIME_ERROR',
  OUTPUT_LIMIT: 'RUNTIME_ERROR',
  PROTOCOL_VIOLATION: 'RUNTIME_ERROR',
  SANDBOX_ENDED: 'RUNTIME_ERROR',
  SANDBOX_BUSY: 'RUNTIME_ERROR',
};

const notStarted =
  'The server could not start a sandbox, or is stopping. Try again later; its log says why it failed.';

/** Anything else than a `SandboxError` comes back as it is. */
export function functionErrorOf(error: unknown): unknown {
  if (!(error instanceof SandboxError)) return error;
  const code = codes[error.code];
  // What the runtime wrote is for the log: the cause.
  if (code === 'INTERNAL_ERROR') return new FunctionError(code, notStarted, {}, { cause: error });
  const position = Object.fromEntries(
    Object.entries(error.position).filter(([, value]) => value !== undefined),
  );
  // A code of the document says all there is to say; the others keep the sandbox's word for it.
  const reason = error.code === code ? {} : { reason: error.code };
  return new FunctionError(code, error.message, { ...position, ...reason }, { cause: error });
}
