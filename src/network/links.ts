/** What the kernel has: links, addresses, routes and named namespaces. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { parseNetwork, type Network } from './addresses.ts';
import { run } from './command.ts';
import type { Names } from './names.ts';

export const namespaceDirectory = '/run/netns';

export interface Link {
  name: string;
  mtu: number;
  /** IPv4 addresses with their prefix, e.g. 10.64.0.1/22. */
  addresses: string[];
}

export async function listLinks(): Promise<Link[]> {
  const links = JSON.parse(await run('ip', ['-j', 'address', 'show'])) as {
    ifname: string;
    mtu: number;
    addr_info?: { family: string; local: string; prefixlen: number }[];
  }[];
  return links.map(({ ifname, mtu, addr_info: addresses = [] }) => ({
    name: ifname,
    mtu,
    addresses: addresses
      .filter(({ family }) => family === 'inet')
      .map(({ local, prefixlen }) => `${local}/${String(prefixlen)}`),
  }));
}

/** Names of all bridges, whoever made them. */
export async function listBridges(): Promise<string[]> {
  const output = await run('ip', ['-j', 'link', 'show', 'type', 'bridge']);
  return (JSON.parse(output || '[]') as { ifname?: string }[]).flatMap(({ ifname }) => ifname ?? []);
}

export interface Route {
  /** Undefined: the default route. */
  network: Network | undefined;
  link: string | undefined;
}

export async function listRoutes(): Promise<Route[]> {
  const routes = JSON.parse((await run('ip', ['-j', '-4', 'route', 'show', 'table', 'all'])) || '[]') as {
    dst: string;
    dev?: string;
  }[];
  return routes.map(({ dst, dev }) => ({
    network: dst === 'default' ? undefined : parseNetwork(dst),
    link: dev,
  }));
}

/** Names of all named namespaces. */
export async function listNamespaces(): Promise<string[]> {
  try {
    return await readdir(namespaceDirectory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Whether the kernel has IPv6 at all; settings about it fail where it has not. */
export function kernelHasIpv6(): boolean {
  return existsSync('/proc/sys/net/ipv6');
}

/** Slots of an owner whose namespace or link exists. */
export async function foundSlots(names: Names): Promise<number[]> {
  const [namespaces, links] = await Promise.all([listNamespaces(), listLinks()]);
  const all = [...namespaces, ...links.map(({ name }) => name)];
  return [...new Set(all.flatMap((name) => names.slotOf(name) ?? []))];
}
