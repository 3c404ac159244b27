/** The owner's bridges: one for each thousand tasks, since the kernel allows 1024 ports on a bridge. */
import { writeFile } from 'node:fs/promises';
import {
  addressPlan,
  chooseNetwork,
  formatNetwork,
  macAddressOf,
  overlap,
  parseNetwork,
  parseSubnet,
  wholeOf,
  type AddressPlan,
  type Network,
} from './addresses.ts';
import { ipBatch, ipBatchForced } from './command.ts';
import { kernelHasIpv6, type Link, type Route } from './links.ts';
import type { Names } from './names.ts';

/** What is there when a server starts. */
export interface Surroundings {
  links: readonly Link[];
  routes: readonly Route[];
}

/** The network of bridges found, which tasks may be using; else the one asked for; else a free one. Throws on overlap. */
export function planAddresses(names: Names, here: Surroundings, subnet?: string): AddressPlan {
  const wanted = subnet === undefined ? undefined : parseSubnet(subnet);
  const first = here.links.find(({ name }) => name === names.bridge(0))?.addresses[0];
  if (first !== undefined) {
    const piece = parseNetwork(first);
    return addressPlan(wanted?.base === piece.base ? wanted : wholeOf(piece));
  }
  const taken = takenNetworks(names, here);
  if (wanted === undefined) return addressPlan(chooseNetwork(names.owner, taken));
  const conflict = taken.find((network) => overlap(network, wanted));
  if (conflict !== undefined)
    throw new Error(
      `task subnet ${formatNetwork(wanted)} overlaps ${formatNetwork(conflict)}, which this machine uses`,
    );
  return addressPlan(wanted);
}

function takenNetworks(names: Names, { links, routes }: Surroundings): Network[] {
  const others = links.filter(({ name }) => !name.startsWith(names.bridgePrefix));
  return [
    ...others.flatMap(({ addresses }) => addresses.map(parseNetwork)),
    ...routes
      .filter(({ link }) => link?.startsWith(names.bridgePrefix) !== true)
      .flatMap(({ network }) => network ?? []),
  ];
}

/** MTU of the way out, so that a task never sends what would have to be cut up. */
export function outwardMtu({ links, routes }: Surroundings): number {
  const ways = new Set(routes.filter(({ network }) => network === undefined).map(({ link }) => link));
  const mtus = links.filter(({ name }) => ways.has(name)).map(({ mtu }) => mtu);
  return Math.min(1500, ...mtus);
}

/** Makes the bridges that are missing and sets what they need. */
export async function openBridges(names: Names, plan: AddressPlan, here: Surroundings): Promise<void> {
  const existing = new Set(here.links.map(({ name }) => name));
  const mtu = String(outwardMtu(here));
  const bridges = Array.from({ length: plan.bridges }, (_, index) => index);
  // A fixed MAC address, because a bridge else takes its ports' and changes it as they come and go.
  const missing = bridges.filter((index) => !existing.has(names.bridge(index)));
  await ipBatch(
    missing.flatMap((index) => [
      `link add name ${names.bridge(index)} address ${macAddressOf(plan.gateway(index))} mtu ${mtu} type bridge`,
      `address add ${plan.gateway(index)}/${String(plan.bridgePrefixLength)} dev ${names.bridge(index)}`,
    ]),
  );
  for (const index of bridges) await setBridge(names.bridge(index));
  await ipBatch(bridges.map((index) => `link set dev ${names.bridge(index)} up`));
}

async function setBridge(bridge: string): Promise<void> {
  await writeFile(`/proc/sys/net/ipv4/conf/${bridge}/forwarding`, '1');
  // Lets connections from 127.0.0.1 reach a task; the guard chain shuts the way in that this would open.
  await writeFile(`/proc/sys/net/ipv4/conf/${bridge}/route_localnet`, '1');
  if (kernelHasIpv6()) await writeFile(`/proc/sys/net/ipv6/conf/${bridge}/disable_ipv6`, '1');
}

/** Removes the bridges; links that are still on them stay. They may be gone already. */
export async function removeBridges(names: Names, plan: AddressPlan): Promise<void> {
  await ipBatchForced(
    Array.from({ length: plan.bridges }, (_, index) => `link delete dev ${names.bridge(index)}`),
  );
}
