/** The owner's nftables table: which host port leads to which task, and who may talk to tasks at all. */
import { formatNetwork, type Network } from './addresses.ts';
import { Batcher } from './batcher.ts';
import { nft, run } from './command.ts';
import type { Names } from './names.ts';

/** One published port and the task address behind it. */
export interface PortRule {
  protocol: 'tcp' | 'udp';
  /** 0.0.0.0: every address of this machine. */
  bindIp: string;
  hostPort: number;
  address: string;
  containerPort: number;
}

const anyAddress = '0.0.0.0';

export class PublishedPorts {
  readonly #names: Names;
  readonly #network: Network;
  readonly #changes: Batcher<string>;
  /** What the table has, or has as soon as the changes under way are made. */
  #rules = new Set<PortRule>();

  constructor(names: Names, network: Network) {
    this.#names = names;
    this.#network = network;
    this.#changes = new Batcher((changes) => this.#apply(changes.join('')));
  }

  /** Creates the table, or brings the rules of one found up to date; its ports stay. */
  async open(): Promise<void> {
    await nft(tableScript(this.#names, this.#network));
  }

  async add(rules: readonly PortRule[]): Promise<void> {
    if (rules.length === 0) return;
    for (const rule of rules) this.#rules.add(rule);
    try {
      await this.#changes.add(this.#elements('add', rules));
    } catch (error) {
      for (const rule of rules) this.#rules.delete(rule);
      throw error;
    }
  }

  /** Takes the rules that `add` or `replaceAll` was given. */
  async remove(rules: readonly PortRule[]): Promise<void> {
    if (rules.length === 0) return;
    for (const rule of rules) this.#rules.delete(rule);
    await this.#changes.add(this.#elements('delete', rules));
  }

  /** Exactly these from now on, in one step: a connection being made meanwhile finds the old or the new. */
  async replaceAll(rules: readonly PortRule[]): Promise<void> {
    this.#rules = new Set(rules);
    await this.#changes.add(this.#exactly(rules));
  }

  /** Removes the table. It may be gone already. */
  async destroy(): Promise<void> {
    const { table } = this.#names;
    await nft(`add table ip ${table}\ndelete table ip ${table}\n`);
  }

  /** Another program may have emptied nftables, as a firewall's restart does: then everything is made again. */
  async #apply(changes: string): Promise<void> {
    try {
      await nft(changes);
    } catch (error) {
      await nft(tableScript(this.#names, this.#network) + this.#exactly([...this.#rules])).catch(() => {
        throw error;
      });
    }
  }

  #exactly(rules: readonly PortRule[]): string {
    const { table } = this.#names;
    const empty = `flush map ip ${table} published\nflush map ip ${table} published_anywhere\n`;
    return empty + this.#elements('add', rules);
  }

  #elements(verb: 'add' | 'delete', rules: readonly PortRule[]): string {
    return rules.map((rule) => this.#element(verb, rule)).join('');
  }

  #element(verb: 'add' | 'delete', rule: PortRule): string {
    const [map, key] =
      rule.bindIp === anyAddress
        ? ['published_anywhere', `${rule.protocol} . ${String(rule.hostPort)}`]
        : ['published', `${rule.protocol} . ${rule.bindIp} . ${String(rule.hostPort)}`];
    const target = verb === 'add' ? ` : ${rule.address} . ${String(rule.containerPort)}` : '';
    return `${verb} element ip ${this.#names.table} ${map} { ${key}${target} }\n`;
  }
}

function tableScript({ table, bridgePrefix }: Names, network: Network): string {
  const ours = `"${bridgePrefix}*"`;
  const tasks = formatNetwork(network);
  return `
add table ip ${table}
flush table ip ${table}
table ip ${table} {
  map published { type inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service; }
  map published_anywhere { type inet_proto . inet_service : ipv4_addr . inet_service; }

  # Before translation: a packet for 127.0.0.1 from outside would be translated before the kernel drops it as martian.
  chain guard {
    type filter hook prerouting priority raw; policy accept;
    iifname != "lo" ip daddr 127.0.0.0/8 drop
    iifname ${ours} ip saddr != ${tasks} drop
  }

  chain translate {
    dnat ip to meta l4proto . ip daddr . th dport map @published
    fib daddr type local dnat ip to meta l4proto . th dport map @published_anywhere
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    jump translate
  }
  chain output {
    type nat hook output priority -100; policy accept;
    jump translate
  }

  # Loopback's address means nothing in a task; a task that comes back in by a published port must get its answer
  # through the machine; and the world does not know the tasks' addresses.
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname ${ours} ip saddr 127.0.0.0/8 masquerade
    oifname ${ours} ip saddr ${tasks} ct status dnat masquerade
    oifname != ${ours} ip saddr ${tasks} masquerade
  }

  # Into a task: its neighbours, answers, and published ports. Nothing else, whoever routes to it.
  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname != ${ours} accept
    iifname ${ours} accept
    ct state established,related accept
    ct status dnat accept
    drop
  }
}
`;
}

/** Names of all tables of family ip. */
export async function listTables(): Promise<string[]> {
  const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'tables', 'ip'])) as {
    nftables: { table?: { name: string } }[];
  };
  return nftables.flatMap(({ table }) => (table === undefined ? [] : [table.name]));
}
