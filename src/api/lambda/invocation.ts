/** What an invocation came to, in the words of AWS Lambda's runtimes. */
import type { FunctionError } from '../../core/functions/function-error.ts';
import { NO_OUTPUT, SandboxError, type CapturedOutput } from '../../core/ports/sandbox.ts';

interface Failure {
  errorType: string;
  errorMessage: string;
  /** Lines of the stack. */
  stackTrace?: string[];
  /** The same, where Node.js has it. */
  trace?: string[];
  requestId: string;
}

const tailBytes = 4096;

/** Undefined: it is no failure of the function, but of the request or of this server. */
export function failureOf(
  error: FunctionError,
  language: string,
  requestId: string,
  timeoutMs: number,
): Failure | undefined {
  switch (error.code) {
    case 'TIMEOUT': {
      const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
      return { errorType: 'Sandbox.Timedout', errorMessage, requestId };
    }
    case 'RUNTIME_ERROR':
    case 'INITIALIZATION_ERROR':
      return runtimeFailure(error, language, requestId);
    default:
      return undefined;
  }
}

function runtimeFailure({ message, details }: FunctionError, language: string, requestId: string): Failure {
  const exited = (how: string): Failure => ({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
    requestId,
  });
  const reason = details['reason'];
  if (reason === 'OUT_OF_MEMORY') return exited('signal: killed');
  if (reason === 'OUTPUT_LIMIT')
    return { errorType: 'Function.ResponseSizeTooLarge', errorMessage: message, requestId };
  const [, code] = /^the process of the function ended with exit code (\d+)/.exec(message) ?? [];
  if (code !== undefined) return exited(`exit status ${code}`);
  const [, errorType = 'Error', errorMessage = message] =
    /^([A-Za-z_$][\w$.]*)(?:: ([\s\S]*))?$/.exec(message) ?? [];
  const stack = typeof details['stack_trace'] === 'string' ? details['stack_trace'].split('\n') : [];
  const stackTrace = stack.filter((line) => !/lambda[-_]handler\.(mjs|py)/.test(line));
  return {
    errorType,
    errorMessage: errorMessage === message && errorType === message ? '' : errorMessage,
    stackTrace,
    ...(language === 'nodejs' && { trace: stackTrace }),
    requestId,
  };
}

/** What a failed execution had written. */
export function outputOf({ cause }: FunctionError): CapturedOutput {
  return cause instanceof SandboxError ? cause.output : NO_OUTPUT;
}

/** The end of the log of one invocation, in base64, for `X-Amz-Log-Result`. */
export function logTail(
  output: CapturedOutput,
  about: { requestId: string; version: string; durationMs: number; memoryMib: number },
): string {
  const { requestId, version, durationMs, memoryMib } = about;
  const written = [output.stdout, output.stderr].map((text) =>
    text === '' || text.endsWith('\n') ? text : `${text}\n`,
  );
  const log = Buffer.from(
    `START RequestId: ${requestId} Version: ${version}\n${written.join('')}END RequestId: ${requestId}\n` +
      `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\t` +
      `Billed Duration: ${Math.ceil(durationMs)} ms\tMemory Size: ${memoryMib} MB\t\n`,
  );
  return log.subarray(-tailBytes).toString('base64');
}
