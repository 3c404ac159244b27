/**
 * A mount namespace that a server of ours owns: its mounts are nobody else's and vanish with the last process in it.
 * Podman runs in one: while containers run, their conmon processes keep it, and a new service must enter that one, for
 * only there the containers' root filesystems are mounted. Sandboxes are started in one, which holds their root.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that holds a mount namespace open. */
export interface NamespaceHolder {
  pid: number;
  release(): void;
}

export interface MountNamespaceOptions {
  /** Mount points that it must not have. */
  unmount: readonly string[];
  /** Shared mounts of the machine below which it mounts what is to outlive it. */
  shared?: readonly string[];
}

/**
 * A new mount namespace. What is mounted later below a shared mount of the machine (the network namespaces) shows in
 * it, and nothing of it shows outside but what is mounted below those that stay shared.
 */
export async function createMountNamespace({
  unmount,
  shared = [],
}: MountNamespaceOptions): Promise<NamespaceHolder> {
  const propagation = shared.length > 0 ? 'unchanged' : 'slave';
  // `cat` ends with our end of its input, also when we are killed.
  const holder = spawn('unshare', ['--mount', '--propagation', propagation, '--', 'cat'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const release = () => holder.kill('SIGKILL');
  try {
    await answered(holder);
    const pid = holder.pid as number;
    const inside = async (program: string, ...args: string[]) => {
      const [enter = '', ...argv] = inMountNamespaceOf(pid, [program, ...args]);
      await run(enter, argv);
    };
    if (shared.length > 0) await shareOnly(shared, pid, (path) => inside('mount', '--make-slave', path));
    for (const path of unmount) await inside('umount', path);
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

/** What the machine mounts and unmounts meanwhile comes and goes here too. */
async function shareOnly(
  shared: readonly string[],
  pid: number,
  makeSlave: (path: string) => Promise<void>,
): Promise<void> {
  const done = new Set<string>();
  const isShared = (path: string) => shared.some((each) => path === each || path.startsWith(`${each}/`));
  const others = async () => (await sharedMounts(pid)).filter((path) => !isShared(path) && !done.has(path));
  for (let paths = await others(); paths.length > 0; paths = await others()) {
    for (const path of paths) {
      done.add(path);
      await makeSlave(path).catch(async (error: unknown) => {
        if ((await sharedMounts(pid)).includes(path)) throw error;
      });
    }
  }
}

/** Mount points (proc(5), mountinfo: optional fields stand between the mount options and a lone hyphen). */
async function sharedMounts(pid: number): Promise<string[]> {
  const lines = (await readFile(`/proc/${pid}/mountinfo`, 'utf8')).split('\n');
  return lines
    .filter((line) => line.split(' - ')[0]?.includes(' shared:'))
    .map((line) => line.split(' ')[4] ?? '')
    .map((path) =>
      path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8))),
    );
}

/** All programs come with the same package. */
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
