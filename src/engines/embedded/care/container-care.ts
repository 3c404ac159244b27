/**
 * What Docker does for containers while they live, and Podman by the clean-up process of each exit or by systemd, of
 * which there is neither here: starts them again, checks their health, removes them when they have ended.
 */
import type { HostContainer, HostContainerDetails } from '../../../core/ports/host-containers.ts';
import { needsCare, recordOf, type CareRecord } from './care-records.ts';
import { isActive, KeptContainer, type CareParts } from './kept-container.ts';

/** Looked at together when all are. */
const atOnce = 8;
/** Ends of removed containers, for those who wait for them. */
const mostEnds = 256;

export class ContainerCare {
  readonly #parts: CareParts;
  readonly #kept = new Map<string, KeptContainer>();
  readonly #ends = new Map<string, number>();
  #opening: Promise<void> = Promise.resolve();

  constructor(parts: Omit<CareParts, 'ends' | 'gone'>) {
    this.#parts = {
      ...parts,
      ends: (id, exitCode) => this.#ended(id, exitCode),
      gone: (id) => void this.#kept.delete(id),
    };
  }

  /** Takes up what an earlier process kept. */
  async open(): Promise<void> {
    for (const [id, record] of await this.#parts.records.read()) this.#keep(id, record);
    this.#opening = this.#lookAtEach(true);
  }

  async close(): Promise<void> {
    await Promise.all([this.#opening, ...[...this.#kept.values()].map((kept) => kept.close())]);
  }

  of(id: string): KeptContainer | undefined {
    return this.#kept.get(id);
  }

  /** Of a container that was just made. Nothing where it needs none. */
  async begin(details: HostContainerDetails): Promise<void> {
    const record = recordOf(details);
    if (needsCare(record)) await this.#keep(details.id, record).save();
  }

  /** Of one that is there, whether it needs any or not. */
  adopted(details: HostContainerDetails): KeptContainer {
    const { id, startedAt } = details;
    const known = this.#kept.get(id);
    if (known) return known;
    const kept = this.#keep(id, { ...recordOf(details), started: startedAt !== undefined });
    if (!isActive(details) && startedAt !== undefined) kept.endedBefore(startedAt);
    return kept;
  }

  /** It ended, or may have. */
  look(id: string): void {
    void this.#kept.get(id)?.look();
  }

  lookAtAll(): void {
    void this.#lookAtEach(false);
  }

  /** Exit code of one that was removed when it ended, not long ago. */
  endOf(id: string): number | undefined {
    return this.#ends.get(id);
  }

  isRestarting(id: string): boolean {
    return this.#kept.get(id)?.isRestarting ?? false;
  }

  /** What the engine does not know of it. */
  inSummary(container: HostContainer): HostContainer {
    const kept = this.#kept.get(container.id);
    if (!kept) return container;
    return {
      ...container,
      ...(kept.isRestarting && { state: 'restarting' }),
      ...(isActive(container) && kept.health && { health: kept.health.status }),
    };
  }

  /** Puts it into `details` itself, by which others know what the engine said. */
  fillIn(details: HostContainerDetails): HostContainerDetails {
    const kept = this.#kept.get(details.id);
    if (!kept) return details;
    const { restartPolicy, restarts, limits } = kept.record;
    const { health, error } = kept;
    const { spec } = details;
    const entries = Object.entries({ ...spec.limits, ...limits }).filter(([, value]) => value !== 0);
    return Object.assign(details, {
      ...(kept.isRestarting && { state: 'restarting' }),
      ...(error !== '' && { error }),
      ...(health && { health: health.status, healthLog: health }),
      restartCount: restarts,
      spec: { ...spec, restartPolicy, limits: Object.fromEntries(entries) },
    });
  }

  async #lookAtEach(anew: boolean): Promise<void> {
    const all = this.#kept.values();
    const work = async () => {
      for (const kept of all) await kept.look(anew);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }

  #keep(id: string, record: CareRecord): KeptContainer {
    const kept = new KeptContainer(id, record, this.#parts);
    this.#kept.set(id, kept);
    return kept;
  }

  #ended(id: string, exitCode: number): void {
    this.#ends.set(id, exitCode);
    if (this.#ends.size > mostEnds) this.#ends.delete(this.#ends.keys().next().value!);
  }
}
