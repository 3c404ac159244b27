/** What the use cases of functions need. Built once by the composition root. */
import { FunctionError } from './function-error.ts';
import { AppError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Programs } from '../ports/runtime.ts';
import type { SandboxPool } from '../ports/sandbox.ts';
import type { Sealer } from '../ports/secrets.ts';
import type { Store } from '../ports/store.ts';
import { hasChosenName, makerOf, requireScope, type Principal } from '../principal.ts';
import { allScopes, type Scope } from '../scopes.ts';
import type { Activity } from './activity.ts';
import type { EventQueue } from './event-queue.ts';
import type { LiveSandboxes } from './live-sandboxes.ts';
import type { ResultCache } from './result-cache.ts';
import type { SessionQueue } from './session-queue.ts';
import type { CheckCache } from './validation.ts';

/** Told of every execution, for metrics. */
export interface ExecutionObserver {
  /** `outcome`: `ok`, `cached`, or the code of the error. */
  executed(language: string, outcome: string): void;
  /** One that ran, or failed to. */
  ran(language: string, milliseconds: number): void;
}

export interface FunctionsCore {
  store: Store;
  clock: Clock;
  sealer: Sealer;
  pool: SandboxPool;
  /** Of each language that this server knows, also where it is not available: what one source is called. */
  sourceFiles: Readonly<Record<string, string>>;
  checks: CheckCache;
  results: ResultCache;
  sandboxes: LiveSandboxes;
  queue: SessionQueue;
  events: EventQueue;
  activity: Activity;
  observer: ExecutionObserver;
  programs: Programs;
}

/** Throws `InvalidParameter`: there is no such language. Answers with what one source of it is called. */
export function knownLanguage(core: Pick<FunctionsCore, 'sourceFiles'>, language: string): string {
  const sourceFile = Object.hasOwn(core.sourceFiles, language) ? core.sourceFiles[language] : undefined;
  if (sourceFile !== undefined) return sourceFile;
  const known = Object.keys(core.sourceFiles);
  const near = nearest(language, known);
  throw new AppError(
    'InvalidParameter',
    `There is no language '${language}'${near === undefined ? '' : `; did you mean ${near}`}. There are: ` +
      `${known.join(', ')}.`,
    { field: 'language' },
  );
}

/**
 * Throws `FunctionError` INITIALIZATION_ERROR with the reason and the fix where this machine cannot run it. Where
 * starts only fail at the moment, the claim tries again and tells.
 */
export async function requireRuntime(core: Pick<FunctionsCore, 'pool'>, language: string): Promise<void> {
  const { pool } = core;
  const isKnown = (status: string | undefined) => status === 'ok' || status === undefined;
  if (!isKnown(pool.health()[language]?.status)) await pool.prepare();
  const health = pool.health()[language];
  if (health !== undefined && health.status !== 'unavailable') return;
  const reason = health?.reason ?? `${language} is not part of this version`;
  const fix = health?.fix ?? `use a version of Longshore that has ${language}`;
  const message = `Functions in ${language} cannot be run here: ${reason}. To fix it: ${fix}.`;
  throw new FunctionError('INITIALIZATION_ERROR', message, { reason, fix });
}

/** Languages without a scope of their own need the one for all. */
export function requireExecution(principal: Principal, language: string): void {
  const own = `execute:${language}` as Scope;
  const isScript = language === 'script' || language === 'all';
  requireScope(principal, !isScript && allScopes.includes(own) ? own : 'execute:all');
}

/** Whose sessions and cached results they are. */
export function ownerOf(principal: Principal): string {
  const share = shareOf(principal);
  return hasChosenName(principal) ? `${share}/${principal.subject}` : share;
}

/** Whose share of sandboxes and of room for sessions they count in: that of the maker, whatever a token is called. */
export function shareOf(principal: Principal): string {
  const { account, subject } = principal;
  return `${account}/${hasChosenName(principal) ? makerOf(principal) : subject}`;
}
