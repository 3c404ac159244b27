/** Makes and removes the network namespaces of tasks, and the links that join them to a bridge. */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { AddressPlan } from './addresses.ts';
import { Batcher } from './batcher.ts';
import { ipBatch, ipBatchForced, run } from './command.ts';
import { kernelHasIpv6, namespaceDirectory } from './links.ts';
import type { Names } from './names.ts';
import type { NetworkLease } from './lease.ts';

/** How many processes at once configure namespaces from inside. */
const configureAtOnce = 2;
/** How long the kernel may take to remove the links of namespaces that are gone. */
const vanishMs = 1000;
const pollMs = 10;

export class Namespaces {
  readonly #names: Names;
  readonly #plan: AddressPlan;
  readonly #mtu: number;
  readonly #removals: Batcher<string>;

  constructor(names: Names, plan: AddressPlan, mtu: number) {
    this.#names = names;
    this.#plan = plan;
    this.#mtu = mtu;
    this.#removals = new Batcher((lines) => ipBatchForced(lines));
  }

  leaseOf(slot: number, pid?: number): NetworkLease {
    const { address, prefixLength, gateway, macAddress } = this.#plan.of(slot);
    const namespace = this.#names.namespace(slot);
    return {
      slot,
      name: pid === undefined ? namespace : this.#names.link(slot),
      path: pid === undefined ? `${namespaceDirectory}/${namespace}` : `/proc/${String(pid)}/ns/net`,
      address,
      prefixLength,
      gateway,
      macAddress,
    };
  }

  /** Makes a namespace for each slot. All or nothing. */
  async create(slots: readonly number[]): Promise<NetworkLease[]> {
    const leases = slots.map((slot) => this.leaseOf(slot));
    try {
      await ipBatch([
        ...leases.flatMap((lease) => [`netns add ${lease.name}`, ...this.#linkLines(lease, lease.name)]),
        // Docker lets every user bind every port in a container's network; an image that serves port 80 as nobody needs it.
        ...leases.map(({ name }) => `netns exec ${name} sysctl -q -w net.ipv4.ip_unprivileged_port_start=0`),
      ]);
      await forEachAtMost(configureAtOnce, leases, ({ name, address, prefixLength, gateway }) =>
        run(
          'ip',
          ['-n', name, '-batch', '-'],
          insideLines({ address, prefixLength, gateway }).join('\n') + '\n',
        ),
      );
      return leases;
    } catch (error) {
      await Promise.all(leases.map((lease) => this.remove(lease)));
      throw error;
    }
  }

  /** Puts a link into the network namespace of process `pid`, as its eth0. */
  async attach(slot: number, pid: number): Promise<NetworkLease> {
    const lease = this.leaseOf(slot, pid);
    try {
      await ipBatch(this.#linkLines(lease, String(pid)));
      await run(
        'nsenter',
        [`--net=${lease.path}`, 'ip', '-batch', '-'],
        insideLines(lease).join('\n') + '\n',
      );
      return lease;
    } catch (error) {
      await this.remove(lease);
      throw error;
    }
  }

  /**
   * Removes link and namespace, which may be gone already. The kernel takes a named namespace's link away with it, in
   * the background; deleting the link itself would hold up every other change to links for some 20 ms.
   */
  async remove(lease: NetworkLease): Promise<void> {
    const link = this.#names.link(lease.slot);
    await this.#removals.add(lease.name === link ? `link delete dev ${link}` : `netns delete ${lease.name}`);
  }

  /** Removes what slots may have, named or attached, and sees their links gone. */
  async removeSlots(slots: readonly number[]): Promise<void> {
    await ipBatchForced(slots.map((slot) => `netns delete ${this.#names.namespace(slot)}`));
    const links = slots.map((slot) => this.#names.link(slot));
    const deadline = Date.now() + vanishMs;
    while (links.some(linkExists) && Date.now() < deadline) await delay(pollMs);
    await ipBatchForced(links.filter(linkExists).map((link) => `link delete dev ${link}`));
  }

  #linkLines({ slot, macAddress }: NetworkLease, target: string): string[] {
    const link = this.#names.link(slot);
    const mtu = String(this.#mtu);
    const bridge = this.#names.bridge(this.#plan.of(slot).bridge);
    const peer = `name eth0 address ${macAddress} mtu ${mtu} netns ${target}`;
    return [
      `link add name ${link} mtu ${mtu} type veth peer ${peer}`,
      `link set dev ${link} master ${bridge}${noLinkLocal()} up`,
      // Where the kernel filters bridged packets (br_netfilter), one translated back to its sender leaves as it came.
      `link set dev ${link} type bridge_slave hairpin on`,
    ];
  }
}

function insideLines(lease: Pick<NetworkLease, 'address' | 'prefixLength' | 'gateway'>): string[] {
  return [
    'link set dev lo up',
    `address add ${lease.address}/${String(lease.prefixLength)} dev eth0`,
    `link set dev eth0${noLinkLocal()} up`,
    `route add default via ${lease.gateway}`,
  ];
}

function linkExists(link: string): boolean {
  // /sys may show another network namespace's links; /proc/sys always shows our own.
  return existsSync(`/proc/sys/net/ipv4/conf/${link}`);
}

/** Tasks have no IPv6, so no address of the link's own either, nor the traffic that finds one. */
function noLinkLocal(): string {
  return kernelHasIpv6() ? ' addrgenmode none' : '';
}

async function forEachAtMost<T>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const remaining = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: limit }, async () => {
      for (const item of remaining) await work(item);
    }),
  );
}
