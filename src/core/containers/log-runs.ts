/** The output of a container over all its runs: an engine ends the reading with each of them. */
import { AppError, EngineError } from '../errors.ts';
import { pause } from '../pause.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContainerHost, HostEvent } from '../ports/container-host.ts';
import type { HostContainerDetails, HostLogLine, HostLogQuery } from '../ports/host-containers.ts';

export interface Following {
  host: ContainerHost;
  clock: Clock;
  /** The container's. */
  id: string;
  /** The cursor of the last line that was read. */
  reached: () => string | undefined;
}

/** Between two readings that ended at once, so that a container that ends as it starts is not read in a circle. */
const pauseMs = 200;
/** How often a container that does not run is looked at where the engine tells of no events. */
const lookMs = 500;
/** What was written before `until` may take so long to reach us. */
const lateMs = 500;
/** The longest that a timer can wait. */
const longestMs = 2 ** 31 - 1;

/** Ends when the container is removed, the signal fires or `until` has come. */
export async function* overRuns(following: Following, query: HostLogQuery): AsyncGenerator<HostLogLine[]> {
  const { clock } = following;
  if (query.until === undefined) {
    yield* followed(following, query);
    return;
  }
  const over = new AbortController();
  const wait = Math.min(Math.max(0, query.until - clock.now()) + lateMs, longestMs);
  const timer = clock.after(wait, () => over.abort());
  const signal = query.signal ? AbortSignal.any([query.signal, over.signal]) : over.signal;
  try {
    yield* followed(following, { ...query, signal });
  } finally {
    timer.cancel();
  }
}

async function* followed(
  { host, clock, id, reached }: Following,
  query: HostLogQuery,
): AsyncGenerator<HostLogLine[]> {
  let next = query;
  while (query.signal?.aborted !== true) {
    const from = clock.now();
    const run = await runOf(host, id);
    if (run === undefined) return;
    yield* host.containers.logs(run.details, next);
    const { tail: _, since, after, ...range } = next;
    const last = reached() ?? after;
    // Where nothing was there, all that comes later is new.
    next = last === undefined ? { ...range, since } : { ...range, after: last };
    if (!(await runsAgain(host, clock, { id, run, from, signal: query.signal }))) return;
    await pause(clock, pauseMs, query.signal);
  }
}

interface Run {
  details: HostContainerDetails;
  isRunning: boolean;
  startedAt: number | undefined;
}

/** Undefined where the container is gone. */
async function runOf(host: ContainerHost, id: string): Promise<Run | undefined> {
  try {
    const details = await host.containers.inspect(id);
    const { state, startedAt } = details;
    const isRunning = state === 'running' || state === 'restarting' || state === 'paused';
    return { details, isRunning, startedAt };
  } catch (error) {
    if (error instanceof AppError && error.code === 'ResourceNotFound') return undefined;
    throw error;
  }
}

interface Waiting {
  id: string;
  /** What was read. */
  run: Run;
  /** Epoch ms from which on changes count. */
  from: number;
  signal: AbortSignal | undefined;
}

/** Resolves once it runs, or did since; with false when it is gone or nobody waits any more. */
async function runsAgain(host: ContainerHost, clock: Clock, waiting: Waiting): Promise<boolean> {
  const seen = new AbortController();
  const signal = waiting.signal ? AbortSignal.any([waiting.signal, seen.signal]) : seen.signal;
  const changes = changesOf(host, clock, { ...waiting, signal });
  // Asked for before the look, so that no start falls between the two.
  let change = changes.next();
  try {
    while (true) {
      const now = await runOf(host, waiting.id);
      if (now === undefined || signal.aborted) return false;
      if (now.isRunning || now.startedAt !== waiting.run.startedAt) return true;
      if ((await change).done) return false;
      change = changes.next();
    }
  } finally {
    seen.abort();
    // One that nobody waits for any more may fail.
    await change.catch(() => undefined);
    await changes.return(undefined);
  }
}

/** Yields whenever something may have happened to it. */
async function* changesOf(
  host: ContainerHost,
  clock: Clock,
  { id, from, signal }: Waiting & { signal: AbortSignal },
): AsyncGenerator<undefined, undefined> {
  const events = eventsOf(host, from, signal);
  if (events === undefined) {
    while (!signal.aborted) {
      await pause(clock, lookMs, signal);
      yield undefined;
    }
    return undefined;
  }
  for await (const event of events) if (event.kind === 'resync' || event.id === id) yield undefined;
  return undefined;
}

/** Undefined where the engine has none. */
function eventsOf(
  host: ContainerHost,
  since: number,
  signal: AbortSignal,
): AsyncIterable<HostEvent> | undefined {
  try {
    return host.events({ since, kinds: ['container'], signal });
  } catch (error) {
    if (error instanceof EngineError && error.code === 'UnsupportedByEngine') return undefined;
    throw error;
  }
}
