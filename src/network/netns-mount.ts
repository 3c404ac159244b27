import { mkdir, readFile } from 'node:fs/promises';
import { run } from './command.ts';
import { namespaceDirectory } from './links.ts';

/**
 * Makes /run/netns a shared mount, as `ip netns add` does on first use. Call it before starting a program in a slave
 * mount namespace: only then does that program see the task networks made later (mount_namespaces(7)).
 */
export async function ensureSharedNetnsMount(): Promise<void> {
  await mkdir(namespaceDirectory, { recursive: true, mode: 0o755 });
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const mount = mounts.split('\n').findLast((line) => line.split(' ')[4] === namespaceDirectory);
  // proc(5): optional fields stand between the mount options and a lone hyphen.
  if (mount?.split(' - ')[0]?.includes(' shared:') === true) return;
  if (mount === undefined) await run('mount', ['--bind', namespaceDirectory, namespaceDirectory]);
  await run('mount', ['--make-rshared', namespaceDirectory]);
}
