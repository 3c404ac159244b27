/**
 * Makes what runs equal what is wanted. Level-triggered: waking a task only means "look again"; the handler reads the
 * record and what was seen of the engine, asks the plan for the next step and carries it out. Long steps run beside
 * the queue, so that a stop is not kept waiting by a pull.
 */
import type { Core } from '../core/context.ts';
import { EngineError } from '../core/errors.ts';
import type { Engine, EngineEvent, EngineTask } from '../core/ports/engine.ts';
import type { CredentialSource } from '../core/ports/image-transfer.ts';
import type { LogStore } from '../core/ports/logs.ts';
import type { TaskRecord } from '../core/records.ts';
import { asFailedToStart, asStarted, changeTask, withExits } from '../core/task-transitions.ts';
import { Limiter } from '../core/limiter.ts';
import { observationOf, Observations, startedTask, type Observed } from './observations.ts';
import { bringUp, tearDown, type TaskWork } from './task-work.ts';
import { nextStep, type Activity, type Step } from './task-plan.ts';
import { Workqueue, type WorkqueueStatistics } from './workqueue.ts';

export interface TaskLoopOptions {
  core: Pick<Core, 'store' | 'clock'>;
  engine: Engine;
  logs: LogStore;
  /** What an account has stored for registries. */
  credentialsOf: (account: string) => CredentialSource;
  log: LoopLog;
  /** How many tasks are started, and how many removed, at a time. Pulls and stops, which mostly wait, are not held up. */
  concurrency: number;
}

/** Counts are since the loop was made. */
export interface TaskLoopStatistics extends WorkqueueStatistics {
  /** Starts and removals that run beside the queue. */
  underWay: number;
  /** How often each step was decided on. */
  steps: Readonly<Record<Step, number>>;
}

export interface LoopLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

const PAGE = 500;
/** How long a closing loop waits for steps under way. */
const PATIENCE_MS = 3000;
const RELIST_MS = 1000;

export class TaskLoop {
  private readonly options: TaskLoopOptions;
  private readonly queue: Workqueue;
  private readonly observations = new Observations();
  private readonly starts: Limiter;
  private readonly removals: Limiter;
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopped = new AbortController();
  private watching: Promise<void> = Promise.resolve();
  private engineProblem: string | undefined;
  private readonly steps: Record<Step, number> = {
    wait: 0,
    start: 0,
    adopt: 0,
    cancel: 0,
    'record-exits': 0,
    finish: 0,
    forget: 0,
  };

  constructor(options: TaskLoopOptions) {
    this.options = options;
    this.starts = new Limiter(options.concurrency);
    this.removals = new Limiter(options.concurrency);
    this.queue = new Workqueue({
      clock: options.core.clock,
      concurrency: 64,
      handle: (taskArn) => this.reconcile(taskArn),
      onError: (taskArn, error, retryInMs) =>
        options.log.warn({ taskArn, err: error, retryInMs }, 'a task step failed and will be tried again'),
    });
  }

  /** Adopts what runs, then follows the engine. Resolves once everything stored has been looked at. */
  async start(): Promise<void> {
    this.watch();
    await this.takeStock();
  }

  /** Starts, and takes stock as soon as the engine answers. */
  async resume(): Promise<void> {
    this.watch();
    await this.catchUp();
  }

  wake(taskArn: string): void {
    this.queue.wake(taskArn);
  }

  /** Why the engine cannot be reached, while it cannot. */
  get problem(): string | undefined {
    return this.engineProblem;
  }

  get depth(): number {
    return this.queue.depth + this.underWay.size;
  }

  statistics(): TaskLoopStatistics {
    return { ...this.queue.statistics(), underWay: this.underWay.size, steps: this.steps };
  }

