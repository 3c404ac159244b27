/**
 * Forwarding between interfaces, which the whole machine shares. Where we turn it on, the interfaces that were there
 * must not begin to forward for each other: a guard table sees to that, and says that it was us, so that the last
 * server to leave turns forwarding off again.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { CommandError, nft, run } from './command.ts';
import { removeIdleTables } from './netavark.ts';
import { listBridges, type Link } from './links.ts';
import { anyOwnersLink, anyOwnersTable, type Names } from './names.ts';
import { listTables } from './published-ports.ts';

const setting = '/proc/sys/net/ipv4/ip_forward';
const guardTable = 'longshore_forwarding';

/** Call under the machine lock. */
export async function turnForwardingOn(links: readonly Link[]): Promise<void> {
  if ((await readFile(setting, 'utf8')).trim() === '1') return;
  const others = links.map(({ name }) => name).filter((name) => name !== 'lo' && !anyOwnersLink.test(name));
  const elements = others.map((name) => `"${name}"`).join(', ');
  await nft(`
add table ip ${guardTable}
delete table ip ${guardTable}
table ip ${guardTable} {
  set links { type ifname; ${elements === '' ? '' : `elements = { ${elements} }`}; }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname @links oifname @links drop
  }
}
`);
  await writeFile(setting, '1');
}

/**
 * Undoes it where we did it, no server of ours is left, and nobody came to rely on it: a bridge that is newer than the
 * guard (Docker's, say) keeps forwarding on, and the guard with it. Call under the machine lock, after removing one's
 * own table.
 */
export async function restoreForwarding(): Promise<void> {
  const tables = await listTables();
  if (!tables.includes(guardTable) || tables.some((table) => anyOwnersTable.test(table))) return;
  const guarded = await guardedLinks();
  if ((await listBridges()).some((bridge) => !guarded.has(bridge) && !anyOwnersLink.test(bridge))) return;
  await writeFile(setting, '0');
  await nft(`delete table ip ${guardTable}\n`);
}

async function guardedLinks(): Promise<Set<string>> {
  const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'set', 'ip', guardTable, 'links'])) as {
    nftables: { set?: { elem?: string[] } }[];
  };
  return new Set(nftables.flatMap(({ set }) => set?.elem ?? []));
}

/**
 * Lets tasks pass a firewall of the host's (Docker's, ufw's) that drops what it does not know. nftables runs every
 * table, so our own rules still refuse what must not reach a task.
 */
export async function passHostFirewall(names: Names): Promise<void> {
  const forward = await iptables(['-S', 'FORWARD']);
  if (forward === undefined || forward.trim() === '-P FORWARD ACCEPT') return;
  const chain = (await iptables(['-S', 'DOCKER-USER'])) === undefined ? 'FORWARD' : 'DOCKER-USER';
  await leaveHostFirewall(names);
  for (const direction of ['-i', '-o']) {
    const match = [direction, `${names.bridgePrefix}+`, '-m', 'comment', '--comment', names.table];
    await run('iptables', ['-w', '5', '-I', chain, ...match, '-j', 'ACCEPT']);
  }
}

/** Takes those rules out again, wherever they are. */
export async function leaveHostFirewall(names: Names): Promise<void> {
  const rules = ((await iptables(['-S'])) ?? '').split('\n').map((rule) => rule.split(' '));
  const own = rules.filter((words) => words[0] === '-A' && words.includes(names.table));
  for (const words of own) await run('iptables', ['-w', '5', '-D', ...words.slice(1)]);
  if (own.length > 0) await removeIdleTables();
}

/** Undefined where there is no such program or chain. */
async function iptables(args: readonly string[]): Promise<string | undefined> {
  try {
    return await run('iptables', ['-w', '5', ...args]);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
