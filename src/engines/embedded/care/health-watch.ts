/** The health of one container: checked at its intervals while it runs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { HealthCheck } from '../../../core/ports/host-container-spec.ts';
import type { Health } from '../../../core/ports/host-containers.ts';
import { begunHealth, healthAfter, pauseMsOf, programOf, timeoutMsOf, type Check } from './health-rule.ts';
import type { Probe } from './probe.ts';

export interface HealthWatchParts {
  containerId: string;
  check: HealthCheck;
  probe: Probe;
  /** Another status than before. `startedAt`: of the run. */
  changed(health: Health, startedAt: number): void;
}

export class HealthWatch {
  /** Of this run, or the last one. */
  health: Health | undefined;
  readonly #parts: HealthWatchParts;
  #startedAt = 0;
  #stop: AbortController | undefined;
  #watching: Promise<void> = Promise.resolve();

  constructor(parts: HealthWatchParts) {
    this.#parts = parts;
  }

  /** What an earlier process knew of a run that may still go on: then it is asked at once how it is. */
  remember(health: Health, startedAt: number): void {
    this.health = health;
    this.#startedAt = startedAt;
  }

  /** It runs, since then: epoch ms. Told again, nothing changes. */
  runs(startedAt: number): void {
    const goesOn = this.#startedAt === startedAt && this.health !== undefined;
    if (goesOn && this.#stop) return;
    this.#stop?.abort();
    if (!goesOn) this.health = begunHealth();
    this.#startedAt = startedAt;
    const stop = new AbortController();
    this.#stop = stop;
    this.#watching = this.#watch(startedAt, goesOn, stop.signal);
  }

  /** It ended, or is paused. */
  rests(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  async close(): Promise<void> {
    this.rests();
    await this.#watching;
  }

  async #watch(startedAt: number, atOnce: boolean, signal: AbortSignal): Promise<void> {
    const { check } = this.#parts;
    for (let now = atOnce; ; now = false) {
      const pause = now ? 0 : pauseMsOf(check, this.health!, startedAt, Date.now());
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      const result = await this.#ask(signal);
      if (signal.aborted) return;
      this.#take(result, startedAt);
    }
  }

  async #ask(signal: AbortSignal): Promise<Check> {
    const { containerId, check, probe } = this.#parts;
    const startedAt = Date.now();
    try {
      return await probe(containerId, { argv: programOf(check), timeoutMs: timeoutMsOf(check) }, signal);
    } catch (error) {
      return { startedAt, finishedAt: Date.now(), exitCode: -1, output: (error as Error).message };
    }
  }

  #take(result: Check, startedAt: number): void {
    const before = this.health!;
    this.health = healthAfter(this.#parts.check, before, startedAt, result);
    if (this.health.status !== before.status) this.#parts.changed(this.health, startedAt);
  }
}
