/** One container that something is done for: started again, checked, removed when it has ended. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../core/errors.ts';
import type { ContainerChanges, Health, HostContainerDetails } from '../../../core/ports/host-containers.ts';
import type { HostContainers } from '../../../core/ports/host-containers.ts';
import type { CareRecord, CareRecords } from './care-records.ts';
import { HealthWatch } from './health-watch.ts';
import type { Probe } from './probe.ts';
import { nextDelay, restartDelay } from './restart-rule.ts';

export interface CareParts {
  records: CareRecords;
  /** What is done by them is told as an event. */
  containers: HostContainers;
  probe: Probe;
  tellHealth(id: string, status: Health['status']): void;
  /** It ended so, and is about to be removed. */
  ends(id: string, exitCode: number): void;
  /** It is no more. */
  gone(id: string): void;
  log: { warn(details: object, message: string): void };
}

export class KeptContainer {
  readonly id: string;
  readonly record: CareRecord;
  /** Why it could not be started again. */
  error = '';
  readonly #parts: CareParts;
  readonly #health: HealthWatch | undefined;
  /** What is done to it by itself, one thing after the other. */
  #acting: Promise<void> = Promise.resolve();
  /** How many callers do something to it just now. */
  #held = 0;
  #waiting: AbortController | undefined;
  /** Start of the run whose end was dealt with. */
  #settled: number | undefined;
  /** What failed is tried again then. */
  #retry: NodeJS.Timeout | undefined;
  #retryMs = 0;
  #closed = false;
  #isGone = false;

  constructor(id: string, record: CareRecord, parts: CareParts) {
    this.id = id;
    this.record = record;
    this.#parts = parts;
    const { healthCheck: check, health } = record;
    if (!check) return;
    const changed = (now: Health, startedAt: number) => this.#healthChanged(now, startedAt);
    this.#health = new HealthWatch({ containerId: id, check, probe: parts.probe, changed });
    if (health) this.#health.remember({ ...health, checks: [] }, health.startedAt);
  }

  /** Its last run is over, and the next has yet to begin. */
  get isRestarting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Of this run, or of the last one. */
  get health(): Health | undefined {
    return this.#health?.health;
  }

