/** What an owner has on the machine while it has tasks: rules, bridges, forwarding. */
import type { AddressPlan } from './addresses.ts';
import { openBridges, outwardMtu, planAddresses, removeBridges } from './bridges.ts';
import { leaveHostFirewall, passHostFirewall, restoreForwarding, turnForwardingOn } from './forwarding.ts';
import { foundSlots, listLinks, listRoutes } from './links.ts';
import type { Names } from './names.ts';
import { Namespaces } from './namespaces.ts';
import { ensureSharedNetnsMount } from './netns-mount.ts';
import { PublishedPorts } from './published-ports.ts';

export interface Installation {
  names: Names;
  plan: AddressPlan;
  ports: PublishedPorts;
  namespaces: Namespaces;
}

/** Brings up what is missing. Call under the machine lock, as `uninstall`. */
export async function install(names: Names, subnet: string | undefined): Promise<Installation> {
  const here = { links: await listLinks(), routes: await listRoutes() };
  const plan = planAddresses(names, here, subnet);
  const ports = new PublishedPorts(names, plan.network);
  const namespaces = new Namespaces(names, plan, outwardMtu(here));
  const installation = { names, plan, ports, namespaces };
  try {
    await ensureSharedNetnsMount();
    // The rules stand before there is anything to reach.
    await ports.open();
    await openBridges(names, plan, here);
    await turnForwardingOn(here.links);
    await passHostFirewall(names);
  } catch (error) {
    // Tasks of an earlier process keep what they have.
    if ((await foundSlots(names)).length === 0) await uninstall(installation);
    throw error;
  }
  return installation;
}

/** Removes all of it, and every task's namespace and link. */
export async function uninstall({ names, plan, ports, namespaces }: Installation): Promise<void> {
  await ports.destroy();
  await namespaces.removeSlots(await foundSlots(names));
  await removeBridges(names, plan);
  await leaveHostFirewall(names);
  await restoreForwarding();
}
