/**
 * For Docker: holders that were started ahead of time without a network, with a link and an address of ours already in
 * them. A task takes one and its containers join it, which saves the engine's own way to a network (two thirds of the
 * time of a start).
 */
import { appendFile, writeFile } from 'node:fs/promises';
import { EngineError } from '../../../core/errors.ts';
import type { ContainerSpec, TaskSpec } from '../../../core/ports/engine.ts';
import type { NetworkLease, TaskNetworks } from '../../../network/task-networks.ts';
import type { ContainerDetails } from '../client/types.ts';
import type { Holders } from './holders.ts';
import { asPublished, publishOn } from './lease-ports.ts';
import { isPlain, plainSandbox } from './plain-sandbox.ts';
import type { FoundTask, SandboxProvider, TaskSandbox } from './sandbox.ts';
import { networkOf, pidModeOf } from './task-names.ts';

interface Warm {
  id: string;
  hostname: string;
  hostsPath: string;
  resolvConfPath: string;
  lease: NetworkLease;
}

/** How long after a start the pool waits before it fills up again, so that it does not slow that start down. */
const refillDelayMs = 150;

export class WarmHolderSandboxes implements SandboxProvider {
  readonly #holders: Holders;
  readonly #networks: TaskNetworks;
  readonly #size: number;
  readonly #ready: Warm[] = [];
  #refilling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(holders: Holders, networks: TaskNetworks, size: number) {
    this.#holders = holders;
    this.#networks = networks;
    this.#size = size;
  }

  /** Resolves when the pool is full. Throws ResourceInitializationError when not even one can be made. */
  async fill(): Promise<void> {
    while (!this.#closed && this.#ready.length < this.#size) this.#ready.push(await this.#make());
  }

  async open(spec: TaskSpec): Promise<TaskSandbox> {
    if (isPlain(spec)) return plainSandbox(spec);
    const hostname = spec.containers.find((container) => container.hostname !== undefined)?.hostname;
    // A holder's name is fixed when it is made, so a task that names itself gets a fresh one.
    const warm = (hostname === undefined ? this.#ready.shift() : undefined) ?? (await this.#make(hostname));
    this.#refillLater();
    const named = writeNames(warm, spec.containers);
    const sandbox = this.#sandbox(warm.id, warm.lease, spec);
    await named.catch(async (error: unknown) => {
      await sandbox.release();
      throw failed(error);
    });
    return sandbox;
  }

  async adopt(tasks: readonly FoundTask[]): Promise<(TaskSandbox | undefined)[]> {
    const ids = tasks.map(({ mark }) => (mark['kind'] === 'holder' ? String(mark['holder']) : undefined));
    const details = await Promise.all(
      ids.map(async (id) => (id === undefined ? undefined : this.#holders.running(id))),
    );
    const alive = tasks.flatMap((task, index) => {
      const found = details[index];
      return found ? [{ task, found, index }] : [];
    });
    await this.#holders.removeAllBut(new Set(alive.map(({ found }) => found.Id)));
    const leases = await this.#networks.adopt(
      alive.map(({ task, found }) => ({
        slot: Number(task.mark['slot']),
        pid: found.State.Pid,
        published: asPublished(task.bindings),
      })),
    );
    const sandboxes: (TaskSandbox | undefined)[] = tasks.map(() => undefined);
    alive.forEach(({ found, index }, position) => {
      sandboxes[index] = this.#sandbox(found.Id, leases[position]!);
    });
    return sandboxes;
  }

  async refresh(): Promise<void> {
    for (const warm of [...this.#ready]) {
      if (await this.#holders.running(warm.id)) continue;
      const position = this.#ready.indexOf(warm);
      if (position < 0) continue;
      this.#ready.splice(position, 1);
      await this.#discard(warm);
    }
    this.#refillLater();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#refilling;
    await Promise.all(this.#ready.splice(0).map((warm) => this.#discard(warm)));
  }

  #refillLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Without a warm one a task makes its own, and says what is wrong if that fails as well.
      this.#refilling ??= this.fill()
        .catch(() => undefined)
        .finally(() => (this.#refilling = undefined));
    }, refillDelayMs).unref();
  }

  async #make(hostname?: string): Promise<Warm> {
    let details: ContainerDetails | undefined;
    try {
      details = await this.#holders.start(
        { NetworkMode: 'none' },
        hostname === undefined ? {} : { Hostname: hostname },
      );
      const lease = await this.#networks.attach(details.State.Pid);
      const warm = {
        id: details.Id,
        hostname: details.Config.Hostname,
        hostsPath: details.HostsPath,
        resolvConfPath: details.ResolvConfPath,
        lease,
      };
      await appendFile(warm.hostsPath, `${lease.address}\t${warm.hostname}\n`);
      return warm;
    } catch (error) {
      if (details) await this.#holders.remove(details.Id);
      throw failed(error);
    }
  }

  async #discard(warm: Warm): Promise<void> {
    await this.#networks.release(warm.lease);
    await this.#holders.remove(warm.id);
  }

  /** Without `spec`: an adopted one, in which nothing is started any more. */
  #sandbox(holder: string, lease: NetworkLease, spec?: TaskSpec): TaskSandbox {
    return {
      network: networkOf(lease),
      mark: { kind: 'holder', holder, slot: lease.slot },
      placement: () => ({ networkMode: `container:${holder}`, pidMode: spec && pidModeOf(spec, holder) }),
      publish: () => publishOn(this.#networks, lease, spec?.ports ?? []),
      release: async () => {
        await this.#networks.release(lease);
        await this.#holders.remove(holder);
      },
    };
  }
}

/** The containers that join a holder see its names, so what they ask for is written there. */
async function writeNames(warm: Warm, containers: readonly ContainerSpec[]): Promise<void> {
  const hosts = containers.flatMap(({ extraHosts }) => extraHosts);
  if (hosts.length > 0) {
    await appendFile(warm.hostsPath, hosts.map((host) => `${host.ipAddress}\t${host.hostname}\n`).join(''));
  }
  const servers = new Set(containers.flatMap(({ dnsServers }) => dnsServers));
  const domains = new Set(containers.flatMap(({ dnsSearchDomains }) => dnsSearchDomains));
  if (servers.size === 0 && domains.size === 0) return;
  const lines = [...servers].map((server) => `nameserver ${server}\n`);
  if (domains.size > 0) lines.push(`search ${[...domains].join(' ')}\n`);
  if (servers.size > 0) await writeFile(warm.resolvConfPath, lines.join(''));
  else await appendFile(warm.resolvConfPath, lines.join(''));
}

function failed(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  return new EngineError(
    'ResourceInitializationError',
    `no network for the task: ${(error as Error).message}`,
  );
}
