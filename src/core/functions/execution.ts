/** Executing: a session again and again, or a function once. Nothing that was begun is ever begun again. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import { NO_OUTPUT, SandboxError, type CapturedOutput } from '../ports/sandbox.ts';
import { requireScope, type Principal } from '../principal.ts';
import { canonicalJson, keyText } from './canonical-json.ts';
import { findFunction, noSuchFunction } from './catalogue.ts';
import { ownerOf, requireExecution, requireRuntime, shareOf, type FunctionsCore } from './context.ts';
import { cacheParts, type ExecutionTarget } from './execution-target.ts';
import { FunctionError, functionErrorOf } from './function-error.ts';
import { readContext } from './invocation-context.ts';
import { readReference } from './language-title.ts';
import type { SessionRecord } from './records.ts';
import { cacheKey, type CacheControl } from './result-cache.ts';
import { isGone, isSessionOf, noSuchSession, sessionId, tenancyOf, type Tenant } from './sessions.ts';
import { recordRun, type CapturedRun } from './run-record.ts';
import { faultText, type Fault } from './validation.ts';

export interface ExecuteRequest {
  requestId: string;
  params: unknown;
  caching: CacheControl;
}

export interface InvokeRequest extends ExecuteRequest {
  /** `nodejs-calculator`, also with a version or alias behind a colon. */
  reference: string;
  /** Of the version that it named when the caller asked: nothing else runs. */
  versionId?: string;
  context?: Readonly<Record<string, unknown>> | undefined;
}

export interface Execution {
  requestId: string;
  languageTitle: string;
  /** Milliseconds that the function ran; 0 where the result was there already. */
  executionTimeMs: number;
  cached: boolean;
  /** JSON. */
  result: string;
  /** What it wrote, where it ran. */
  output: CapturedOutput;
}

/** One execution, of a session or by itself. */
interface Call {
  requestId: string;
  principal: Principal;
  target: ExecutionTarget;
  /** Whose sandbox it runs in. */
  session: Tenant & Pick<SessionRecord, 'context' | 'retain'>;
  params: unknown;
  /** Epoch ms. */
  deadline: number;
  /** Told once it has its sandbox, before anything runs. */
  begins?: () => void;
}

/**
 * Throws `ResourceNotFound` (also for an expired session and for those of others), `Forbidden`, and `FunctionError`
 * with what went wrong.
 */
export async function execute(
  core: FunctionsCore,
  principal: Principal,
  { requestId, params, caching }: ExecuteRequest,
): Promise<Execution> {
  const now = core.clock.now();
  const session = await core.store.read.sessions.get(sessionId(principal, requestId));
  if (!isSessionOf(principal, session) || now >= session.expiresAt) throw noSuchSession(requestId);
  const target = await targetOf(core, session);
  if (target.version === undefined) requireScope(principal, 'execute:script');
  else requireExecution(principal, target.language);
  const count = () => core.activity.executed(session.id, core.clock.now());
  const deadline = now + session.timeoutMs;
  const call: Call = { requestId, principal, target, session, params, deadline, begins: count };
  const execution = await observed(core, call, caching, () =>
    core.queue.run(session.id, deadline, () => run(core, call)),
  );
  if (execution.cached) count();
  return execution;
}

/** One call without a session: a fresh sandbox each time. Throws as `execute` does. */
export async function invoke(
  core: FunctionsCore,
  principal: Principal,
  { reference, versionId, requestId, params, context, caching }: InvokeRequest,
): Promise<Execution> {
  const { language, languageTitle } = readReference(reference, 'language_title');
  requireExecution(principal, language);
  const { version } = await findFunction(core, principal, reference);
  if (versionId !== undefined && versionId !== version.id) throw noSuchFunction(languageTitle);
  await requireRuntime(core, language);
  const target = { language, languageTitle, code: version.code, version };
  const { timeoutMs, ...read } = readContext(context, version.limits.timeoutMs);
  const deadline = core.clock.now() + timeoutMs;
  const owner = shareOf(principal);
  const id = `invoke/${randomUUID()}`;
  const session = { ...read, id, isCall: true as const, owner, retain: false, expiresAt: deadline };
  const call = { requestId, principal, target, session, params, deadline };
  return observed(core, call, caching, () => run(core, call));
}

