/** A process in a running container, over a connection that the engine hands over to it. */
import { readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../../core/errors.ts';
import type { Engine } from '../../core/ports/engine.ts';
import type { ExecSession } from '../../core/ports/exec.ts';
import { endTree } from '../../linux/process-tree.ts';
import type { DockerClient } from './client/docker-client.ts';
import { DockerApiError } from './client/connection.ts';
import { frames } from './client/frames.ts';

type ExecOptions = NonNullable<Parameters<Engine['exec']>[3]>;

/** Of a program that could not be started, as a shell has it. */
const notStarted = 126;
const firstAskMs = 5;
const lastAskMs = 500;
const hangUpMs = 2000;

export async function openExec(
  client: DockerClient,
  container: { id: string; name: string },
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecSession> {
  const tty = options.tty ?? false;
  try {
    const id = await client.createExec(container.id, {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty,
      Cmd: argv,
      Env: Object.entries(options.environment ?? {}).map(([name, value]) => `${name}=${value}`),
      ...(options.user !== undefined && { User: options.user }),
      ...(options.workingDirectory !== undefined && { WorkingDir: options.workingDirectory }),
    });
    const { socket } = await client.startExec(id, tty);
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const closing = new AbortController();
    let ending: Promise<void> | undefined;
    const exitCode = pump(socket, tty, stdout, stderr).then(() => exitCodeOf(client, id, closing.signal));
    exitCode.then(
      () => (ending ??= Promise.resolve()),
      // A caller that never asks for the code must not bring the process down.
      () => undefined,
    );
    return {
      stdin: socket,
      stdout,
      stderr,
      resize: (columns, rows) => client.resizeExec(id, columns, rows),
      exitCode,
      close: () => {
        closing.abort();
        for (const stream of [socket, stdout, stderr]) stream.destroy();
        return (ending ??= endProcess(client, id, container.id));
      },
    };
  } catch (error) {
    if (!(error instanceof DockerApiError)) throw error;
    throw new EngineError('NotFound', `cannot run ${argv[0] ?? ''}: ${error.message}`, container.name);
  }
}

/** A program may close its output long before it ends, and the engine learns of the end a little later than we. */
async function exitCodeOf(client: DockerClient, id: string, signal: AbortSignal): Promise<number> {
  for (let wait = firstAskMs; !signal.aborted; wait = Math.min(wait * 2, lastAskMs)) {
    const { Running, ExitCode } = await client.inspectExec(id);
    if (!Running) return ExitCode ?? notStarted;
    await delay(wait, undefined, { signal, ref: false }).catch(() => undefined);
  }
  throw new EngineError('EngineUnavailable', 'the connection to the process was closed before it ended');
}

/** Engines end no process because its client has gone: it would go on, unseen, for as long as it likes. */
async function endProcess(client: DockerClient, exec: string, container: string): Promise<void> {
  const found = await client.inspectExec(exec).catch(() => undefined);
  if (!found?.Running || !found.Pid) return;
  // Its cgroup bears the container's id wherever the engine is on this machine, whichever program made it.
  const isMeant = async (pid: number) =>
    (await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')).includes(container);
  await endTree(found.Pid, { isMeant, graceMs: hangUpMs });
}

async function pump(
  socket: NodeJS.ReadableStream,
  tty: boolean,
  stdout: PassThrough,
  stderr: PassThrough,
): Promise<void> {
  try {
    const source = socket as unknown as AsyncIterable<Buffer>;
    if (tty) for await (const chunk of source) await write(stdout, chunk);
    else {
      for await (const { stream, payload } of frames(source)) {
        await write(stream === 'stderr' ? stderr : stdout, payload);
      }
    }
  } catch {
    // Closed from this side, or the engine went away: the exit code, or its absence, tells.
  } finally {
    stdout.end();
    stderr.end();
  }
}

function write(target: PassThrough, chunk: Buffer): Promise<unknown> | undefined {
  if (target.destroyed || target.write(chunk)) return undefined;
  return new Promise((resolve) => target.once('drain', resolve).once('close', resolve));
}
