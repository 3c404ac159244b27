/**
 * Writes down every 15 seconds what each running container and the machine use. The containers' turns are spread over
 * those seconds, each always at the same place, so that nothing is asked for in a burst. No container waits for
 * another's round: what takes too long leaves a gap.
 */
import { createHash } from 'node:crypto';
import { containerPoint, machinePoint } from '../core/containers/measurements.ts';
import { AppError } from '../core/errors.ts';
import { pause } from '../core/pause.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { ContainerUsage, HostContainer, HostContainers } from '../core/ports/host-containers.ts';
import type { MachineMeter, MachineUsage } from '../core/ports/machine-usage.ts';
import { machineSeries, tiers, type UsageHistories } from '../core/ports/usage-history.ts';

export interface UsageSamplerOptions {
  /** Absent where the engine has no containers of its own. */
  containers: Pick<HostContainers, 'list' | 'stats'> | undefined;
  meter: MachineMeter;
  history: UsageHistories;
  clock: Clock;
  /** Told once of each kind of failure, until it went well again; of a lack of room once. */
  warn: (error: unknown, message: string) => void;
}

const everyMs = tiers[0]!.stepMs;
/** The rest of a round is for those that were late, so that each falls into the step it is for. */
const spreadMs = everyMs * 0.8;
const atATime = 4;

type Kind = 'engine' | 'history' | 'removal' | 'room';
const messages: Record<Kind, string> = {
  engine: 'the engine does not tell what containers use; it is not recorded until it does',
  history: 'what containers and the machine use cannot be recorded; it is tried again',
  removal: 'histories of containers that are gone cannot be removed; it is tried again',
  room: 'there are more containers than histories are kept of; those that came last have none',
};

export class UsageSampler {
  readonly #options: UsageSamplerOptions;
  readonly #closed = new AbortController();
  #rounds: Promise<void> = Promise.resolve();
  #machine: MachineUsage | undefined;
  /** What those that run used the last time, by id. */
  #before = new Map<string, ContainerUsage>();
  readonly #failing = new Set<Kind>();

  constructor(options: UsageSamplerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#rounds = this.#goOn();
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#rounds;
  }

  async #goOn(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closed;
    while (true) {
      await pause(clock, everyMs - (clock.now() % everyMs), signal);
      if (signal.aborted) return;
      await this.#round(clock.now());
    }
  }

  async #round(begun: number): Promise<void> {
    const { containers, meter, history } = this.#options;
    const now = meter.read();
    // One that did not measure since is a gap.
    if (now.at !== this.#machine?.at) {
      const point = { ...machinePoint(this.#machine, now), at: begun };
      await this.#trying('history', () => history.machine.add(machineSeries, point));
      this.#machine = now;
    }
    if (containers) await this.#sampleContainers(containers, begun);
  }

  async #sampleContainers(containers: Pick<HostContainers, 'list'>, begun: number): Promise<void> {
    const found = await this.#trying('engine', () => containers.list());
    if (found === undefined) return;
    await this.#forgetOthers(found.items);
    const turns = found.items
      .filter(({ state }) => state === 'running' || state === 'paused')
      .map((container) => ({ container, at: begun + placeOf(container.id) }))
      .sort((a, b) => a.at - b.at)
      .values();
    await Promise.all(Array.from({ length: atATime }, () => this.#take(turns)));
  }

  /** With a container its history goes: nobody can ask for it any more. */
  async #forgetOthers(found: readonly HostContainer[]): Promise<void> {
    const running = new Set(
      found.filter(({ state }) => state === 'running' || state === 'paused').map(({ id }) => id),
    );
    this.#before = new Map([...this.#before].filter(([id]) => running.has(id)));
    const ids = new Set(found.map(({ id }) => id));
    await this.#trying('removal', () => this.#options.history.containers.keepOnly(ids));
  }

  /** Several take from the same turns, each the next one. */
  async #take(turns: Iterable<{ container: HostContainer; at: number }>): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closed;
    for (const { container, at } of turns) {
      if (at > clock.now()) await pause(clock, at - clock.now(), signal);
      if (signal.aborted) return;
      await this.#sample(container);
    }
  }

  async #sample(container: HostContainer): Promise<void> {
    const { containers, history } = this.#options;
    const usage = await this.#trying('engine', () => containers!.stats(container).catch(goneMeanwhile));
    if (!usage?.running) return;
    const point = containerPoint(this.#before.get(container.id), usage);
    this.#before.set(container.id, usage);
    const isKept = await this.#trying('history', () => history.containers.add(container.id, point));
    if (isKept === false) this.#fail('room');
  }

  /** Undefined where it failed, which has then been told. */
  async #trying<T>(kind: Kind, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.#failing.delete(kind);
      return result;
    } catch (error) {
      this.#fail(kind, error);
      return undefined;
    }
  }

  #fail(kind: Kind, error?: unknown): void {
    if (this.#failing.has(kind)) return;
    this.#failing.add(kind);
    this.#options.warn(error, messages[kind]);
  }
}

/** Milliseconds into a round, the same for a container each time. */
const placeOf = (id: string): number =>
  (createHash('sha256').update(id).digest().readUInt32LE(0) / 2 ** 32) * spreadMs;

/** It ended or was removed since it was listed. */
function goneMeanwhile(error: unknown): undefined {
  if (error instanceof AppError && ['ResourceNotFound', 'Conflict'].includes(error.code)) return undefined;
  throw error;
}
