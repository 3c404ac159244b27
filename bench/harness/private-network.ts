import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run } from '../../test/fixtures/processes.ts';

const mark = 'LONGSHORE_BENCH_NETWORK';

/**
 * Runs `work` in a network namespace of its own, by starting the program anew in one: Docker's bridge and packet
 * filter rules and our own then touch nothing of the machine, and go with the last process. It has a loopback and
 * nothing else. Resolves in both processes when the work is done; the outer one takes over the exit code.
 */
export async function inPrivateNetwork(program: string, work: () => Promise<void>): Promise<void> {
  if (process.env[mark] !== undefined) {
    delete process.env[mark];
    await run('ip', ['link', 'set', 'lo', 'up']);
    return work();
  }
  const argv = [process.execPath, '--import', 'tsx', fileURLToPath(program), ...process.argv.slice(2)];
  // A session of its own: Ctrl-C reaches only the inner program, through here, and not the daemons it started.
  const child = spawn('unshare', ['--net', '--', ...argv], {
    stdio: 'inherit',
    detached: true,
    env: { ...process.env, [mark]: '1' },
  });
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGINT', pass);
  process.on('SIGTERM', pass);
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  process.off('SIGINT', pass);
  process.off('SIGTERM', pass);
}
