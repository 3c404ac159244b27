/** The container host of an engine under test: what a case makes is gone after it. */
import { afterEach, expect } from 'vitest';
import type { ContainerHost } from '../../core/ports/container-host.ts';
import type { HostContainerSpec } from '../../core/ports/host-container-spec.ts';
import type { HostLogLine, HostLogQuery } from '../../core/ports/host-containers.ts';
import type { Trial } from './trial.ts';

let serial = 0;

export class HostTrial {
  readonly trial: Trial;
  readonly #made: (() => Promise<unknown>)[] = [];

  constructor(trial: Trial) {
    this.trial = trial;
    afterEach(() => this.#clear());
  }

  get host(): ContainerHost {
    return this.trial.engine.host!;
  }

  get containers(): ContainerHost['containers'] {
    return this.host.containers;
  }

  name(what = 'c'): string {
    return `host-${what}-${process.pid}-${++serial}`;
  }

  /** Makes a container of the test's image, and answers its name. */
  async create(changes: Partial<HostContainerSpec> = {}): Promise<string> {
    const spec = { name: this.name(), image: this.trial.container().image, ...changes };
    const { id } = await this.containers.create(spec);
    this.#made.push(() => this.containers.remove(id, { force: true, anonymousVolumes: true }));
    return spec.name;
  }

  async run(script: string, changes: Partial<HostContainerSpec> = {}): Promise<string> {
    const name = await this.create({ command: ['sh', '-c', script], stopTimeoutSeconds: 1, ...changes });
    await this.containers.start(name);
    return name;
  }

  afterwards(work: () => Promise<unknown>): void {
    this.#made.unshift(work);
  }

  async lines(container: string, query?: HostLogQuery): Promise<HostLogLine[]> {
    const all: HostLogLine[] = [];
    for await (const lines of this.containers.logs(container, query)) all.push(...lines);
    return all;
  }

  async output(container: string, query?: HostLogQuery): Promise<string[]> {
    return (await this.lines(container, query)).map(({ message }) => message);
  }

  async prints(container: string, ...expected: string[]): Promise<void> {
    await expect.poll(() => this.output(container), { timeout: 10_000 }).toEqual(expected);
  }

  async ends(container: string): Promise<void> {
    const state = async () => (await this.containers.inspect(container)).state;
    await expect.poll(state, { timeout: 20_000 }).toBe('exited');
  }

  /** Containers first, then what they used. */
  async #clear(): Promise<void> {
    for (const undo of this.#made.splice(0).reverse()) await undo().catch(() => undefined);
  }
}
