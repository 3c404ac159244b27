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
  readonly #changes: Batcher<string>;

  constructor(names: Names) {
    this.#names = names;
    this.#changes = new Batcher((changes) => nft(changes.join('')));
  }

  /** Creates the table, or brings the rules of one found up to date; its ports stay. */
  async open(network: Network): Promise<void> {
    await nft(tableScript(this.#names, network));
  }

  async add(rules: readonly PortRule[]): Promise<void> {
    if (rules.length > 0) await this.#changes.add(rules.map((rule) => this.#element('add', rule)).join(''));
  }

  async remove(rules: readonly PortRule[]): Promise<void> {
    if (rules.length > 0)
      await this.#changes.add(rules.map((rule) => this.#element('delete', rule)).join(''));
  }

  /** Exactly these from now on, in one step: a connection being made meanwhile finds the old or the new. */
  async replaceAll(rules: readonly PortRule[]): Promise<void> {
    const { table } = this.#names;
    const empty = `flush map ip ${table} published\nflush map ip ${table} published_anywhere\n`;
    await this.#changes.add(empty + rules.map((rule) => this.#element('add', rule)).join(''));
  }

  /** Removes the table. It may be gone already. */
  async destroy(): Promise<void> {
    const { table } = this.#names;
    await nft(`add table ip ${table}\ndelete table ip ${table}\n`);
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