/** Tells what came of it. */
async function observed(
  core: FunctionsCore,
  call: Call,
  caching: CacheControl,
  begin: () => Promise<CapturedRun>,
): Promise<Execution> {
  const { language } = call.target;
  try {
    checkParams(core, call.target, call.params);
    const execution = await answer(core, call, caching, begin);
    core.observer.executed(language, execution.cached ? 'cached' : 'ok');
    return execution;
  } catch (error) {
    core.observer.executed(language, outcomeOf(error));
    throw error;
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof FunctionError) return error.code;
  return error instanceof AppError && error.code === 'ResourceNotFound' ? 'NOT_FOUND' : 'INTERNAL_ERROR';
}

async function targetOf(core: FunctionsCore, session: SessionRecord): Promise<ExecutionTarget> {
  const { language, languageTitle, script, versionId } = session;
  if (script !== undefined) return { language, languageTitle, code: script };
  const version = await core.store.read.functionVersions.get(versionId ?? '');
  if (version === undefined) {
    await core.sandboxes.discard(session.id);
    throw noSuchFunction(languageTitle);
  }
  return { language, languageTitle, code: version.code, version };
}

function checkParams(core: FunctionsCore, { version }: ExecutionTarget, params: unknown): void {
  const faults = version === undefined ? [] : core.checks.of(version).params(params);
  if (faults.length > 0) throw faulty('INVALID_PARAMS', 'The params do not fit the schema', faults);
}

function faulty(code: 'INVALID_PARAMS' | 'RUNTIME_ERROR', what: string, faults: Fault[]): FunctionError {
  return new FunctionError(code, `${what}: ${faultText(faults)}`, { errors: faults });
}

async function answer(
  core: FunctionsCore,
  call: Call,
  caching: CacheControl,
  begin: () => Promise<CapturedRun>,
): Promise<Execution> {
  const { requestId, target } = call;
  let ran: CapturedRun | undefined;
  const produce = async () => {
    ran = await begin();
    return ran.result;
  };
  const { result, cached } =
    target.version?.cacheable === false
      ? { result: await produce(), cached: false }
      : await core.results.through(keyOf(call), caching, call.deadline, produce);
  const executionTimeMs = ran?.durationMs ?? 0;
  const output = ran?.output ?? NO_OUTPUT;
  return { requestId, languageTitle: target.languageTitle, executionTimeMs, cached, result, output };
}

/** What is retained answers for itself alone; everything else for whoever has the same context. */
function keyOf({ principal, target, session, params }: Call): string {
  return cacheKey([
    ownerOf(principal),
    ...cacheParts(target),
    session.retain ? session.id : '',
    canonicalJson(session.context),
    keyText(params),
  ]);
}

async function run(core: FunctionsCore, call: Call): Promise<CapturedRun> {
  const { requestId, target, session, params, deadline } = call;
  const startedAt = core.clock.now();
  let written = NO_OUTPUT;
  let hasBegun = false;
  try {
    const sandbox = await core.sandboxes.acquire(tenancyOf(core, session, target, deadline));
    hasBegun = true;
    try {
      call.begins?.();
      const timeoutMs = Math.max(1, deadline - core.clock.now());
      const { result, output, durationMs } = await sandbox.invoke({
        params,
        context: session.context,
        timeoutMs,
      });
      written = output;
      const faults = target.version === undefined ? [] : core.checks.of(target.version).result(result);
      if (faults.length > 0) throw faulty('RUNTIME_ERROR', 'The result does not fit the schema', faults);
      const captured = { result: JSON.stringify(result), durationMs, output };
      recordRun(core, call, startedAt, captured, output);
      core.observer.ran(target.language, durationMs);
      return captured;
    } finally {
      if (session.retain) core.sandboxes.release(session.id);
      else core.sandboxes.discardLater(session.id);
    }
  } catch (thrown) {
    if (thrown instanceof SandboxError) written = thrown.output;
    const wasEnded = thrown instanceof SandboxError && (!hasBegun || thrown.code === 'SANDBOX_ENDED');
    if (wasEnded && (await isGone(core, session, target))) {
      throw session.isCall ? noSuchFunction(target.languageTitle) : noSuchSession(requestId);
    }
    if (thrown instanceof Error) recordRun(core, call, startedAt, thrown, written);
    core.observer.ran(target.language, core.clock.now() - startedAt);
    throw functionErrorOf(thrown);
  }
}
