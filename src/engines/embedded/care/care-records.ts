/**
 * What is to be done for a container while it lives, and how far it is done: one file per container that anything is
 * to be done for, so that a server that comes back goes on where it was.
 */
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HealthCheck, Limits, RestartPolicy } from '../../../core/ports/host-container-spec.ts';
import type { Health, HostContainerDetails } from '../../../core/ports/host-containers.ts';
import { isChecked } from './health-rule.ts';
import type { RestartHistory } from './restart-rule.ts';

export interface CareRecord extends RestartHistory {
  restartPolicy: RestartPolicy;
  autoRemove: boolean;
  healthCheck?: HealthCheck;
  /** Changed since it was made. Podman forgets them at the end of each run. */
  limits?: Limits;
  /** Somebody has started it. */
  started: boolean;
  /** Start of the run after whose end it is to be started again, which is counted and has yet to happen. */
  due?: number;
  /** As it last changed, in the run that began then. */
  health?: Pick<Health, 'status' | 'failingStreak'> & { startedAt: number };
}

const fileForm = /^([0-9a-f]{64})\.json$/;
const halfWritten = '.new';

export const recordOf = ({ spec }: HostContainerDetails): CareRecord => ({
  restartPolicy: spec.restartPolicy ?? { name: 'no' },
  autoRemove: spec.autoRemove ?? false,
  ...(isChecked(spec.healthCheck) && { healthCheck: spec.healthCheck }),
  restarts: 0,
  delayMs: 0,
  stoppedByHand: false,
  started: false,
});

export const needsCare = ({ restartPolicy, autoRemove, healthCheck }: CareRecord): boolean =>
  restartPolicy.name !== 'no' || autoRemove || healthCheck !== undefined;

export class CareRecords {
  readonly #directory: string;
  /** The last work that is under way, by container. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** By the container's id. */
  async read(): Promise<Map<string, CareRecord>> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const records = new Map<string, CareRecord>();
    for (const name of await readdir(this.#directory)) {
      // Of a process that ended while it wrote.
      if (name.endsWith(halfWritten)) await rm(join(this.#directory, name));
      const id = fileForm.exec(name)?.[1];
      if (id === undefined) continue;
      records.set(id, JSON.parse(await readFile(join(this.#directory, name), 'utf8')) as CareRecord);
    }
    return records;
  }

  async write(id: string, record: CareRecord): Promise<void> {
    const path = this.#pathOf(id);
    const text = JSON.stringify(record);
    await this.#inTurn(id, async () => {
      // Whole or not at all, also when the power goes.
      await writeFile(`${path}${halfWritten}`, text, { flush: true, mode: 0o600 });
      await rename(`${path}${halfWritten}`, path);
    });
  }

  async remove(id: string): Promise<void> {
    await this.#inTurn(id, () => rm(this.#pathOf(id), { force: true }));
  }

  /** A request and what is done by itself may both want to write, and would do so into one file. */
  async #inTurn(id: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(work);
    this.#turns.set(id, turn);
    try {
      await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  #pathOf(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}