  /**
   * Gives up pulls, and gives the other steps under way a moment to come to their end. What is left then (a container
   * that takes its stop timeout) is taken up again at the next start. Tasks go on running.
   */
  async close(): Promise<void> {
    this.stopped.abort();
    await this.queue.close();
    this.observations.cancelStarts();
    await this.settled([...this.underWay, this.watching]);
  }

  /** Resolves when no step of a closed loop touches the engine any more, however long that takes. */
  async ended(): Promise<void> {
    await Promise.allSettled([...this.underWay]);
  }

  private async settled(steps: Promise<void>[]): Promise<void> {
    await new Promise<void>((resolve) => {
      const patience = this.options.core.clock.after(PATIENCE_MS, resolve);
      void Promise.allSettled(steps).then(() => {
        patience.cancel();
        resolve();
      });
    });
  }

  /** Follows the engine, again where its events break off: a server that hears nothing would be of no use. */
  private watch(): void {
    this.watching = this.follow().then(
      () => this.watchAgain(new Error('the stream of events ended')),
      (error: unknown) => this.watchAgain(error),
    );
  }

  private watchAgain(error: unknown): void {
    if (this.stopped.signal.aborted) return;
    this.options.log.warn({ err: error }, 'the events of the engine broke off and will be followed again');
    this.options.core.clock.after(RELIST_MS, () => {
      if (this.stopped.signal.aborted) return;
      this.watch();
      void this.catchUp();
    });
  }

  private async follow(): Promise<void> {
    for await (const event of this.options.engine.watch(this.stopped.signal)) {
      await this.hear(event).catch((error: unknown) =>
        this.options.log.warn({ err: error }, 'an engine event could not be handled'),
      );
    }
  }

  private async hear(event: EngineEvent): Promise<void> {
    switch (event.type) {
      case 'exited':
        this.observations.noteExit(event);
        this.queue.wake(event.taskId);
        return;
      case 'resync':
        return this.catchUp();
      case 'health':
        this.engineProblem = event.available ? undefined : (event.reason ?? 'the engine does not answer');
        if (event.available) this.options.log.info({}, 'the engine answers');
        else this.options.log.warn({ reason: this.engineProblem }, 'the engine does not answer');
        return this.tellHealth();
    }
  }

  private async tellHealth(): Promise<void> {
    const { store, clock } = this.options.core;
    const reason = this.engineProblem;
    await store.transact((tx) =>
      tx.emit({
        at: clock.now(),
        resource: 'engine',
        subject: 'engine',
        action: reason === undefined ? 'UP' : 'DOWN',
        detail: reason === undefined ? {} : { reason },
      }),
    );
  }

  /** Takes stock, again and again until the engine answers. */
  private async catchUp(): Promise<void> {
    try {
      await this.takeStock();
    } catch (error) {
      if (this.stopped.signal.aborted) return;
      this.options.log.warn({ err: error }, 'the engine could not be listed and will be asked again');
      this.options.core.clock.after(RELIST_MS, () => void this.catchUp());
    }
  }

  /**
   * Compares all that is stored as live with all that the engine has. Only at start and after a lost connection. The
   * records are read first: what was RUNNING before the listing and is not in it has really gone.
   */
  private async takeStock(): Promise<void> {
    const records: TaskRecord[] = [];
    for await (const record of this.liveTasks()) records.push(record);
    const listed = new Map<string, EngineTask>();
    for (const task of await this.options.engine.list()) listed.set(task.id, task);
    for (const record of records) {
      const observed = this.observations.of(record.id);
      if (observed.activity) observed.missedEvents = true;
      else this.compare(record, listed.get(record.id));
      this.queue.wake(record.id);
    }
    const known = new Set(records.map((record) => record.id));
    for (const task of listed.values()) {
      if (known.has(task.id) || this.observations.of(task.id).activity) continue;
      this.observations.noteListed(task);
      this.queue.wake(task.id);
    }
  }

  private compare(record: TaskRecord, task: EngineTask | undefined): void {
    if (task) this.observations.noteListed(task);
    if (record.lastStatus === 'RUNNING') this.observations.noteMissing(record, task);
  }

