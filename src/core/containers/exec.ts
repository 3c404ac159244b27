/** Processes that people start in a container that runs, beside its own. */
import { AppError, EngineError } from '../errors.ts';
import type { ExecSession } from '../ports/exec.ts';
import type { ExecOptions, HostContainerDetails } from '../ports/host-containers.ts';
import { requireScope, type Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { findContainer } from './visibility.ts';

export interface ExecCommand extends ExecOptions {
  argv: readonly string[];
}

export interface CommandRun extends ExecCommand {
  /** What it reads; it finds the end of its input after it. */
  input: string;
  timeoutMs: number;
  /** Ends the process. */
  signal: AbortSignal;
}

export interface CommandResult {
  /** Absent where it had to be ended. */
  exitCode?: number;
  stdout: string;
  stderr: string;
  /** It wrote more than is told here. */
  truncated: boolean;
}

/** Of each stream: bytes. */
const mostKept = 1024 * 1024;

/** Who runs processes in a container of a task needs the scope for that too. Throws `Forbidden`. */
export async function requireExec(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<HostContainerDetails> {
  requireScope(caller, 'containers:exec');
  const found = await findContainer(core, caller, reference);
  if (found.task !== undefined) requireScope(caller, 'tasks:exec');
  return found;
}

/** Throws `Conflict` where the container does not run, `InvalidParameter` where the engine refuses the command. */
export async function startCommand(
  core: ContainersCore,
  { id }: HostContainerDetails,
  { argv, ...options }: ExecCommand,
): Promise<ExecSession> {
  try {
    return await hostOf(core).containers.exec(id, argv, options);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'NotFound') throw error;
    throw new AppError('InvalidParameter', error.message, { field: 'command' });
  }
}

/** To its end, or until its time is over. Throws as above, and `Unavailable` where the signal ended it. */
export async function runCommand(
  core: ContainersCore,
  container: HostContainerDetails,
  { input, timeoutMs, signal, ...command }: CommandRun,
): Promise<CommandResult> {
  const session = await startCommand(core, container, command);
  const end = () => void session.close();
  let isLate = false;
  const patience = core.clock.after(timeoutMs, () => {
    isLate = true;
    end();
  });
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  session.stdin.on('error', () => undefined);
  session.stdin.end(input);
  try {
    const [stdout, stderr] = await Promise.all([read(session.stdout), read(session.stderr)]);
    if (signal.aborted) throw new AppError('Unavailable', 'The process was ended, as nobody waits for it.');
    return {
      ...(!isLate && { exitCode: await session.exitCode }),
      stdout: stdout.text,
      stderr: stderr.text,
      truncated: stdout.truncated || stderr.truncated,
    };
  } finally {
    patience.cancel();
    signal.removeEventListener('abort', end);
    await session.close();
  }
}

/** As much as is kept; the rest is read and dropped, so that the process can end. */
async function read(stream: NodeJS.ReadableStream): Promise<{ text: string; truncated: boolean }> {
  const kept: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (size < mostKept) kept.push(chunk.subarray(0, mostKept - size));
      size += chunk.length;
    }
  } catch {
    // Closed before its end, by us or by the engine: the exit code, or its absence, tells.
  }
  return { text: Buffer.concat(kept).toString('utf8'), truncated: size > mostKept };
}
