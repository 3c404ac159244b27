import type { ContainerUsage } from '../../../core/ports/host-containers.ts';
import type { DockerClient } from '../client/docker-client.ts';
import {
  blocksOf,
  cpuPercent,
  idleUsage,
  memoryOf,
  sampleOf,
  trafficOf,
  type Machine,
  type Sample,
} from './usage.ts';

/** A share over a longer time says little of now. */
const oldestMs = 5 * 60_000;
/** Over a shorter one, chance decides: callers that ask at the same time share the sample before them. */
const shortestMs = 500;
const mostKept = 5000;

/** Asks for counters once and makes shares of them with those of the time before, so that no answer waits a second. */
export class UsageMeter {
  readonly #client: DockerClient;
  readonly #machine: Machine;
  /** By container; the longest unasked first. */
  readonly #before = new Map<string, Sample>();

  constructor(client: DockerClient, machine: Machine) {
    this.#client = client;
    this.#machine = machine;
  }

  idle(): ContainerUsage {
    return idleUsage(this.#machine);
  }

  /** `id`: of a container that runs, or did a moment ago. */
  async read(id: string): Promise<ContainerUsage> {
    const { quirks } = this.#client;
    const message = await this.#client.stats(id);
    const now = sampleOf(message, this.#machine, quirks);
    if (!now) return this.idle();
    const percent = this.#share(id, now);
    return {
      at: Math.floor(now.atNanos / 1e6),
      running: true,
      cpuNanos: now.cpuNanos,
      ...(percent !== undefined && { cpuPercent: percent }),
      cpus: now.cpus,
      ...memoryOf(message, this.#machine, quirks),
      pids: message.pids_stats?.current ?? 0,
      ...trafficOf(message),
      ...blocksOf(message),
    };
  }

  #share(id: string, now: Sample): number | undefined {
    const before = this.#before.get(id);
    const passedMs = before ? (now.atNanos - before.atNanos) / 1e6 : Infinity;
    const percent = before && passedMs <= oldestMs ? cpuPercent(before, now) : undefined;
    if (passedMs >= shortestMs || percent === undefined) this.#keep(id, now);
    return percent;
  }

  #keep(id: string, sample: Sample): void {
    this.#before.delete(id);
    this.#before.set(id, sample);
    if (this.#before.size > mostKept) this.#before.delete(this.#before.keys().next().value!);
  }
}
