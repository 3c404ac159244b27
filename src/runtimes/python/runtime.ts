/** Functions in Python, on this machine's python3 with its standard library. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Runtime, RuntimeAvailability } from '../../core/ports/runtime.ts';
import { filesOf, findProgram } from '../../linux/programs.ts';

const run = promisify(execFile);

// Shipped as source: the path is the same from src/ and from dist/.
const LAUNCHER = fileURLToPath(new URL('../../../src/runtimes/python/launcher.py', import.meta.url));
const INSIDE = '/launcher/python.py';
const OLDEST_MINOR = 9;
const FIX = 'apt-get install python3';

export function pythonRuntime(): Runtime {
  /** Known once it was asked whether it is available. */
  let program: string | undefined;
  /** Directories of its standard library outside /usr. */
  let library: string[] = [];

  const availability = async (): Promise<RuntimeAvailability> => {
    const found = await findProgram('python3');
    if (found === undefined) return { available: false, reason: 'python3 is not installed', fix: FIX };
    // Says which program really runs: what is on the PATH may be a script that chooses one.
    const script = 'import sys; print(sys.executable, *sys.version_info[:3], *sys.path, sep="\\0", end="")';
    const answer = await run(found, ['-I', '-S', '-c', script]).catch((error: Error) => error);
    if (answer instanceof Error) return { available: false, reason: answer.message, fix: FIX };
    const [executable = '', major, minor, micro, ...path] = answer.stdout.split('\0');
    const version = `${major}.${minor}.${micro}`;
    if (major !== '3' || Number(minor) < OLDEST_MINOR)
      return { available: false, reason: `Python 3.${OLDEST_MINOR} is needed, this is ${version}`, fix: FIX };
    const real = await realpath(executable).catch((error: Error) => error);
    if (real instanceof Error) return { available: false, reason: real.message, fix: FIX };
    program = real;
    library = path.filter((each) => !each.startsWith('/usr/') && existsSync(each));
    return { available: true, version };
  };

  const found = (): string => {
    if (program === undefined) throw new Error('python3 was not looked for yet');
    return program;
  };

  return {
    name: 'python',
    sourceFile: 'main.py',
    availability,
    // Programs may expect what `site` gives them, such as exit(); nothing is written beside their files.
    program: () => [found(), '-E', '-s', '-B'],
    launch() {
      const program = found();
      return {
        // Without the machine's own packages, whichever those are; nothing is written beside the sources.
        argv: [program, '-I', '-S', '-B', INSIDE],
        environment: {},
        files: { [INSIDE]: LAUNCHER },
        directories: [...filesOf(program), ...library],
        rehearsals: 1,
      };
    },
  };
}
