/** What all sandboxes of a server share: a directory, a mount namespace with their root in it, the OCI runtime. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Launch } from '../core/ports/runtime.ts';
import { readCgroupLayout, type CgroupLayout } from '../linux/cgroup-layout.ts';
import { createMountNamespace, inMountNamespaceOf } from '../linux/mount-namespace.ts';
import { findProgram } from '../linux/programs.ts';
import { UIDS_PER_SANDBOX } from './bundle.ts';
import { SandboxCgroups } from './cgroups.ts';
import { mountRootFilesystem } from './root-filesystem.ts';
import { seccompProfile } from './seccomp.ts';
import { SandboxesUnavailable } from './unavailable.ts';

const run = promisify(execFile);

export interface SandboxHostOptions {
  /** Marks what this server makes: six hexadecimal digits. */
  owner: string;
  /** Of the runtimes that are available. */
  launches: readonly Launch[];
  /** Further directories that sandboxes see read-only: path inside to path outside. */
  shown?: Readonly<Record<string, string>>;
  /** Where directories of sandboxes are made; every user must be able to pass through. Default `/run`. */
  directory?: string;
  /** Default: crun where it is installed, else runc. */
  ociRuntime?: 'crun' | 'runc';
}

/** Sandboxes one server can have at a time: each has user ids of its own. */
export const MOST_SANDBOXES = 4_096;
const ORPHAN_TIMEOUT_MS = 5_000;
const FIRST_UID = 0x4000_0000;
const UID_BLOCKS = 0xffff;

export class SandboxHost {
  readonly cgroups: SandboxCgroups;
  readonly directory: string;
  readonly #runtime: string;
  readonly #namespace: { pid: number; release(): void };
  readonly #firstUid: number;
  readonly #freeSlots: number[] = [];
  #slots = 0;

  constructor(
    directory: string,
    runtime: string,
    namespace: { pid: number; release(): void },
    cgroups: SandboxCgroups,
    owner: string,
  ) {
    this.directory = directory;
    this.#runtime = runtime;
    this.#namespace = namespace;
    this.cgroups = cgroups;
    const block = Number.parseInt(owner, 16) & UID_BLOCKS;
    this.#firstUid = FIRST_UID + block * MOST_SANDBOXES * UIDS_PER_SANDBOX;
  }

  get root(): string {
    return join(this.directory, 'root');
  }

  bundle(id: string): string {
    return join(this.directory, 'bundles', id);
  }

  /** Arguments of the OCI runtime, which crun and runc share. */
  command(...args: string[]): string[] {
    return inMountNamespaceOf(this.#namespace.pid, [
      this.#runtime,
      '--root',
      join(this.directory, 'state'),
      ...args,
    ]);
  }

  /** User ids that no other sandbox of this server has while it keeps the slot. */
  takeSlot(): { slot: number; firstUid: number } {
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    if (slot >= MOST_SANDBOXES) throw new Error(`more than ${MOST_SANDBOXES} sandboxes`);
    return { slot, firstUid: this.#firstUid + slot * UIDS_PER_SANDBOX };
  }

  freeSlot(slot: number): void {
    this.#freeSlots.push(slot);
  }

  /** Kills what the runtime knows by this name and removes it. Unknown names are fine. */
  async removeContainer(id: string): Promise<void> {
    const [program = '', ...args] = this.command('delete', '--force', id);
    await run(program, args).catch((error: Error & { stderr?: string }) => {
      if (!/does not exist|no such file/i.test(error.stderr ?? '')) throw error;
    });
  }

  /** Sandboxes that a server of this owner left behind when it was killed. */
  async removeOrphans(): Promise<number> {
    const orphans = await readdir(join(this.directory, 'state')).catch(() => []);
    const ids = orphans.filter((name) => name.startsWith('sandbox-'));
    for (const id of ids) await this.removeContainer(id);
    await this.#waitForRuntimes();
    await rm(join(this.directory, 'bundles'), { recursive: true, force: true });
    return ids.length;
  }

  /** Runtimes of a killed server clear up after their sandboxes; what they still write must not come after us. */
  async #waitForRuntimes(): Promise<void> {
    const state = join(this.directory, 'state');
    for (
      const deadline = performance.now() + ORPHAN_TIMEOUT_MS;
      performance.now() < deadline;
      await delay(10)
    ) {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const lines = await Promise.all(
        pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
      );
      if (!lines.some((line) => line.split('\0').includes(state))) return;
    }
  }

  async close(): Promise<void> {
    this.#namespace.release();
    await this.cgroups.remove();
    await rm(this.directory, { recursive: true, force: true });
  }
}

