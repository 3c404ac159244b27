/** Sessions: what is to be executed, for whom and until when. They are the store's; their sandboxes come and go. */
import { AppError } from '../errors.ts';
import type { Transaction } from '../ports/store.ts';
import { hasChosenName, requireScope, type Principal } from '../principal.ts';
import { findFunction } from './catalogue.ts';
import { codeOf } from './code.ts';
import {
  knownLanguage,
  ownerOf,
  requireExecution,
  requireRuntime,
  shareOf,
  type FunctionsCore,
} from './context.ts';
import { claimFor, type ExecutionTarget } from './execution-target.ts';
import { FunctionError, functionErrorOf } from './function-error.ts';
import { readContext } from './invocation-context.ts';
import { readReference } from './language-title.ts';
import type { Tenancy } from './live-sandboxes.ts';
import type { SessionRecord } from './records.ts';

export interface InitializeRequest {
  /** `Language-Title`, also with a version or alias behind a colon. */
  reference: string;
  /** Becomes the session's id; the caller's own, or a new one. */
  requestId: string;
  context?: Readonly<Record<string, unknown>> | undefined;
  /** Code to run in place of a published function. */
  script?: string | undefined;
}

const lifeMs = 2 * 3_600_000;
const maxSessionsPerOwner = 10_000;
const maxScriptBytes = 256 * 1024;
/** Of scripts and contexts of one caller's sessions together, and what one of them can come to. */
const maxKibPerOwner = 64 * 1024;
const sizesKib = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048];

/**
 * A session that can be executed for two hours. Where it will keep its process, or brings its own code, that is
 * loaded now. Throws `InvalidParameter`, `ResourceNotFound`, `Forbidden`, and `FunctionError` INITIALIZATION_ERROR,
 * TIMEOUT, RATE_LIMITED.
 */
export async function initialize(
  core: FunctionsCore,
  principal: Principal,
  request: InitializeRequest,
): Promise<SessionRecord> {
  const target = await targetOf(core, principal, request);
  await requireRuntime(core, target.language);
  const now = core.clock.now();
  const session = newSession(principal, request, target, now);
  await insert(core, session);
  if (!session.retain && target.version !== undefined) return session;
  const deadline = now + session.timeoutMs;
  const load = async () => {
    await core.sandboxes.acquire(tenancyOf(core, session, target, deadline));
    core.sandboxes.release(session.id);
  };
  const giveUp = async (thrown: unknown) => {
    const error = functionErrorOf(thrown);
    // It will be loaded at the first execution, when there may be room again.
    if (error instanceof FunctionError && error.code === 'RATE_LIMITED') return undefined;
    await core.store.transact((tx) => tx.sessions.delete(session.id));
    await core.sandboxes.discard(session.id);
    return asInitialization(error);
  };
  // In the queue, and given up there: whoever chose the id may execute before this has answered.
  const failure = await core.queue.run(session.id, deadline, () => load().catch(giveUp)).catch(giveUp);
  if (failure !== undefined) throw failure as Error;
  return session;
}

/** Whose a sandbox is. */
export interface Tenant extends Pick<SessionRecord, 'id' | 'owner' | 'expiresAt'> {
  /** One call, which is no session of the store. */
  isCall?: boolean;
}

/** Whose the sandbox of a session is, and until when. */
export function tenancyOf(
  core: Pick<FunctionsCore, 'sealer' | 'store'>,
  tenant: Tenant,
  target: ExecutionTarget,
  deadline: number,
): Tenancy {
  const { id, owner, expiresAt } = tenant;
  const request = () => claimFor(core, target, { principal: owner, session: id });
  const isWanted = async () => !(await isGone(core, tenant, target));
  return { key: id, owner, of: target.version?.id, isWanted, deadline, expiresAt, request };
}

/** The function was deleted, or its version, or the session was given up, or everything. */
export async function isGone(
  { store }: Pick<FunctionsCore, 'store'>,
  { id, isCall = false }: Tenant,
  { version }: ExecutionTarget,
): Promise<boolean> {
  const { functionVersions, sessions } = store.read;
  if (version !== undefined && (await functionVersions.get(version.id)) === undefined) return true;
  return !isCall && (await sessions.get(id)) === undefined;
}

async function targetOf(
  core: FunctionsCore,
  principal: Principal,
  { reference, script }: InitializeRequest,
): Promise<ExecutionTarget> {
  const { language, languageTitle } = readReference(reference, 'Language-Title');
  if (script === undefined) {
    requireExecution(principal, language);
    const { version } = await findFunction(core, principal, reference, 'Language-Title');
    return { language, languageTitle, code: version.code, version };
  }
  requireScope(principal, 'execute:script');
  const sourceFile = knownLanguage(core, language);
  if (Buffer.byteLength(script) > maxScriptBytes) {
    throw new AppError('InvalidParameter', `script_content may have ${maxScriptBytes} bytes.`, {
      field: 'script_content',
    });
  }
  return { language, languageTitle, code: codeOf(language, sourceFile, { source: script }) };
}

