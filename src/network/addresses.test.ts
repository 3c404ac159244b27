import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressPlan,
  chooseNetwork,
  formatAddress,
  formatNetwork,
  overlap,
  parseAddress,
  parseNetwork,
  parseSubnet,
  wholeOf,
} from './addresses.ts';

test('addresses survive the way to a number and back', () => {
  const survives = fc.property(fc.ipV4(), (address) => formatAddress(parseAddress(address)) === address);
  fc.assert(survives);
  expect(() => parseAddress('10.0.0')).toThrow('not an IPv4 address');
});

test('networks lose their host bits; anything else is refused', () => {
  expect(formatNetwork(parseNetwork('10.1.2.3/16'))).toBe('10.1.0.0/16');
  expect(formatNetwork(parseNetwork('10.1.2.3'))).toBe('10.1.2.3/32');
  for (const bad of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'x/8'])
    expect(() => parseNetwork(bad)).toThrow();
});

test('networks overlap when one holds an address of the other', () => {
  const overlaps = (a: string, b: string): boolean => overlap(parseNetwork(a), parseNetwork(b));
  expect(overlaps('10.0.0.0/8', '10.5.0.0/16')).toBe(true);
  expect(overlaps('10.5.0.0/16', '10.0.0.0/8')).toBe(true);
  expect(overlaps('10.0.0.0/24', '10.0.1.0/24')).toBe(false);
});

test('an owner gets the same network every time, and another where that is taken', () => {
  const first = chooseNetwork('abc123', []);
  expect(chooseNetwork('abc123', [])).toEqual(first);
  const second = chooseNetwork('abc123', [first]);
  expect(overlap(first, second)).toBe(false);
  expect(() => chooseNetwork('abc123', [parseNetwork('10.0.0.0/8')])).toThrow('is taken');
});

test('every slot has an address of its own, in its bridge’s network, and 4000 tasks fit', () => {
  const plan = addressPlan(chooseNetwork('abc123', []));
  expect(plan.capacity).toBeGreaterThanOrEqual(4000);
  const perBridge = new Map<number, number>();
  const addresses = new Set<string>();
  for (let slot = 0; slot < plan.capacity; slot++) {
    const { bridge, address, prefixLength, gateway } = plan.of(slot);
    addresses.add(address);
    perBridge.set(bridge, (perBridge.get(bridge) ?? 0) + 1);
    expect(parseNetwork(`${address}/${String(prefixLength)}`)).toEqual(
      parseNetwork(`${gateway}/${String(prefixLength)}`),
    );
    expect(gateway).toBe(plan.gateway(bridge));
    expect(address).not.toBe(gateway);
  }
  expect(addresses.size).toBe(plan.capacity);
  // The kernel's limit for ports on one bridge.
  expect(Math.max(...perBridge.values())).toBeLessThan(1024);
  expect(perBridge.size).toBe(plan.bridges);
});

test('the whole network is found again from the first bridge’s address', () => {
  for (const network of [chooseNetwork('abc123', []), parseSubnet('10.9.0.0/24')]) {
    const plan = addressPlan(network);
    const piece = parseNetwork(`${plan.gateway(0)}/${String(plan.bridgePrefixLength)}`);
    expect(wholeOf(piece)).toEqual(network);
  }
});

test('a subnet that is misaligned, too small or too large is refused with what would do', () => {
  expect(() => parseSubnet('10.9.0.1/24')).toThrow('10.9.0.0/24');
  expect(() => parseSubnet('10.0.0.0/8')).toThrow('between /16 and /28');
  expect(() => parseSubnet('10.9.0.0/30')).toThrow('between /16 and /28');
});