type Place = Pick<SandboxHostOptions, 'owner' | 'directory'>;

const directoryOf = ({ owner, directory = '/run' }: Place) => join(directory, `longshore-sandboxes-${owner}`);

/** Whether a killed server of this owner may have left sandboxes. */
export const hasLeftovers = (place: Place): boolean => existsSync(directoryOf(place));

/** Throws `SandboxesUnavailable` with the reason and the fix. Removes what a killed server of this owner left. */
export async function openSandboxHost(options: SandboxHostOptions): Promise<SandboxHost> {
  const { runtime, layout, cgroups } = await findSandboxParts(options);
  const directory = directoryOf(options);
  // crun refuses v1 controllers with a v2 hierarchy beside them; runc takes them.
  const unmount = runtime.endsWith('/crun') ? layout.unifiedMounts : [];
  const namespace = await createMountNamespace({ unmount }).catch((error: Error) => {
    throw new SandboxesUnavailable(
      error.message,
      'run longshore as root on the machine or in a VM, or in a container with CAP_SYS_ADMIN',
    );
  });
  const host = new SandboxHost(directory, runtime, namespace, cgroups, options.owner);
  try {
    await makeDirectory(directory);
    await host.removeOrphans();
    await makeDirectory(host.root);
    await makeDirectory(join(directory, 'bundles'));
    // The sandbox's own user must get to its root, and see nothing else on the way.
    await chmod(directory, 0o711);
    await chmod(join(directory, 'bundles'), 0o700);
    await mountRootFilesystem(namespace.pid, host.root, options.launches, options.shown);
    return host;
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** What sandboxes are made with here. Changes nothing. Throws `SandboxesUnavailable`. */
export async function findSandboxParts({
  owner,
  ociRuntime,
}: Pick<SandboxHostOptions, 'owner' | 'ociRuntime'>): Promise<{
  /** Path of the OCI runtime. */
  runtime: string;
  layout: CgroupLayout;
  cgroups: SandboxCgroups;
}> {
  const runtime = await findOciRuntime(ociRuntime);
  const layout = await readCgroupLayout();
  const cgroups = new SandboxCgroups(layout, `/longshore-sandboxes-${owner}`);
  const missing = cgroups.missing();
  if (missing.length > 0) {
    throw new SandboxesUnavailable(
      `the cgroup controllers ${missing.join(', ')} are not mounted, so limits would not hold`,
      'mount them, for example with the package cgroupfs-mount',
    );
  }
  return { runtime, layout, cgroups };
}

/** Path of the OCI runtime. */
async function findOciRuntime(wanted: SandboxHostOptions['ociRuntime']): Promise<string> {
  if (process.platform !== 'linux') {
    throw new SandboxesUnavailable(
      `sandboxes need Linux, this is ${process.platform}`,
      'run it in a Linux VM',
    );
  }
  if (seccompProfile() === undefined) {
    throw new SandboxesUnavailable(
      `no list of system calls is known for ${process.arch}`,
      'use an x86-64 or arm64 machine',
    );
  }
  if (process.getuid?.() !== 0) {
    throw new SandboxesUnavailable('sandboxes need root to be made', 'run longshore as root');
  }
  const names = wanted ? [wanted] : (['crun', 'runc'] as const);
  let runtime: string | undefined;
  for (const name of names) runtime ??= await findProgram(name);
  if (runtime === undefined) {
    throw new SandboxesUnavailable(`${names.join(' or ')} is not installed`, `apt-get install ${names[0]}`);
  }
  return runtime;
}
