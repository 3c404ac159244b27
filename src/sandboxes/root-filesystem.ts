/**
 * The root filesystem that all sandboxes share: a small tmpfs with this machine's own /usr and libraries bound into
 * it, everything read-only. It lies in a mount namespace of ours, so nobody else sees it and it goes with us.
 */
import { execFile } from 'node:child_process';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Launch } from '../core/ports/runtime.ts';
import { inMountNamespaceOf } from '../linux/mount-namespace.ts';

const run = promisify(execFile);

const SYSTEM_DIRECTORIES = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64'];
const EMPTY_DIRECTORIES = ['/proc', '/dev', '/etc'];
/** runc gives what it mounts here the mode of the directory below. */
const FOR_ANYBODY = ['/tmp', '/function'];
/** What the dynamic linker and the C library read. */
const COPIED = ['/etc/ld.so.cache', '/etc/ld.so.conf'];
const WRITTEN = {
  '/etc/passwd':
    'root:x:0:0::/:/usr/sbin/nologin\nfunction:x:1000:1000::/tmp:/usr/sbin/nologin\nnobody:x:65534:65534::/:/usr/sbin/nologin\n',
  '/etc/group': 'root:x:0:\nfunction:x:1000:\nnogroup:x:65534:\n',
  '/etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
  '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
};

/**
 * `target` is an empty directory; the mounts are made in the namespace of process `namespace` only. `shown`: further
 * directories of this machine by where they are inside.
 */
export async function mountRootFilesystem(
  namespace: number,
  target: string,
  launches: readonly Launch[],
  shown: Readonly<Record<string, string>> = {},
): Promise<void> {
  const mount = async (...args: string[]) => {
    const [program = '', ...rest] = inMountNamespaceOf(namespace, ['mount', ...args]);
    await run(program, rest);
  };
  const bound: string[] = [];
  // The namespace's own view of it: outside, the target stays empty.
  const inside = (path: string) => join(`/proc/${namespace}/root`, target, path);

  await mount('-t', 'tmpfs', '-o', 'mode=755,size=4m,nosuid,nodev', 'tmpfs', target);
  for (const path of [...EMPTY_DIRECTORIES, ...FOR_ANYBODY]) await mkdir(inside(path));
  for (const path of FOR_ANYBODY) await chmod(inside(path), 0o1777);
  for (const path of SYSTEM_DIRECTORIES) {
    const link = await linkTarget(path);
    if (link === 'missing') continue;
    if (link === undefined) bound.push(path);
    else await symlink(link, inside(path));
  }
  for (const path of launches.flatMap(({ directories }) => directories)) {
    if (!bound.some((each) => path === each || path.startsWith(`${each}/`))) bound.push(path);
  }
  for (const [path, from] of [...bound.map((each) => [each, each] as const), ...Object.entries(shown)]) {
    if ((await stat(from)).isDirectory()) await mkdir(inside(path), { recursive: true });
    else {
      await mkdir(inside(dirname(path)), { recursive: true });
      await writeFile(inside(path), '');
    }
    await mount('--bind', from, join(target, path));
    await mount('-o', 'remount,bind,ro,nosuid,nodev', join(target, path));
  }
  await writeSystemFiles(inside);
  for (const { files } of launches) await copyFiles(files, inside);
  await mount('-o', 'remount,ro,nosuid,nodev', target);
}

async function linkTarget(path: string): Promise<string | undefined> {
  const status = await lstat(path).catch(() => undefined);
  if (status === undefined) return 'missing';
  return status.isSymbolicLink() ? await readlink(path) : undefined;
}

async function writeSystemFiles(inside: (path: string) => string): Promise<void> {
  for (const [path, text] of Object.entries(WRITTEN)) await writeFile(inside(path), text, { mode: 0o644 });
  for (const path of COPIED) {
    await copyFile(path, inside(path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

async function copyFiles(
  files: Readonly<Record<string, string>>,
  inside: (path: string) => string,
): Promise<void> {
  for (const [path, source] of Object.entries(files)) {
    await mkdir(inside(dirname(path)), { recursive: true, mode: 0o755 });
    await writeFile(inside(path), await readFile(source), { mode: 0o644 });
  }
}
