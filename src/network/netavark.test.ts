import { describe, expect, it } from 'vitest';
import { idleTables, removalOf, type RulesetEntry } from './netavark.ts';

const chain = (table: string, name: string, hook?: string): RulesetEntry => ({
  chain: { family: 'ip', table, name, ...(hook !== undefined && { hook, policy: 'accept' }) },
});
const jump = (table: string, from: string, target: string, handle: number): RulesetEntry => ({
  rule: { family: 'ip', table, chain: from, handle, expr: [{ jump: { target } }] },
});
const accept = (table: string, from: string, handle: number): RulesetEntry => ({
  rule: { family: 'ip', table, chain: from, handle, expr: [{}] },
});

const remains = [
  chain('nat', 'OUTPUT', 'output'),
  chain('nat', 'NETAVARK-HOSTPORT-DNAT'),
  chain('nat', 'NETAVARK-HOSTPORT-SETMARK'),
  jump('nat', 'OUTPUT', 'NETAVARK-HOSTPORT-DNAT', 7),
  accept('nat', 'NETAVARK-HOSTPORT-SETMARK', 8),
];
const script = `delete rule ip nat OUTPUT handle 7
flush chain ip nat NETAVARK-HOSTPORT-DNAT
flush chain ip nat NETAVARK-HOSTPORT-SETMARK
delete chain ip nat NETAVARK-HOSTPORT-DNAT
delete chain ip nat NETAVARK-HOSTPORT-SETMARK
`;

describe('what netavark leaves', () => {
  it('goes with the table that nobody else has a rule in', () => {
    expect(removalOf(remains)).toBe(`${script}delete table ip nat\n`);
  });

  it('goes alone where somebody else has a rule or a chain', () => {
    expect(removalOf([...remains, accept('nat', 'OUTPUT', 9)])).toBe(script);
    expect(removalOf([...remains, chain('nat', 'DOCKER')])).toBe(script);
  });

  it('stays while a container of any Podman is on a network or publishes a port', () => {
    const used = [chain('nat', 'NETAVARK-1D8721804F16F'), accept('nat', 'NETAVARK-1D8721804F16F', 9)];
    expect(removalOf([...remains, ...used])).toBeUndefined();
    expect(removalOf([...remains, jump('nat', 'NETAVARK-HOSTPORT-DNAT', 'x', 9)])).toBeUndefined();
    expect(removalOf([...remains, accept('filter', 'NETAVARK_FORWARD', 9)])).toBeUndefined();
  });

  it('goes with the chains of a network that nobody is on any more', () => {
    const left = chain('nat', 'NETAVARK-DN-1D8721804F16F');
    expect(removalOf([...remains, left])).toContain('delete chain ip nat NETAVARK-DN-1D8721804F16F');
    expect(removalOf([...remains, left])).toContain('delete table ip nat');
  });

  it('leaves a table behind that others empty later', () => {
    expect(idleTables([chain('filter', 'FORWARD', 'forward'), chain('nat', 'OUTPUT', 'output')])).toEqual([
      'nat',
      'filter',
    ]);
    expect(idleTables([chain('filter', 'FORWARD', 'forward'), accept('filter', 'FORWARD', 1)])).toEqual([]);
    expect(idleTables([chain('filter', 'FORWARD', 'forward'), chain('filter', 'DOCKER')])).toEqual([]);
    expect(idleTables([])).toEqual([]);
  });

  it('is nothing where there is none', () => {
    expect(removalOf([chain('nat', 'OUTPUT', 'output')])).toBeUndefined();
  });
});
