/** What is logged of one run of a function. Scripts that were sent along have no log. */
import type { CapturedOutput } from '../ports/sandbox.ts';
import type { Principal } from '../principal.ts';
import type { FunctionsCore } from './context.ts';
import type { ExecutionTarget } from './execution-target.ts';
import { FunctionError, functionErrorOf } from './function-error.ts';

export interface CapturedRun {
  /** JSON. */
  result: string;
  durationMs: number;
  output: CapturedOutput;
}

interface Call {
  requestId: string;
  principal: Principal;
  target: ExecutionTarget;
}

const keptCharacters = 8 * 1024;

/** `outcome`: the run, or what was thrown in its place; then what it had written. */
export function recordRun(
  core: Pick<FunctionsCore, 'activity' | 'clock'>,
  { requestId, principal, target }: Call,
  startedAt: number,
  outcome: CapturedRun | Error,
  { stdout, stderr, droppedBytes }: CapturedOutput,
): void {
  if (target.version === undefined) return;
  const failure = outcome instanceof Error ? functionErrorOf(outcome) : undefined;
  core.activity.logged({
    functionId: target.version.functionId,
    versionId: target.version.id,
    at: startedAt,
    requestId,
    version: target.version.version,
    subject: principal.subject,
    durationMs: outcome instanceof Error ? core.clock.now() - startedAt : outcome.durationMs,
    status: failure === undefined ? 'ok' : failure instanceof FunctionError ? failure.code : 'INTERNAL_ERROR',
    ...(failure !== undefined && {
      // Failures of our own are for the server's log.
      message:
        failure instanceof FunctionError
          ? failure.message.slice(0, 1000)
          : 'The server failed. Its log says why.',
    }),
    stdout: stdout.slice(0, keptCharacters),
    stderr: stderr.slice(0, keptCharacters),
    droppedBytes:
      droppedBytes +
      Math.max(0, stdout.length - keptCharacters) +
      Math.max(0, stderr.length - keptCharacters),
  });
}
