/** Name servers that containers can reach. */
import { readFile } from 'node:fs/promises';

const systemResolver = '/etc/resolv.conf';
/** What systemd-resolved asks itself; /etc/resolv.conf then names only its stub on 127.0.0.53. */
const behindTheStub = '/run/systemd/resolve/resolv.conf';

/**
 * Addresses of the host's name servers that answer from inside a task's network, in order. Loopback ones do not:
 * they give way to those behind the local stub. May be empty.
 */
export async function hostNameservers(
  files: { resolvConf: string; upstream: string } = { resolvConf: systemResolver, upstream: behindTheStub },
): Promise<string[]> {
  const configured = await nameserversIn(files.resolvConf);
  const reachable = configured.filter((server) => !isLoopback(server));
  if (reachable.length === configured.length && configured.length > 0) return reachable;
  const upstream = (await nameserversIn(files.upstream)).filter((server) => !isLoopback(server));
  return [...new Set([...reachable, ...upstream])];
}

async function nameserversIn(file: string): Promise<string[]> {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return [...text.matchAll(/^[ \t]*nameserver[ \t]+([^\s#;]+)/gm)].map(([, server = '']) => server);
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');
}
