/** Work that takes longer than anybody wants to wait for one answer. Kept in memory: it ends with the server. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { PullProgress } from '../ports/image-transfer.ts';
import { holderName, seesAccount, type Principal } from '../principal.ts';
import { pageOf } from './page-of.ts';
import type { Page, PageQuery } from '../ports/page.ts';

export interface Job {
  readonly id: string;
  readonly kind: 'pull' | 'push' | 'check';
  /** The image's reference; of a check of several `images`. */
  readonly target: string;
  readonly account: string;
  readonly holder: string;
  /** Epoch ms. */
  readonly createdAt: number;
  state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  finishedAt?: number;
  /** The last of each layer, by its id; '' for what is about none. */
  readonly progress: Map<string, PullProgress>;
  /** What the work answered, or threw. */
  result?: unknown;
  error?: unknown;
}

export interface JobWork {
  kind: Job['kind'];
  target: string;
  run: (report: (progress: PullProgress) => void, signal: AbortSignal) => Promise<unknown>;
}

const mostRunning = 20;
const mostKept = 1000;

export class Jobs {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #jobs = new Map<string, Job>();
  readonly #running = new Map<Job, { cancel: AbortController; done: Promise<void> }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
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
    const report = (progress: PullProgress) => void job.progress.set(progress.layer ?? '', progress);
    this.#forgetOldest();
    this.#jobs.set(job.id, job);
    this.#running.set(job, { cancel, done: this.#follow(job, run(report, cancel.signal), cancel.signal) });
    return job;
  }

  /** The newest first. */
  list(caller: Principal, page: PageQuery): Page<Job> {
    return pageOf([...this.#jobs.values()].filter(seenBy(caller)).reverse(), page);
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

  /** Resolves when it has ended; one that had ended stays as it is. */
  async cancel(caller: Principal, id: string): Promise<Job> {
    const job = this.find(caller, id);
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

  async #follow(job: Job, work: Promise<unknown>, signal: AbortSignal): Promise<void> {
    try {
      job.result = await work;
      job.state = 'succeeded';
    } catch (error) {
      job.error = error;
      job.state = signal.aborted ? 'cancelled' : 'failed';
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

const seenBy = (caller: Principal) => (job: Job) => seesAccount(caller, job.account);