  private async *liveTasks(): AsyncIterable<TaskRecord> {
    let after: string | undefined;
    for (;;) {
      const page = await this.options.core.store.read.tasks.find({
        where: { phase: 'live' },
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)!.id;
    }
  }

  private async reconcile(taskArn: string): Promise<void> {
    const record = await this.options.core.store.read.tasks.get(taskArn);
    const observed = this.observations.of(taskArn);
    if (!record) return this.forget(taskArn);
    if (observed.missedEvents && !observed.activity) {
      this.compare(record, await this.options.engine.inspect(taskArn));
      delete observed.missedEvents;
    }
    const step = nextStep(record, observationOf(record, observed));
    this.steps[step]++;
    switch (step) {
      case 'wait':
        return;
      case 'start':
        return this.begin(observed, taskArn, 'starting', () => this.bringUp(record, observed));
      case 'cancel':
        observed.controller?.abort();
        return;
      case 'adopt':
        return this.adopt(record, observed);
      case 'record-exits':
        return this.recordExits(record, observed);
      case 'finish':
        return this.begin(observed, taskArn, 'finishing', () => tearDown(this.work(record, observed)));
      case 'forget':
        return this.forget(taskArn);
    }
  }

  /** Runs a long step beside the queue; the task is looked at again when it is over, later when it failed. */
  private begin(observed: Observed, taskArn: string, activity: Activity, work: () => Promise<void>): void {
    observed.activity = activity;
    observed.controller = new AbortController();
    const running = work()
      .then(
        () => undefined,
        (error: unknown) => error ?? new Error('unknown error'),
      )
      .then((failure: unknown) => {
        delete observed.activity;
        delete observed.controller;
        this.underWay.delete(running);
        delete observed.listed;
        if (failure === undefined) this.queue.wake(taskArn);
        else this.lookLater(taskArn, failure);
      });
    this.underWay.add(running);
  }

  private lookLater(taskArn: string, error: unknown): void {
    if (this.stopped.signal.aborted) return;
    this.options.log.warn({ taskArn, err: error }, 'a task step failed and will be tried again');
    this.options.core.clock.after(error instanceof EngineError ? 1000 : 5000, () => this.queue.wake(taskArn));
  }

  private async bringUp(record: TaskRecord, observed: Observed): Promise<void> {
    const failure = await bringUp(this.work(record, observed));
    if (!failure) return;
    if (failure.code === 'EngineUnavailable') throw failure;
    const reason = `${failure.code}: ${failure.message}`;
    const now = this.options.core.clock.now();
    await changeTask(this.options.core, record.id, (current) =>
      asFailedToStart(current, reason, failure.container, now),
    );
  }

  private async adopt(record: TaskRecord, observed: Observed): Promise<void> {
    const started = startedTask(record, observed)!;
    const now = this.options.core.clock.now();
    await changeTask(this.options.core, record.id, (current) =>
      asStarted(current, started, observed.containers, now),
    );
    delete observed.started;
    this.queue.wake(record.id);
  }

  private async recordExits(record: TaskRecord, observed: Observed): Promise<void> {
    const now = this.options.core.clock.now();
    await changeTask(this.options.core, record.id, (current) => withExits(current, observed.containers, now));
    this.queue.wake(record.id);
  }

  /** What a listing showed of a task that has ended or was never known is removed. */
  private async forget(taskArn: string): Promise<void> {
    if (this.observations.of(taskArn).listed) await this.options.engine.removeTask(taskArn);
    this.observations.forget(taskArn);
  }

  private work(record: TaskRecord, observed: Observed): TaskWork {
    const { core, engine, logs, credentialsOf, log } = this.options;
    const { starts, removals } = this;
    return { core, engine, logs, credentialsOf, log, starts, removals, record, observed };
  }
}
