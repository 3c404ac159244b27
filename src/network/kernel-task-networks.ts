/** Task networks on this machine's kernel. */
import { EngineError } from '../core/errors.ts';
import { uninstall, type Installation } from './installation.ts';
import type {
  AdoptedLease,
  NetworkLease,
  NetworkLog,
  Published,
  PublishRequest,
  TaskNetworks,
  TaskNetworksOptions,
} from './lease.ts';
import { foundSlots } from './links.ts';
import { withMachineLock } from './machine-lock.ts';
import { holdPort, type HeldPort } from './port-holder.ts';
import type { PortRule } from './published-ports.ts';
import { Slots } from './slots.ts';
import { WarmPool } from './warm-pool.ts';

/** What a lease holds. */
interface Holding {
  lease: NetworkLease;
  /** By protocol and number. */
  ports: Map<string, HeldPort>;
  /** Those that `hold` took and `publish` is still to be called for. */
  unpublished: Set<string>;
  rules: PortRule[];
  /** Set while it is being released. */
  released?: Promise<void>;
}

export class KernelTaskNetworks implements TaskNetworks {
  readonly #installation: Installation;
  readonly #publishAddress: string;
  readonly #log: NetworkLog | undefined;
  readonly #slots: Slots;
  readonly #pool: WarmPool<NetworkLease>;
  readonly #holdings = new Map<number, Holding>();
  /** Slots that this process took; what else is found is an earlier one's. */
  readonly #taken = new Set<number>();

