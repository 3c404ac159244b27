/** Runs the system's own tools (ip, nft, nsenter …): argv arrays only, input over stdin. */
import { spawn } from 'node:child_process';

/** These tools live in sbin, which an unprivileged user's PATH, inherited by a server, may lack. */
const environment = {
  ...process.env,
  PATH: [process.env.PATH, '/usr/sbin', '/sbin', '/usr/bin', '/bin'].filter(Boolean).join(':'),
  LC_ALL: 'C',
};

export class CommandError extends Error {
  readonly command: string;
  /** `ENOENT` where the program is not installed. */
  override readonly cause: unknown;

  constructor(command: string, message: string, cause?: unknown) {
    super(`${command}: ${message}`);
    this.name = 'CommandError';
    this.command = command;
    this.cause = cause;
  }

  get notInstalled(): boolean {
    return (this.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  }
}

/** Resolves with what it printed. Throws `CommandError` with what it complained about when it fails. */
export function run(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    // A program that ends without reading its input breaks the pipe; its exit code tells what happened.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.on('error', (error) => reject(new CommandError(program, error.message, error)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output).toString());
      else {
        const complaint = Buffer.concat(complaints).toString().trim();
        reject(new CommandError(program, complaint || `ended with ${signal ?? String(code)}`));
      }
    });
  });
}

/** Runs lines of `ip` commands in one process; stops at the first that fails. */
export async function ipBatch(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await run('ip', ['-batch', '-'], lines.join('\n') + '\n');
}

/** The same, going on after a line that fails: for removing what may be gone already. Throws where it cannot run. */
export async function ipBatchForced(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  try {
    await run('ip', ['-force', '-batch', '-'], lines.join('\n') + '\n');
  } catch (error) {
    if (!(error instanceof CommandError) || error.cause !== undefined) throw error;
  }
}

/** Applies a script to nftables as one transaction. */
export async function nft(script: string): Promise<void> {
  await run('nft', ['-f', '-'], script);
}
