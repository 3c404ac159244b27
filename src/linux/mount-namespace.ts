/**
 * A mount namespace that a server of ours owns: its mounts are nobody else's and vanish with the last process in it.
 * Podman runs in one: while containers run, their conmon processes keep it, and a new service must enter that one, for
 * only there the containers' root filesystems are mounted. Sandboxes are started in one, which holds their root.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that holds a mount namespace open. */
export interface NamespaceHolder {
  pid: number;
  release(): void;
}

/**
 * A new mount namespace. What is mounted later below a shared mount of the machine (the network namespaces) shows in
 * it, and nothing of it shows outside.
 */
export async function createMountNamespace(unmount: readonly string[]): Promise<NamespaceHolder> {
  // `cat` ends with our end of its input, also when we are killed.
  const holder = spawn('unshare', ['--mount', '--propagation', 'slave', '--', 'cat'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const release = () => holder.kill('SIGKILL');
  try {
    await answered(holder);
    const pid = holder.pid as number;
    for (const path of unmount) await run('nsenter', [`--mount=/proc/${pid}/ns/mnt`, '--', 'umount', path]);
    return { pid, release };
  } catch (error) {
    release();
    throw namingPackage(error as NodeJS.ErrnoException);
  }
}

/** Resolves when `cat` gave back what we sent it: only then the namespace is made. */
async function answered(holder: ReturnType<typeof spawn>): Promise<void> {
  let complaint = '';
  holder.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  holder.stdin?.on('error', () => {});
  const failed = Promise.race([
    once(holder, 'error').then(([error]) => Promise.reject(error as Error)),
    once(holder, 'close').then(() => Promise.reject(new Error(`no mount namespace: ${complaint.trim()}`))),
  ]);
  failed.catch(() => {});
  holder.stdin?.write('\n');
  await Promise.race([once(holder.stdout as NodeJS.ReadableStream, 'data'), failed]);
}

/** Both programs come with the same package. */
const namingPackage = (error: NodeJS.ErrnoException): Error =>
  error.code === 'ENOENT' && error.path !== undefined
    ? new Error(`${error.path} is not installed: apt-get install util-linux`, { cause: error })
    : error;

/** Arguments that run a program in the mount namespace of a process. */
export const inMountNamespaceOf = (pid: number, argv: readonly string[]): string[] => [
  'nsenter',
  `--mount=/proc/${pid}/ns/mnt`,
  '--',
  ...argv,
];
