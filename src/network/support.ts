import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CommandError, run } from './command.ts';

export interface TaskNetworkSupport {
  supported: boolean;
  /** Why not. */
  reason?: string;
  /** What to do about it. */
  fix?: string;
}

/** capabilities(7). */
const netAdmin = 12n;
const sysAdmin = 21n;

/** Whether this process may and can make task networks here. Tries it; takes some 20 ms. */
export async function taskNetworkSupport(): Promise<TaskNetworkSupport> {
  if (process.platform !== 'linux') return no('task networks need Linux', 'run the server on Linux');
  if (process.geteuid?.() !== 0)
    return no('task networks need root', 'run the server as root, for example with sudo');
  const missing = await missingCapabilities();
  if (missing.length > 0)
    return no(
      `this process lacks ${missing.join(' and ')}`,
      'grant them; in a container, start it with --privileged or --cap-add',
    );
  return (await tryTools()) ?? { supported: true };
}

async function missingCapabilities(): Promise<string[]> {
  const status = await readFile('/proc/self/status', 'utf8');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const has = (bit: bigint): boolean => ((effective >> bit) & 1n) === 1n;
  return [...(has(netAdmin) ? [] : ['CAP_NET_ADMIN']), ...(has(sysAdmin) ? [] : ['CAP_SYS_ADMIN'])];
}

async function tryTools(): Promise<TaskNetworkSupport | undefined> {
  const probe = `longshore-probe-${randomBytes(4).toString('hex')}`;
  return (
    (await attempt('ip', ['netns', 'add', probe], 'iproute2')) ??
    (await attempt('ip', ['netns', 'delete', probe], 'iproute2')) ??
    // Checked, not applied: the kernel must know nftables, maps and translation.
    (await attempt('nft', ['-c', '-f', '-'], 'nftables', nftProbe)) ??
    (await attempt('nsenter', ['--version'], 'util-linux')) ??
    (await attempt('sysctl', ['--version'], 'procps'))
  );
}

const nftProbe = `table ip longshore_probe {
  map ports { type inet_proto . inet_service : ipv4_addr . inet_service; }
  chain output { type nat hook output priority -100; dnat ip to meta l4proto . th dport map @ports; }
}
`;

async function attempt(
  program: string,
  args: readonly string[],
  packageName: string,
  input?: string,
): Promise<TaskNetworkSupport | undefined> {
  try {
    await run(program, args, input);
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.notInstalled) return no(`${program} is not installed`, `install the package ${packageName}`);
    return no(
      `${program} does not work here: ${error.message}`,
      'check that the kernel allows network namespaces, veth, bridges and nftables',
    );
  }
}

function no(reason: string, fix: string): TaskNetworkSupport {
  return { supported: false, reason, fix };
}