  /** Does what somebody asks for, with nothing done by itself in between, and sees afterwards how it is. */
  async held<T>(work: (wasRestarting: boolean) => Promise<T>): Promise<T> {
    const wasRestarting = this.isRestarting;
    this.#held++;
    this.#stopWaiting();
    try {
      await this.#acting;
      return await work(wasRestarting);
    } finally {
      if (--this.#held === 0) void this.look();
    }
  }

  /** Sees how it is, and does what follows. `anew`: the server has just begun, so what ended before is dealt with. */
  look(anew = false): Promise<void> {
    return this.#act(() => this.#settle(anew));
  }

  /** It ended before anything was to be done for it, which stays so. */
  endedBefore(startedAt: number): void {
    this.#settled = startedAt;
  }

  /** Somebody started it: all begins from the beginning. */
  async started(): Promise<void> {
    Object.assign(this.record, { started: true, stoppedByHand: false, restarts: 0, delayMs: 0 });
    this.error = '';
    await this.save();
    await this.#limit();
  }

  async stopsByHand(): Promise<void> {
    this.record.stoppedByHand = true;
    delete this.record.due;
    await this.save();
  }

  /** Of one that runs at once, of another at its next start. */
  async change({ limits, restartPolicy }: ContainerChanges): Promise<void> {
    const { containers } = this.#parts;
    if (limits) {
      if (isActive(await containers.inspect(this.id))) await containers.update(this.id, { limits });
      this.record.limits = { ...this.record.limits, ...limits };
    }
    if (restartPolicy) this.record.restartPolicy = restartPolicy;
    await this.save();
  }

  async save(): Promise<void> {
    if (!this.#isGone) await this.#parts.records.write(this.id, this.record);
  }

  /** It goes on running, or stays as it is. */
  async close(): Promise<void> {
    this.#release();
    await Promise.all([this.#acting, this.#health?.close()]);
  }

  #act(work: () => Promise<void>): Promise<void> {
    this.#acting = this.#acting.then(work).catch(({ message }: Error) => {
      if (this.#closed) return;
      this.#parts.log.warn({ container: this.id, reason: message }, 'A container could not be looked after');
      this.#lookLater();
    });
    return this.#acting;
  }

  async #settle(anew: boolean): Promise<void> {
    if (this.#closed || this.#held > 0 || this.#waiting) return;
    const details = await this.#inspected();
    if (this.#closed || this.#held > 0) return;
    if (!details) return this.#forget();
    const { state, startedAt } = details;
    if (startedAt === undefined) return;
    if (isActive(details)) {
      if (anew && !this.record.started) await this.started();
      if (state === 'running') this.#health?.runs(startedAt);
      else this.#health?.rests();
      return;
    }
    this.#health?.rests();
    if (this.#settled === startedAt && this.record.due !== startedAt && !anew) return;
    await this.#ended(details, startedAt, anew);
    this.#settled = startedAt;
    this.#retryMs = 0;
  }

  async #ended(details: HostContainerDetails, startedAt: number, anew: boolean): Promise<void> {
    const { exitCode, finishedAt = Date.now() } = details;
    const { restartPolicy, stoppedByHand, autoRemove } = this.record;
    // As with a start of Docker: what is always to run does so again, though somebody stopped it.
    const stays = stoppedByHand && !(anew && restartPolicy.name === 'always');
    const end = { ...(exitCode !== undefined && { exitCode }), ranMs: finishedAt - startedAt };
    const isDue = this.record.due === startedAt;
    const restarts = this.record.restarts - (isDue ? 1 : 0);
    const wait = restartDelay(restartPolicy, { ...this.record, restarts, stoppedByHand: stays }, end);
    if (wait !== undefined) return isDue ? this.#wait() : this.#startIn(wait, startedAt);
    delete this.record.due;
    if (!autoRemove) return;
    // Before it goes: whoever waits for its end asks for it then.
    if (exitCode !== undefined) this.#parts.ends(this.id, exitCode);
    await this.#parts.containers.remove(this.id, { anonymousVolumes: true }).catch(unlessGone);
    await this.#forget();
  }

  /** `due`: start of the run that is over. */
  async #startIn(delayMs: number, due: number): Promise<void> {
    const next = { restarts: this.record.restarts + 1, delayMs, due, stoppedByHand: false };
    await this.#parts.records.write(this.id, { ...this.record, ...next });
    // Together with the state, so that nobody takes the last end but one for the last.
    Object.assign(this.record, next);
    this.#wait();
  }

  /** As long as was decided, for the start that is counted already. */
  #wait(): void {
    if (this.#closed || this.#held > 0) return;
    const waiting = new AbortController();
    this.#waiting = waiting;
    delay(this.record.delayMs, undefined, { signal: waiting.signal, ref: false }).then(
      () => this.#act(() => this.#startAgain(waiting.signal)),
      () => undefined,
    );
  }

  async #startAgain(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      await this.#parts.containers.start(this.id);
      this.error = '';
      await this.#limit();
      this.#stopWaiting();
      void this.look();
    } catch (error) {
      this.#stopWaiting();
      this.error = (error as Error).message;
      await this.#failed();
    }
  }

  /** It could not be started, which is tried again as after an end at once. */
  async #failed(): Promise<void> {
    const { restartPolicy, delayMs, due } = this.record;
    if (due === undefined || restartDelay(restartPolicy, this.record, { ranMs: 0 }) === undefined) return;
    if (await this.#inspected()) await this.#startIn(nextDelay(delayMs), due);
    else await this.#forget();
  }

  async #limit(): Promise<void> {
    const { limits } = this.record;
    if (!limits) return;
    try {
      await this.#parts.containers.update(this.id, { limits });
    } catch (error) {
      // It may have ended already.
      const details = await this.#inspected();
      if (details && isActive(details)) throw error;
    }
  }

  #healthChanged(health: Health, startedAt: number): void {
    const { status, failingStreak } = health;
    this.record.health = { status, failingStreak, startedAt };
    void this.#act(() => this.save());
    this.#parts.tellHealth(this.id, status);
  }

  #inspected(): Promise<HostContainerDetails | undefined> {
    return this.#parts.containers.inspect(this.id).catch(unlessGone);
  }

  async #forget(): Promise<void> {
    this.#release();
    this.#isGone = true;
    await this.#parts.records.remove(this.id);
    this.#parts.gone(this.id);
  }

  #release(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#stopWaiting();
    this.#health?.rests();
  }

  #lookLater(): void {
    clearTimeout(this.#retry);
    this.#retryMs = nextDelay(this.#retryMs);
    this.#retry = setTimeout(() => void this.look(), this.#retryMs).unref();
  }

  #stopWaiting(): void {
    this.#waiting?.abort();
    this.#waiting = undefined;
  }
}

export const isActive = ({ state }: Pick<HostContainerDetails, 'state'>): boolean =>
  state === 'running' || state === 'paused';

function unlessGone(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'ResourceNotFound') return undefined;
  throw error;
}
