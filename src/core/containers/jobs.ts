/** Work that takes longer than anybody wants to wait for one answer. Kept in memory: it ends with the server. */
import { randomUUID } from 'node:crypto';
import { AppError, EngineError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { PullProgress } from '../ports/image-transfer.ts';
import { holderName, requireScope, seesAccount, type Principal } from '../principal.ts';
import type { Scope } from '../scopes.ts';
import { pageOf } from './page-of.ts';
import type { Page, PageQuery } from '../ports/page.ts';

/** How far a job is. */
export interface JobProgress extends PullProgress {
  /** Of work that is done step by step: which one it is about. */
  step?: string;
}

export type JobKind = 'pull' | 'push' | 'check' | 'recreate';

/** What a caller has to have to see a job, and to end it. */
export const jobScopes: Readonly<Record<JobKind, { see: Scope; end: Scope }>> = {
  pull: { see: 'images:read', end: 'images:create' },
  push: { see: 'images:read', end: 'images:create' },
  check: { see: 'images:read', end: 'images:create' },
  recreate: { see: 'containers:read', end: 'containers:update' },
};

export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  /** The image's reference, or the container's id; of a check of several `images`. */
  readonly target: string;
  readonly account: string;
  readonly holder: string;
  /** Epoch ms. */
  readonly createdAt: number;
  state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  finishedAt?: number;
  /** The last of each layer or step, by its id or name; '' for what is about none. */
  readonly progress: Map<string, JobProgress>;
  /** What the work answered, or threw. */
  result?: JobResult;
  error?: unknown;
}

/** As this reader may see it, who need not be who began the job. */
export type JobResult = (reader: Principal) => object;

export interface JobWork {
  kind: Job['kind'];
  target: string;
  run: (report: (progress: JobProgress) => void, signal: AbortSignal) => Promise<JobResult>;
}

const mostRunning = 20;
const mostKept = 1000;

export class Jobs {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #broke: (job: Job) => void;
  readonly #jobs = new Map<string, Job>();
  readonly #running = new Map<Job, { cancel: AbortController; done: Promise<void> }>();

  /** `broke`: is told of one that failed for no reason that an answer can give. */
  constructor(clock: Pick<Clock, 'now'>, broke: (job: Job) => void) {
    this.#clock = clock;
    this.#broke = broke;
  }

  /** Throws `Throttled` where too many of the caller's run already. */
  begin(caller: Principal, { kind, target, run }: JobWork): Job {
    const holder = holderName(caller);
    const own = [...this.#running.keys()].filter((job) => job.holder === holder);
    if (own.length >= mostRunning) {
      throw new AppError('Throttled', `${mostRunning} jobs run already; wait for one to end.`, {
        retryAfter: 5,
      });
    }
    const job: Job = {
      id: randomUUID(),
      ...{ kind, target, holder, account: caller.account, createdAt: this.#clock.now() },
      state: 'running',
      progress: new Map(),
    };
    const cancel = new AbortController();
    const report = (progress: JobProgress) => void job.progress.set(progressKey(progress), progress);
    this.#forgetOldest();
    this.#jobs.set(job.id, job);
    this.#running.set(job, { cancel, done: this.#follow(job, run(report, cancel.signal), cancel.signal) });
    return job;
  }

  /** The newest first, of the kinds that the caller may see. */
  list(caller: Principal, page: PageQuery): Page<Job> {
    const mayBeSeen = seenBy(caller);
    const seen = [...this.#jobs.values()].filter(
      (job) => mayBeSeen(job) && caller.scopes.allows(jobScopes[job.kind].see),
    );
    return pageOf(seen.reverse(), page);
  }

  /** Throws `ResourceNotFound`, also for another account's, and `Forbidden` without the scope to see it. */
  see(caller: Principal, id: string): Job {
    const job = this.find(caller, id);
    requireScope(caller, jobScopes[job.kind].see);
    return job;
  }

  /** Throws `ResourceNotFound`, also for another account's. */
  find(caller: Principal, id: string): Job {
    const job = this.#jobs.get(id);
    if (job !== undefined && seenBy(caller)(job)) return job;
    throw new AppError(
      'ResourceNotFound',
      `There is no job '${id.slice(0, 64)}'. Jobs end with the server.`,
      {
        field: 'job_id',
      },
    );
  }

  /** Resolves when it has ended; one that had ended stays as it is. Throws `Forbidden` without the scope to end it. */
  async cancel(caller: Principal, id: string): Promise<Job> {
    const job = this.find(caller, id);
    requireScope(caller, jobScopes[job.kind].end);
    const running = this.#running.get(job);
    running?.cancel.abort();
    await running?.done;
    return job;
  }

  async close(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { cancel } of running) cancel.abort();
    await Promise.all(running.map(({ done }) => done));
  }

  async #follow(job: Job, work: Promise<JobResult>, signal: AbortSignal): Promise<void> {
    try {
      job.result = await work;
      job.state = 'succeeded';
    } catch (error) {
      job.error = error;
      job.state = signal.aborted ? 'cancelled' : 'failed';
      const isTold = error instanceof AppError || error instanceof EngineError;
      if (job.state === 'failed' && !isTold) this.#broke(job);
    }
    job.finishedAt = this.#clock.now();
    this.#running.delete(job);
  }

  #forgetOldest(): void {
    if (this.#jobs.size < mostKept) return;
    const oldest = [...this.#jobs.values()].find((job) => job.state !== 'running');
    if (oldest !== undefined) this.#jobs.delete(oldest.id);
  }
}

/** Of each the last is kept. */
export const progressKey = ({ layer, step }: JobProgress): string => layer ?? step ?? '';

const seenBy = (caller: Principal) => (job: Job) => seesAccount(caller, job.account);
