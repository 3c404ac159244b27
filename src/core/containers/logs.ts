/** What a container has written, and goes on writing. */
import { AppError, EngineError } from '../errors.ts';
import type { HostContainerDetails, HostLogLine, HostLogQuery } from '../ports/host-containers.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContainerHost, HostEvent } from '../ports/container-host.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { findContainer } from './visibility.ts';

export interface LogRequest extends HostLogQuery {
  /** A part of the message, in any case. */
  search?: string | undefined;
}

/**
 * The container is found before the first line is read, so that what is wrong with it is told with a status. With
 * `follow` the lines go on over every run of the container, until it is removed or the signal fires; none is lost or
 * told twice in between. With `search`, `tail` counts what matches.
 */
export async function readLogs(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  { search, ...request }: LogRequest,
): Promise<AsyncIterable<HostLogLine>> {
  const container = await findContainer(core, caller, reference);
  const host = hostOf(core);
  const goesOn = request.follow === true && request.until === undefined;
  const read = (query: HostLogQuery) =>
    goesOn ? overRuns(host, core.clock, container.id, query) : host.containers.logs(container, query);
  if (search === undefined) return read(request);
  const part = search.toLowerCase();
  const { tail, ...all } = request;
  if (tail === undefined) return matching(read(all), part);
  if (!goesOn) return lastOf(matching(read(all), part), tail);
  const once = host.containers.logs(container, { ...all, follow: false });
  return lastThenFollowing(once, (from) => read({ ...all, ...from }), {
    part,
    tail,
  });
}

/** The last lines that match of what there is, then what comes. */
async function* lastThenFollowing(
  once: AsyncIterable<HostLogLine>,
  follow: (from?: { since: undefined; after: string }) => AsyncIterable<HostLogLine>,
  { part, tail }: { part: string; tail: number },
): AsyncGenerator<HostLogLine> {
  let newest: HostLogLine | undefined;
  const seen = async function* () {
    for await (const line of once) yield (newest = line);
  };
  yield* lastOf(matching(seen(), part), tail);
  yield* matching(follow(newest && { since: undefined, after: newest.cursor }), part);
}

async function* matching(lines: AsyncIterable<HostLogLine>, part: string): AsyncGenerator<HostLogLine> {
  for await (const line of lines) if (line.message.toLowerCase().includes(part)) yield line;
}

async function* lastOf(lines: AsyncIterable<HostLogLine>, count: number): AsyncGenerator<HostLogLine> {
  let kept: HostLogLine[] = [];
  for await (const line of lines) {
    kept.push(line);
    if (kept.length > count * 2 + 1024) kept = count === 0 ? [] : kept.slice(-count);
  }
  if (count > 0) yield* kept.slice(-count);
}

/** Between two readings that ended at once, so that a container that ends as it starts is not read in a circle. */
const pauseMs = 200;
/** How often a container that does not run is looked at where the engine tells of no events. */
const lookMs = 500;

/** An engine ends the reading with each run of the container. */
async function* overRuns(
  host: ContainerHost,
  clock: Clock,
  id: string,
  query: HostLogQuery,
): AsyncGenerator<HostLogLine> {
  let next = query;
  // Where nothing was there to begin with, what comes later is all there is.
  const begun = clock.now();
  while (query.signal?.aborted !== true) {
    const from = clock.now();
    const run = await runOf(host, id);
    if (run === undefined) return;
    let last: HostLogLine | undefined;
    for await (const line of host.containers.logs(run.details, next)) yield (last = line);
    const { tail: _, since, after, ...range } = next;
    if (last !== undefined) next = { ...range, after: last.cursor };
    else next = after === undefined ? { ...range, since: since ?? begun } : { ...range, after };
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

function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ms, done);
    if (signal?.aborted === true) done();
    else signal?.addEventListener('abort', done, { once: true });
  });
}
