/** The control groups of sandboxes, as this machine has them: v1 controllers apart, or one v2 tree. */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CgroupLayout } from '../linux/cgroup-layout.ts';
import { CPU_SHARES } from './bundle.ts';
import { removeCgroup } from '../linux/cgroup-tree.ts';

/** Files of one group that tell the same in both versions. */
const FILES = {
  memory: { v1: ['memory', 'memory.limit_in_bytes'], v2: ['unified', 'memory.max'] },
  pids: { v1: ['pids', 'pids.max'], v2: ['unified', 'pids.max'] },
  cpu: { v1: ['cpu', 'cpu.cfs_quota_us'], v2: ['unified', 'cpu.max'] },
  weight: { v1: ['cpu', 'cpu.shares'], v2: ['unified', 'cpu.weight'] },
  used: { v1: ['memory', 'memory.usage_in_bytes'], v2: ['unified', 'memory.current'] },
  processes: { v1: ['pids', 'cgroup.procs'], v2: ['unified', 'cgroup.procs'] },
  freezer: { v1: ['freezer', 'freezer.state'], v2: ['unified', 'cgroup.freeze'] },
} as const;

export class SandboxCgroups {
  readonly #layout: CgroupLayout;
  /** Absolute within the hierarchy; those of the sandboxes lie below. */
  readonly parent: string;

  constructor(layout: CgroupLayout, parent: string) {
    this.#layout = layout;
    this.parent = parent;
  }

  /** Controllers that limits need and this machine has not mounted. */
  missing(): string[] {
    if (this.#isV2) return [];
    return ['memory', 'pids', 'cpu', 'devices'].filter((controller) => !this.#layout.mounts.has(controller));
  }

  path(id: string): string {
    return `${this.parent}/${id}`;
  }

  async read(id: string, what: keyof typeof FILES): Promise<string> {
    return (await readFile(this.#file(id, what), 'utf8')).trim();
  }

  /**
   * Stops every process of the sandbox where it is, or lets it go on. Does nothing where there is no freezer. Never
   * throws: timers call it, and a sandbox that cannot be stopped costs time only. One that cannot go on is killed at
   * its deadline.
   */
  freeze(id: string, frozen: boolean): void {
    if (!this.#isV2 && !this.#layout.mounts.has('freezer')) return;
    try {
      this.#write(id, 'freezer', this.#isV2 ? (frozen ? '1' : '0') : frozen ? 'FROZEN' : 'THAWED');
    } catch {
      // As above.
    }
  }

  /** Gives a sandbox the weight that all claimed ones have: 1024 of v1 is 100 of v2. */
  claimed(id: string): void {
    this.#write(id, 'weight', this.#isV2 ? '100' : String(CPU_SHARES.claimed));
  }

  get #isV2(): boolean {
    return this.#layout.version === 'v2';
  }

  #write(id: string, what: keyof typeof FILES, value: string): void {
    try {
      writeFileSync(this.#file(id, what), value);
    } catch (error) {
      // The sandbox has just ended.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENODEV') throw error;
    }
  }

  /** Bounds for all sandboxes together, so that they cannot take what the server and the machine need. */
  limitAll({ memoryBytes, pids }: { memoryBytes: number; pids: number }): void {
    this.#write('', 'memory', String(memoryBytes));
    this.#write('', 'pids', String(pids));
  }

  async removeOne(id: string): Promise<void> {
    await removeCgroup(this.#layout.mounts.values(), this.path(id));
  }

  async remove(): Promise<void> {
    await removeCgroup(this.#layout.mounts.values(), this.parent);
  }

  #file(id: string, what: keyof typeof FILES): string {
    const [controller, file] = FILES[what][this.#isV2 ? 'v2' : 'v1'];
    const mount = this.#layout.mounts.get(controller);
    if (mount === undefined) throw new Error(`the cgroup controller ${controller} is not mounted`);
    return join(mount, this.path(id), file);
  }
}
