/** Which addresses tasks get: a network per owner, cut into one piece per bridge, one address per slot. */
import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface Network {
  /** First address, as a number. */
  base: number;
  prefixLength: number;
}

/** Tasks of one bridge. The kernel allows 1024 ports on a bridge, so a piece has no more addresses than that. */
const bridgePrefixLength = 22;
/** Room for 4 × 1021 tasks. */
const ownerPrefixLength = 20;
/** Private (RFC 1918), and clear of what Docker, Podman and Kubernetes take by default. */
const pool = { base: parseAddress('10.64.0.0'), prefixLength: 10 };
/** Network, gateway and broadcast address. */
const reserved = 3;

export function parseAddress(text: string): number {
  if (!isIPv4(text)) throw new Error(`"${text}" is not an IPv4 address`);
  return text.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => String((address >>> shift) & 255)).join('.');
}

export function sizeOf(network: Network): number {
  return 2 ** (32 - network.prefixLength);
}

export function formatNetwork(network: Network): string {
  return `${formatAddress(network.base)}/${String(network.prefixLength)}`;
}

/** Reads `a.b.c.d/n` or a lone address; host bits are dropped. Throws on anything else. */
export function parseNetwork(text: string): Network {
  const [address = '', prefix = '32', ...rest] = text.split('/');
  const prefixLength = Number(prefix);
  if (rest.length > 0 || !/^\d{1,2}$/.test(prefix) || prefixLength > 32)
    throw new Error(`"${text}" is not an IPv4 network such as 10.100.0.0/20`);
  const size = 2 ** (32 - prefixLength);
  return { base: Math.floor(parseAddress(address) / size) * size, prefixLength };
}

export function overlap(a: Network, b: Network): boolean {
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}

/**
 * The network of an owner: always the same for the same owner on the same machine, the next free one where it is
 * taken. Throws when none is free.
 */
export function chooseNetwork(owner: string, taken: readonly Network[]): Network {
  const size = 2 ** (32 - ownerPrefixLength);
  const count = sizeOf(pool) / size;
  const first = createHash('sha256').update(owner).digest().readUInt32BE(0) % count;
  for (let step = 0; step < count; step++) {
    const network = {
      base: pool.base + ((first + step) % count) * size,
      prefixLength: ownerPrefixLength,
    };
    if (!taken.some((other) => overlap(network, other))) return network;
  }
  throw new Error(`every network in ${formatNetwork(pool)} is taken; name a free one as the task subnet`);
}

/** The owner's network that a bridge's piece, the first one, belongs to. */
export function wholeOf(piece: Network): Network {
  return piece.prefixLength === bridgePrefixLength
    ? { base: piece.base, prefixLength: ownerPrefixLength }
    : piece;
}

/** Reads a user's choice of network. Throws when it is malformed or has no room. */
export function parseSubnet(text: string): Network {
  const network = parseNetwork(text);
  if (network.prefixLength < 16 || network.prefixLength > 28)
    throw new Error(`task subnet ${text} must be between /16 and /28`);
  if (formatNetwork(network) !== text)
    throw new Error(`task subnet ${text} must start at ${formatNetwork(network)}`);
  return network;
}

export interface SlotAddress {
  bridge: number;
  address: string;
  prefixLength: number;
  gateway: string;
  macAddress: string;
}

export interface AddressPlan {
  network: Network;
  bridges: number;
  /** How many tasks fit; slots are 0 … capacity - 1. */
  capacity: number;
  bridgePrefixLength: number;
  gateway(bridge: number): string;
  of(slot: number): SlotAddress;
}

export function addressPlan(network: Network): AddressPlan {
  const prefixLength = Math.max(bridgePrefixLength, network.prefixLength);
  const bridgeSize = 2 ** (32 - prefixLength);
  const bridges = sizeOf(network) / bridgeSize;
  const perBridge = bridgeSize - reserved;
  const gateway = (bridge: number): string => formatAddress(network.base + bridge * bridgeSize + 1);
  return {
    network,
    bridges,
    capacity: bridges * perBridge,
    bridgePrefixLength: prefixLength,
    gateway,
    of(slot) {
      const bridge = Math.floor(slot / perBridge);
      const address = formatAddress(network.base + bridge * bridgeSize + 2 + (slot % perBridge));
      return { bridge, address, prefixLength, gateway: gateway(bridge), macAddress: macAddressOf(address) };
    },
  };
}

/** Locally administered, and the same for the same address: a neighbour's ARP entry stays right when a slot is reused. */
export function macAddressOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '4c', ...bytes].join(':');
}
