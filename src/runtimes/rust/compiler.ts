/** Finding Rust on this machine: a compiler, a linker and the sources of serde_json, all of it without a network. */
import { execFile } from 'node:child_process';
import { access, constants, readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { directoriesOf, findProgram } from '../../linux/programs.ts';

const run = promisify(execFile);

/** Debian's packages of crates put their sources here, one directory for each, with its version in the name. */
export const CRATES = '/usr/share/cargo/registry';
/** The first with the edition that functions are written in. */
const OLDEST_MINOR = 56;

export interface RustCompiler {
  /** As it names itself. */
  version: string;
  /** Absolute, as all of them. */
  rustc: string;
  cargo: string;
  linker: string;
  /** Whether programs can be linked with all of the system's libraries in them. */
  linksStatically: boolean;
  /** Outside /usr, that these need. */
  directories: readonly string[];
  /** Names and versions. */
  crates: readonly string[];
}

export class NoRust extends Error {
  /** What to do about it, for people. */
  readonly fix: string;

  constructor(reason: string, fix: string) {
    super(reason);
    this.name = 'NoRust';
    this.fix = fix;
  }
}

const FIX = 'apt-get install rustc cargo librust-serde-json-dev';

/** Throws `NoRust`. `crates`: where their sources are. */
export async function findRust(crates = CRATES): Promise<RustCompiler> {
  const { version, sysroot } = await compiler();
  const cargo = await runnable(join(sysroot, 'bin/cargo'));
  if (cargo === undefined) throw new NoRust('cargo is not installed', FIX);
  const linker = (await findProgram('gcc')) ?? (await findProgram('clang'));
  if (linker === undefined) throw new NoRust('no linker is installed', 'apt-get install gcc libc6-dev');
  const found = (await readdir(crates).catch(() => [])).sort();
  if (!found.some((name) => name.startsWith('serde_json-')))
    throw new NoRust(
      `the sources of serde_json are not in ${crates}`,
      'apt-get install librust-serde-json-dev',
    );
  const rustc = join(sysroot, 'bin/rustc');
  // Names such as /usr/bin/cc lead through /etc, which sandboxes do not have.
  return {
    version,
    rustc,
    cargo,
    linker: await realpath(linker),
    linksStatically: await hasStaticLibraries(linker),
    directories: directoriesOf(rustc),
    crates: found,
  };
}

/** Distributions may keep them in packages of their own. A linker answers with a path only for what it finds. */
async function hasStaticLibraries(linker: string): Promise<boolean> {
  const paths = ['libc.a', 'libgcc_eh.a'].map(async (name) => {
    const { stdout } = await run(linker, [`-print-file-name=${name}`]);
    return isAbsolute(stdout.trim());
  });
  return Promise.all(paths).then(
    (found) => found.every(Boolean),
    () => false,
  );
}

/** The system's, or the one that the server's user has from rustup. What is on the PATH may only choose one. */
async function compiler(): Promise<{ version: string; sysroot: string }> {
  const found = (await findProgram('rustc')) ?? (await runnable(join(homedir(), '.cargo/bin/rustc')));
  if (found === undefined) throw new NoRust('rustc is not installed', FIX);
  const ask = async (...args: string[]) => {
    const answer = await run(found, args).catch((error: Error) => error);
    if (answer instanceof Error) throw new NoRust(answer.message, FIX);
    return answer.stdout.trim();
  };
  const [version, sysroot] = await Promise.all([ask('--version'), ask('--print', 'sysroot')]);
  const [, major, minor] = /^rustc (\d+)\.(\d+)/.exec(version) ?? [];
  if (major !== '1' || Number(minor) < OLDEST_MINOR)
    throw new NoRust(`Rust 1.${OLDEST_MINOR} is needed, this is ${version}`, FIX);
  return { version, sysroot };
}

const runnable = (path: string) =>
  access(path, constants.X_OK).then(
    () => path,
    () => undefined,
  );
