/** Whether a container that was just started is good: healthy by its check, or running for a while without one. */
import { AppError, EngineError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerHost } from '../../ports/container-host.ts';
import type { HealthCheck } from '../../ports/host-container-spec.ts';
import type { HostContainerDetails } from '../../ports/host-containers.ts';
import { writtenOut } from './own-spec.ts';

export interface Patience {
  /** How long one without a check has to run. Absent: 3 seconds. */
  stableSeconds?: number;
  /** How long the health check has to become good. Absent: as long as its own words allow it to fail. */
  timeoutSeconds?: number;
}

interface Waiting extends Patience {
  host: ContainerHost;
  clock: Clock;
  signal: AbortSignal;
}

const usualStableSeconds = 3;
const leastTimeoutSeconds = 30;
const lookEveryMs = 200;
const probeEveryMs = 1000;

/** Resolves once it is. Throws `Conflict` saying why it is not, and the signal's reason. */
export async function untilGood(id: string, waiting: Waiting): Promise<void> {
  const { host, clock, signal, stableSeconds = usualStableSeconds } = waiting;
  const { spec } = await host.containers.inspect(id);
  const check = spec.healthCheck && spec.healthCheck.test[0] !== 'NONE' ? spec.healthCheck : undefined;
  const startedAt = clock.now();
  const seconds = check ? (waiting.timeoutSeconds ?? longestOf(check)) : stableSeconds;
  let probedAt = -Infinity;
  while (true) {
    signal.throwIfAborted();
    const seen = await host.containers.inspect(id);
    refuseEnded(seen);
    const now = clock.now();
    if (check === undefined) {
      if (now - startedAt >= seconds * 1000) return;
    } else if (host.checksHealth) {
      if (seen.health === 'healthy') return;
      if (seen.health === 'unhealthy') throw notGood(`its health check fails: ${lastWords(seen)}`);
    } else if (now - probedAt >= probeEveryMs) {
      probedAt = now;
      if (await passes(id, check, waiting)) return;
    }
    if (check !== undefined && clock.now() - startedAt >= seconds * 1000) {
      throw notGood(`it was not healthy within ${seconds} seconds.${said(lastWords(seen))}`);
    }
    await pause(clock, signal, lookEveryMs);
  }
}

/** Until an engine would call it unhealthy. */
function longestOf(check: HealthCheck): number {
  const { startPeriodSeconds, intervalSeconds, timeoutSeconds, retries } = writtenOut(check);
  return Math.max(
    leastTimeoutSeconds,
    startPeriodSeconds + (intervalSeconds + timeoutSeconds) * (retries + 1),
  );
}

function refuseEnded({ state, exitCode, oomKilled, error, restartCount }: HostContainerDetails): void {
  if (state === 'running' && restartCount === 0) return;
  if (state === 'restarting' || restartCount > 0) throw notGood('it ends again and again.');
  const why = oomKilled ? ': its memory was not enough' : '';
  throw notGood(`it ended with exit code ${exitCode ?? 'unknown'}${why}.${said(error)}`);
}

const notGood = (why: string) => new AppError('Conflict', `The new container is not good: ${why}`);
const said = (text: string): string => (text === '' ? '' : ` ${text}`);

const mostWords = 500;
function lastWords({ healthLog }: HostContainerDetails): string {
  const last = healthLog?.checks.at(-1);
  return last === undefined ? '' : `exit code ${last.exitCode}: ${last.output.trim().slice(0, mostWords)}`;
}

/** Run by us, where the engine runs no checks. One that takes too long has failed. */
async function passes(id: string, check: HealthCheck, { host, clock, signal }: Waiting): Promise<boolean> {
  const { test, timeoutSeconds } = writtenOut(check);
  const [kind, ...rest] = test;
  const argv = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', rest.join(' ')] : rest;
  const session = await host.containers.exec(id, argv).catch((error: unknown) => {
    // It ended meanwhile, or has no such program: the next look tells the first.
    if (error instanceof AppError || (error instanceof EngineError && error.code === 'NotFound'))
      return undefined;
    throw error;
  });
  if (session === undefined) return false;
  session.stdout.resume();
  session.stderr.resume();
  session.stdin.end();
  const late = new AbortController();
  const timer = clock.after(timeoutSeconds * 1000, () => late.abort());
  const given = AbortSignal.any([late.signal, signal]);
  const stop = new Promise<undefined>((resolve) => {
    given.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    return (await Promise.race([session.exitCode, stop])) === 0;
  } catch {
    return false;
  } finally {
    timer.cancel();
    void session.close();
  }
}

/** Rejects with the signal's reason. */
export function pause(clock: Clock, signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      timer.cancel();
      reject(signal.reason as Error);
    };
    const timer = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
