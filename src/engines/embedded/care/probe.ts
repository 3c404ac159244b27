/** One health check: a program in the container, with what it said and how it ended. */
import { setTimeout as delay } from 'node:timers/promises';
import { frames } from '../../docker/client/frames.ts';
import type { DockerClient } from '../../docker/client/docker-client.ts';
import { exitCodeOf } from '../../docker/task-exec.ts';
import type { Check } from './health-rule.ts';

const mostOutput = 4096;
/** For the engine to notice that a program was killed. */
const graceMs = 5_000;
/** Docker's for a check that took too long. */
const tookTooLong = -1;

export type Probe = (
  containerId: string,
  check: { argv: readonly string[]; timeoutMs: number },
  signal: AbortSignal,
) => Promise<Check>;

/** Of an engine on this machine. Rejects where the program could not be started, and when the signal fires. */
export const probeOf =
  (client: DockerClient): Probe =>
  async (containerId, { argv, timeoutMs }, signal) => {
    const startedAt = Date.now();
    const body = { AttachStdout: true, AttachStderr: true, Cmd: argv };
    const id = await client.createExec(containerId, body);
    const { socket } = await client.startExec(id, false);
    const over = new AbortController();
    const stop = () => over.abort();
    signal.addEventListener('abort', stop, { once: true });
    const output = { text: '' };
    try {
      const ended = collect(socket, output).then(() => exitCodeOf(client, id, over.signal));
      const exitCode = await within(ended, timeoutMs, signal);
      if (exitCode !== undefined) return { startedAt, finishedAt: Date.now(), exitCode, output: output.text };
      await endProgram(client, id);
      await within(ended, graceMs, signal);
      const said = `Health check exceeded timeout (${timeoutMs / 1000}s)${output.text && `: ${output.text}`}`;
      return { startedAt, finishedAt: Date.now(), exitCode: tookTooLong, output: said };
    } finally {
      over.abort();
      signal.removeEventListener('abort', stop);
      socket.destroy();
    }
  };

/** Undefined when it takes longer. */
async function within(work: Promise<number>, ms: number, signal: AbortSignal): Promise<number | undefined> {
  work.catch(() => undefined);
  const patience = new AbortController();
  const late = delay(ms, undefined, { signal: AbortSignal.any([signal, patience.signal]), ref: false });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    patience.abort();
  }
}

/** No call of the Docker API ends one. */
async function endProgram(client: DockerClient, id: string): Promise<void> {
  const { Running, Pid } = await client.inspectExec(id);
  if (!Running || !Pid) return;
  try {
    process.kill(Pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Reads to the end, so that the program is never held up, and keeps the beginning. */
async function collect(source: AsyncIterable<Buffer>, output: { text: string }): Promise<void> {
  try {
    for await (const { payload } of frames(source)) {
      const left = mostOutput - output.text.length;
      if (left > 0) output.text += payload.toString().slice(0, left);
    }
  } catch {
    // The connection broke off: whether the program ended tells.
  }
}
