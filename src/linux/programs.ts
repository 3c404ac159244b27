import { spawnSync } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** Where distributions keep helpers that are not for a user's PATH. */
const HELPER_DIRECTORIES = [
  '/usr/libexec/podman',
  '/usr/local/libexec/podman',
  '/usr/lib/podman',
  '/usr/lib/crio',
];

export type ProgramName =
  | 'podman'
  | 'conmon'
  | 'crun'
  | 'runc'
  | 'catatonit'
  | 'unshare'
  | 'nsenter'
  | 'umount'
  | 'mount'
  | 'python3'
  | 'rustc'
  | 'cargo'
  | 'gcc'
  | 'clang';

/** Path of a program that may be run, or undefined. */
export async function findProgram(name: ProgramName): Promise<string | undefined> {
  for (const directory of [...DIRECTORIES, ...HELPER_DIRECTORIES]) {
    const path = join(directory, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/**
 * A PATH with the directories of the system's own programs after its own: `unshare`, `mount` and `ip` are found
 * however the server was started. Drops empty entries, which stand for the working directory.
 */
export function withSystemDirectories(path = ''): string {
  return [...new Set([...path.split(':').filter(Boolean), ...DIRECTORIES])].join(':');
}

/** What a program of that real path needs to be shown of the machine, where /usr is already. */
export function directoriesOf(program: string): string[] {
  return program.startsWith('/usr/') ? [] : [dirname(dirname(program))];
}

const libraries = new Map<string, readonly string[]>();

/**
 * Files that a program of that real path needs to be shown of the machine, where /usr is already: itself and the
 * libraries it is linked with, and nothing that lies beside them.
 */
export function filesOf(program: string): string[] {
  if (program.startsWith('/usr/')) return [];
  const known = libraries.get(program) ?? librariesOf(program);
  libraries.set(program, known);
  return [program, ...known];
}

/** Lines of `ldd`: `libname.so => /path/libname.so (0x…)`. A program that is linked with none is none of its errors. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  const paths = [...(stdout ?? '').matchAll(/=> (\/\S+) \(/g)].map(([, path]) => path as string);
  return paths.filter((path) => !/^\/(usr|lib|lib32|lib64)\//.test(path));
}
