/**
 * What netavark, which gives Podman's own networks to containers, leaves in nftables when the last of them is gone: its
 * fixed chains, the jumps to them, and the tables that iptables made for them.
 */
import { nft, run } from './command.ts';

interface Chain {
  family: string;
  table: string;
  name: string;
  /** Where the kernel calls it; absent: only rules do. */
  hook?: string;
  policy?: string;
}

interface Rule {
  family: string;
  table: string;
  chain: string;
  handle: number;
  expr: { jump?: { target: string } }[];
}

/** As `nft -j list ruleset` gives them. */
export interface RulesetEntry {
  chain?: Chain;
  rule?: Rule;
}

const tables = ['nat', 'filter'];
const isNetavarks = (name: string) => name.startsWith('NETAVARK');
/** Those it makes once; a network or a published port in use has others, with rules in them. */
const fixedChains = new Set([
  'NETAVARK-HOSTPORT-DNAT',
  'NETAVARK-HOSTPORT-MASQ',
  'NETAVARK-HOSTPORT-SETMARK',
  'NETAVARK_FORWARD',
]);
/** Empty where no container of any Podman is on a network. */
const fillingChains = new Set(['NETAVARK-HOSTPORT-DNAT', 'NETAVARK_FORWARD']);

export async function removeNetavarkRemains(): Promise<void> {
  const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'ruleset'])) as {
    nftables: RulesetEntry[];
  };
  const script = removalOf(nftables);
  if (script !== undefined) await nft(script);
}

/**
 * Takes iptables' tables away in which there is no rule any more: for whoever took the last one out of them, when all
 * else in them went before it.
 */
export async function removeIdleTables(): Promise<void> {
  const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'ruleset'])) as {
    nftables: RulesetEntry[];
  };
  const script = idleTables(nftables).map((table) => `delete table ip ${table}\n`);
  if (script.length > 0) await nft(script.join(''));
}

/** Of `nat` and `filter`, those that only have chains without rules that let everything pass. */
export function idleTables(ruleset: readonly RulesetEntry[]): string[] {
  return tables.filter((name) => {
    const isIn = (entry: { family: string; table: string } | undefined) =>
      entry?.family === 'ip' && entry.table === name;
    const chains = ruleset.flatMap(({ chain }) => (chain && isIn(chain) ? [chain] : []));
    return chains.length > 0 && chains.every(doesNothing) && !ruleset.some(({ rule }) => isIn(rule));
  });
}

/** Undefined where there is nothing, or where some Podman still uses it. */
export function removalOf(ruleset: readonly RulesetEntry[]): string | undefined {
  const here = ({ family, table }: { family: string; table: string }) =>
    family === 'ip' && tables.includes(table);
  const chains = ruleset.flatMap(({ chain }) => (chain && here(chain) ? [chain] : []));
  const rules = ruleset.flatMap(({ rule }) => (rule && here(rule) ? [rule] : []));
  const own = chains.filter(({ name }) => isNetavarks(name));
  // Two Podmans with networks of one name may leave the chain of it empty: each takes it for the other's.
  const used = rules.some(
    ({ chain }) => isNetavarks(chain) && (fillingChains.has(chain) || !fixedChains.has(chain)),
  );
  if (own.length === 0 || used) return undefined;
  const others = rules.filter(({ chain }) => !isNetavarks(chain));
  const jumps = others.filter(({ expr }) => expr.some(({ jump }) => jump && isNetavarks(jump.target)));
  const unneeded = tables.filter(
    (table) =>
      chains.some((chain) => chain.table === table) &&
      chains.every((chain) => chain.table !== table || isNetavarks(chain.name) || doesNothing(chain)) &&
      others.every((rule) => rule.table !== table || jumps.includes(rule)),
  );
  return [
    ...jumps.map(({ table, chain, handle }) => `delete rule ip ${table} ${chain} handle ${handle}`),
    ...own.map(({ table, name }) => `flush chain ip ${table} ${name}`),
    ...own.map(({ table, name }) => `delete chain ip ${table} ${name}`),
    ...unneeded.map((table) => `delete table ip ${table}`),
    '',
  ].join('\n');
}

/** Without rules. */
const doesNothing = ({ hook, policy }: Chain) => hook !== undefined && policy === 'accept';
