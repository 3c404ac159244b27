import { isIPv6 } from 'node:net';

/**
 * What counts as one client: an IPv4 address, or the /64 network that a single IPv6 client has to itself
 * (RFC 6177). `ip` is Fastify's, which looks behind trusted proxies only; absent for the socket of a file.
 */
export function clientAddress(ip: string | undefined): string {
  if (!ip) return 'local';
  // Asked of every request: to see that it is no IPv6 address costs less this way than to match one.
  if (!ip.includes(':')) return ip.slice(0, 64);
  if (ip.startsWith('::ffff:') && ip.includes('.')) return ip.slice('::ffff:'.length);
  return isIPv6(ip) ? network64(ip) : ip.slice(0, 64);
}

/** The first four groups, with `::` written out. */
function network64(ip: string): string {
  const [head = '', tail] = ip.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