  /** `found`: slots that namespaces or links of an earlier process have; `adopt` decides about them. */
  constructor(installation: Installation, options: TaskNetworksOptions, found: readonly number[]) {
    this.#installation = installation;
    this.#publishAddress = options.publishAddress;
    this.#log = options.log;
    this.#slots = new Slots(installation.plan.capacity);
    for (const slot of found) this.#slots.reserve(slot);
    this.#pool = new WarmPool({
      size: options.poolSize,
      make: (count) => this.#makeNamespaces(count),
      onRefillError: (error) => this.#log?.warn({ err: error }, 'cannot make task networks in advance'),
    });
    this.#pool.fill();
  }

  async claim(): Promise<NetworkLease> {
    const lease = await failingAs('a task network could not be made', () => this.#pool.claim());
    this.#holdings.set(lease.slot, { lease, ports: new Map(), unpublished: new Set(), rules: [] });
    return lease;
  }

  async attach(pid: number): Promise<NetworkLease> {
    return failingAs(`a task network could not be put into process ${String(pid)}`, async () => {
      const slot = this.#take();
      try {
        const lease = await this.#installation.namespaces.attach(slot, pid);
        this.#holdings.set(slot, { lease, ports: new Map(), unpublished: new Set(), rules: [] });
        return lease;
      } catch (error) {
        this.#free(slot);
        throw error;
      }
    });
  }

  async hold(lease: NetworkLease, requests: readonly PublishRequest[]): Promise<Published[]> {
    const holding = this.#holding(lease);
    const held = await holdAll(this.#publishAddress, requests);
    const published = requests.map((request, index) => ({
      ...request,
      hostPort: held[index]?.port ?? request.hostPort,
      bindIp: this.#publishAddress,
    }));
    for (const [index, port] of published.entries()) {
      holding.ports.set(portKey(port), held[index]!);
      holding.unpublished.add(portKey(port));
    }
    return published;
  }

  async publish(lease: NetworkLease, requests: readonly PublishRequest[]): Promise<Published[]> {
    const holding = this.#holding(lease);
    const missing = requests.filter((request) => !holding.unpublished.has(portKey(request)));
    const taken = await this.hold(lease, missing);
    const published = requests.map(
      (request) => taken[missing.indexOf(request)] ?? { ...request, bindIp: this.#publishAddress },
    );
    for (const port of published) holding.unpublished.delete(portKey(port));
    const rules = published.map((port) => ruleOf(holding.lease, port));
    // Listed before they are made, so that a release meanwhile, which queues behind them, takes them back.
    holding.rules.push(...rules);
    try {
      await failingAs('host ports could not be published', () => this.#installation.ports.add(rules));
    } catch (error) {
      holding.rules = holding.rules.filter((rule) => !rules.includes(rule));
      await closeAll(published.flatMap((port) => holding.ports.get(portKey(port)) ?? []));
      for (const port of published) holding.ports.delete(portKey(port));
      throw error;
    }
    return published;
  }

  release(lease: NetworkLease): Promise<void> {
    const holding = this.#holdings.get(lease.slot);
    // A slot is another task's by the time that an old lease is released once more.
    if (holding?.lease !== lease) return Promise.resolve();
    holding.released ??= this.#release(holding).catch((error: unknown) => {
      holding.released = undefined;
      throw error;
    });
    return holding.released;
  }

  async adopt(adopted: readonly AdoptedLease[]): Promise<NetworkLease[]> {
    const { ports, namespaces } = this.#installation;
    const found = new Set(await foundSlots(this.#installation.names));
    const leases = adopted.map(
      ({ slot, pid }) => this.#holdings.get(slot)?.lease ?? namespaces.leaseOf(slot, pid),
    );
    for (const [index, { slot, published }] of adopted.entries()) {
      const lease = leases[index];
      if (lease === undefined || this.#holdings.has(slot)) continue;
      this.#slots.reserve(slot);
      const alive = found.delete(slot);
      if (!alive) this.#log?.warn({ slot }, 'the network of an adopted task is gone');
      this.#holdings.set(slot, {
        lease,
        ports: alive ? await this.#holdAgain(published) : new Map<string, HeldPort>(),
        unpublished: new Set(),
        rules: alive ? published.map((port) => ruleOf(lease, port)) : [],
      });
    }
    await ports.replaceAll([...this.#holdings.values()].flatMap(({ rules }) => rules));
    const abandoned = [...found].filter((slot) => !this.#taken.has(slot) && !this.#holdings.has(slot));
    await namespaces.removeSlots(abandoned);
    for (const slot of abandoned) this.#free(slot);
    return leases;
  }

  async close({ keep }: { keep: boolean }): Promise<void> {
    const unused = await this.#pool.close();
    const holdings = [...this.#holdings.values()];
    if (keep) await Promise.all(unused.map((lease) => this.#installation.namespaces.remove(lease)));
    else await withMachineLock(() => uninstall(this.#installation));
    await Promise.all(holdings.map((holding) => closeAll(holding.ports.values())));
    this.#holdings.clear();
  }

  #holding(lease: NetworkLease): Holding {
    const holding = this.#holdings.get(lease.slot);
    if (holding?.lease === lease && holding.released === undefined) return holding;
    throw new EngineError('ResourceInitializationError', `task network ${lease.name} is released`);
  }

  async #release(holding: Holding): Promise<void> {
    const { namespaces, ports } = this.#installation;
    const { lease, rules } = holding;
    await ports.remove(rules);
    holding.rules = [];
    await closeAll(holding.ports.values());
    holding.ports.clear();
    await namespaces.remove(lease);
    this.#holdings.delete(lease.slot);
    this.#free(lease.slot);
  }

  async #makeNamespaces(count: number): Promise<NetworkLease[]> {
    const slots: number[] = [];
    try {
      while (slots.length < count) slots.push(this.#take());
      return await this.#installation.namespaces.create(slots);
    } catch (error) {
      for (const slot of slots) this.#free(slot);
      throw error;
    }
  }

  #take(): number {
    const slot = this.#slots.take();
    this.#taken.add(slot);
    return slot;
  }

  #free(slot: number): void {
    this.#taken.delete(slot);
    this.#slots.free(slot);
  }

  /** A port that someone took while no server held it stays the task's: nftables sends its packets there all along. */
  async #holdAgain(published: readonly Published[]): Promise<Map<string, HeldPort>> {
    const ports = new Map<string, HeldPort>();
    await Promise.all(
      published.map(async (port) => {
        try {
          ports.set(portKey(port), await holdPort(port.protocol, port.bindIp, port.hostPort));
        } catch (error) {
          this.#log?.warn({ err: error }, 'the port of an adopted task is taken');
        }
      }),
    );
    return ports;
  }
}

const portKey = ({ protocol, hostPort }: Pick<PublishRequest, 'protocol' | 'hostPort'>) =>
  `${protocol}/${String(hostPort)}`;

function ruleOf(lease: NetworkLease, { protocol, bindIp, hostPort, containerPort }: Published): PortRule {
  return { protocol, bindIp, hostPort, address: lease.address, containerPort };
}

/** All or none. Those with a number come first, so that none of them is what the kernel picks for another. */
async function holdAll(bindIp: string, requests: readonly PublishRequest[]): Promise<HeldPort[]> {
  const held = new Map<PublishRequest, HeldPort>();
  const order = [...requests].sort((a, b) => Number(a.hostPort === 0) - Number(b.hostPort === 0));
  try {
    for (const request of order)
      held.set(request, await holdPort(request.protocol, bindIp, request.hostPort));
  } catch (error) {
    await closeAll(held.values());
    throw error;
  }
  return requests.flatMap((request) => held.get(request) ?? []);
}

async function closeAll(ports: Iterable<HeldPort>): Promise<void> {
  await Promise.all([...ports].map((port) => port.close()));
}

async function failingAs<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError('ResourceInitializationError', `${what}: ${(error as Error).message}`);
  }
}
