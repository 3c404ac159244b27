/** Who has a port, as far as /proc tells (proc(5): /proc/net/tcp, /proc/net/udp, /proc/pid/fd). */
import { readFile, readdir, readlink } from 'node:fs/promises';
import { endianness } from 'node:os';
import { formatAddress } from './addresses.ts';

const listening = '0A';
const anyAddress = '0.0.0.0';

/** For people: "nginx (pid 812)", "Longshore itself". Undefined when it cannot be told. */
export async function portUser(
  protocol: 'tcp' | 'udp',
  bindIp: string,
  port: number,
): Promise<string | undefined> {
  const inodes = await socketsOn(protocol, bindIp, port);
  if (inodes.size === 0) return undefined;
  const pid = await processWith(inodes);
  if (pid === undefined) return undefined;
  if (pid === process.pid) return 'Longshore itself';
  const name = (await readFile(`/proc/${String(pid)}/comm`, 'utf8').catch(() => '')).trim();
  return `${name || 'a process'} (pid ${String(pid)})`;
}

async function socketsOn(protocol: 'tcp' | 'udp', bindIp: string, port: number): Promise<Set<string>> {
  const inodes = new Set<string>();
  for (const family of ['', '6']) {
    const table = await readFile(`/proc/net/${protocol}${family}`, 'utf8').catch(() => '');
    for (const line of table.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [address = '', hexPort = ''] = (fields[1] ?? '').split(':');
      if (parseInt(hexPort, 16) !== port) continue;
      if (protocol === 'tcp' && fields[3] !== listening) continue;
      const inode = fields[9];
      if (inode !== undefined && inTheWay(address, bindIp)) inodes.add(`socket:[${inode}]`);
    }
  }
  return inodes;
}

function inTheWay(hexAddress: string, bindIp: string): boolean {
  // An IPv6 socket takes the port of IPv4 too when it is bound to every address.
  if (hexAddress.length > 8) return /^0*$/.test(hexAddress);
  const bytes = Buffer.from(hexAddress, 'hex');
  const address = formatAddress(endianness() === 'LE' ? bytes.readUInt32LE(0) : bytes.readUInt32BE(0));
  return address === bindIp || address === anyAddress || bindIp === anyAddress;
}

async function processWith(sockets: ReadonlySet<string>): Promise<number | undefined> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const descriptors = await readdir(`/proc/${entry}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${entry}/fd/${descriptor}`).catch(() => '');
      if (sockets.has(target)) return Number(entry);
    }
  }
  return undefined;
}