function newSession(
  principal: Principal,
  { requestId, context }: InitializeRequest,
  { language, languageTitle, code, version }: ExecutionTarget,
  now: number,
): SessionRecord {
  const read = readContext(context, version?.limits.timeoutMs);
  const script = version === undefined ? code : undefined;
  const kib = Buffer.byteLength(JSON.stringify([script, read.context])) / 1024;
  return {
    id: sessionId(principal, requestId),
    requestId,
    owner: shareOf(principal),
    ...(hasChosenName(principal) && { tokenName: principal.subject }),
    account: principal.account,
    language,
    languageTitle,
    ...(version === undefined ? { script: code } : { versionId: version.id }),
    ...read,
    sizeKib: sizesKib.find((size) => kib <= size) ?? maxKibPerOwner,
    createdAt: now,
    expiresAt: now + lifeMs,
    executionCount: 0,
    lastExecutedAt: 0,
  };
}

async function insert(core: FunctionsCore, session: SessionRecord): Promise<void> {
  await core.store.transact(async (tx) => {
    if (await tx.sessions.get(session.id)) {
      throw new AppError(
        'InvalidParameter',
        `X-Request-ID: there is a session '${session.requestId}' already. Send another id, or none.`,
        { field: 'X-Request-ID' },
      );
    }
    await requireRoom(tx, session);
    await tx.sessions.insert(session);
  });
}

/** Throws `FunctionError` RATE_LIMITED: a caller's sessions must not fill the disk. */
async function requireRoom(tx: Transaction, { owner, sizeKib = 0 }: SessionRecord): Promise<void> {
  const tooMany = (what: string) =>
    new FunctionError(
      'RATE_LIMITED',
      `The sessions of this caller ${what} already. They are forgotten an hour after their end, which is after two.`,
      { retryAfter: 60 },
    );
  if ((await tx.sessions.count({ owner })) >= maxSessionsPerOwner)
    throw tooMany(`are ${maxSessionsPerOwner}`);
  let kept = sizeKib;
  for (const size of sizesKib) kept += size * (await tx.sessions.count({ owner, sizeKib: size }));
  if (kept > maxKibPerOwner) throw tooMany(`keep ${maxKibPerOwner / 1024} MiB of scripts and contexts`);
}

/** Whatever kept the code from being loaded; only taking too long and our own failures have codes of their own. */
function asInitialization(error: unknown): unknown {
  if (!(error instanceof FunctionError)) return error;
  if (error.code === 'TIMEOUT' || error.code === 'INTERNAL_ERROR') return error;
  // It was given up, as when the server stops: the code is not to blame.
  if (error.details['reason'] === 'SANDBOX_ENDED')
    return new FunctionError('INTERNAL_ERROR', error.message, {}, { cause: error });
  return new FunctionError('INITIALIZATION_ERROR', error.message, error.details, { cause: error });
}

export const sessionId = (principal: Principal, requestId: string): string =>
  `${ownerOf(principal)}/${requestId}`;

/** The id alone does not tell: a subject may hold slashes. */
export function isSessionOf(
  principal: Principal,
  session: SessionRecord | undefined,
): session is SessionRecord {
  const tokenName = hasChosenName(principal) ? principal.subject : undefined;
  return session?.owner === shareOf(principal) && session.tokenName === tokenName;
}

/**
 * Expired ones too, for an hour. Counts are exact. Throws `ResourceNotFound`, also for those of others and of deleted
 * functions.
 */
export async function describeSession(
  core: Pick<FunctionsCore, 'store' | 'activity' | 'clock'>,
  principal: Principal,
  requestId: string,
): Promise<{ session: SessionRecord; status: 'initialized' | 'active' | 'expired' }> {
  await core.activity.flush();
  const session = await core.store.read.sessions.get(sessionId(principal, requestId));
  if (!isSessionOf(principal, session)) throw noSuchSession(requestId);
  const { versionId } = session;
  const hasEnded = versionId !== undefined && !(await core.store.read.functionVersions.get(versionId));
  if (hasEnded) throw noSuchSession(requestId);
  const isOver = core.clock.now() >= session.expiresAt;
  return { session, status: isOver ? 'expired' : session.executionCount === 0 ? 'initialized' : 'active' };
}

export function noSuchSession(requestId: string): AppError {
  return new AppError(
    'ResourceNotFound',
    `There is no session '${requestId.slice(0, 128)}', or it has expired: initialize one.`,
  );
}
