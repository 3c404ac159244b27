/** Logs as the ports ask for them, of an engine whose own options mean slightly other things. */
import type { HostLogLine, HostLogQuery } from '../../core/ports/host-containers.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import type { Place } from '../../core/ports/log-place.ts';
import { LineJoiner } from '../line-joiner.ts';
import { lastLines, placeAfter, selectionOf, type Selection, type Window } from '../log-selection.ts';
import type { DockerClient } from './client/docker-client.ts';
import type { ContainerDetails } from './client/types.ts';
import { logParser } from './log-lines.ts';

export interface LogSource {
  client: DockerClient;
  containerId: string;
  tty: boolean;
}

/** Reads the output of one container. */
export type LogReading = (query: HostLogQuery) => AsyncIterable<HostLogLine[]>;

export interface LogLimits {
  /** Of each file. */
  maxBytes: number;
  /** The oldest goes. */
  maxFiles: number;
}

/** Of one container: without them its output may fill the disk. */
export const usualLogLimits: LogLimits = { maxBytes: 10 * 1024 * 1024, maxFiles: 5 };

/** How the output of containers of no task is kept and read. */
export interface HostOutput {
  /** What the engine is told when one is made. */
  kept: LogLimits;
  read(details: ContainerDetails): LogReading;
  /** Told when one has been started. */
  started?(details: ContainerDetails): Promise<void>;
  /** Waited for before one is removed. */
  removing?(details: ContainerDetails): Promise<void>;
}

/** The engine does both. */
export const engineOutput = (client: DockerClient): HostOutput => ({
  kept: usualLogLimits,
  read: (details) => (query) => readLogs(logSource(client, details), query),
});

export const logSource = (client: DockerClient, { Id, Config }: ContainerDetails): LogSource => ({
  client,
  containerId: Id,
  tty: Config.Tty,
});

/** What the engine is asked for. Times are its own: seconds and nanoseconds. */
interface Range {
  since?: string | undefined;
  tail?: number | undefined;
  follow?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export async function* readLines(source: LogSource, query: LogQuery): AsyncGenerator<LogLine> {
  for await (const lines of readLogs(source, query)) {
    for (const { at, stream, message } of lines) yield { at, stream, message };
  }
}

export async function* readLogs(source: LogSource, query: HostLogQuery): AsyncGenerator<HostLogLine[]> {
  const { tail, until = Infinity, follow, signal } = query;
  const selection = selectionOf(query);
  let after = placeAfter(query);
  if (tail !== undefined) {
    const { lines, joiner } = await lastOf(source, { ...query, tail }, selection);
    if (lines.length > 0) yield lines;
    if (!follow || joiner.isBeyond(until)) return;
    after = joiner.place;
  }
  const disorderMs = source.tty ? 0 : source.client.quirks.logDisorderMs;
  const joiner = new LineJoiner({ after, disorderMs });
  const since = after ? secondsAt(after, disorderMs) : secondsBefore(source, query.since);
  for await (const lines of read(source, joiner, { since, follow, signal })) {
    const selected = selection(lines);
    if (selected.length > 0) yield selected;
    if (joiner.isBeyond(until)) return;
  }
}

/** More is asked for than this: everything. */
const mostTail = 1_000_000;
/** Where the engine's last lines are of no use: a while in which they may have been written. */
const recentMs = 600_000;
/** Pieces of one line with more records between them are not looked for. */
const wideRecords = 20_000;

/** The engine counts its last lines in records, over both streams, and before it looks at the times. */
function lastOf(
  source: LogSource,
  { tail, since, signal }: HostLogQuery & { tail: number },
  selection: Selection,
): Promise<{ lines: HostLogLine[]; joiner: LineJoiner }> {
  return lastLines({ tail, since, selection }, async (attempt): Promise<Window> => {
    const range = windowRange(source, { tail, since, attempt });
    const isWhole = range.tail === undefined && range.since === secondsBefore(source, since);
    const joiner = new LineJoiner({ isMidway: !isWhole });
    const count = { records: 0 };
    return {
      joiner,
      lines: read(source, joiner, { ...range, signal }, count),
      isAll: () => isWhole || (range.tail !== undefined && count.records < range.tail),
      isWide: (range.tail ?? 0) >= wideRecords,
    };
  });
}

/** The last of these is all that may match. */
function windowRange(
  source: LogSource,
  { tail, since, attempt }: { tail: number; since: number | undefined; attempt: number },
): Pick<Range, 'tail' | 'since'> {
  const whole = { since: secondsBefore(source, since) };
  if (!source.client.quirks.tailsRecords) {
    const recently = Date.now() - recentMs;
    if (attempt > 0 || (since !== undefined && since > recently)) return whole;
    return { since: secondsBefore(source, recently) };
  }
  const asked = (tail * 2 + 64) * 8 ** attempt;
  return asked > mostTail || (since !== undefined && attempt > 0) ? whole : { tail: asked };
}

async function* read(
  source: LogSource,
  joiner: LineJoiner,
  { since, tail, follow, signal }: Range,
  count = { records: 0 },
): AsyncGenerator<HostLogLine[]> {
  const { client, containerId, tty } = source;
  if (signal?.aborted) return;
  const query = { since, tail: tail === undefined ? 'all' : String(tail), follow: follow ? '1' : undefined };
  const response = await client.logs(containerId, query, signal);
  const parser = logParser(joiner, { tty, pieceBytes: client.quirks.logPieceBytes });
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      parser.push(chunk);
      count.records = parser.records;
      const lines = joiner.take();
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    if (!signal?.aborted) throw client.lost(error);
    return;
  } finally {
    response.destroy();
  }
  parser.end();
  if (joiner.hasOpen && (await hasEnded(source))) joiner.end();
  joiner.passPlace();
  const last = joiner.take();
  if (last.length > 0) yield last;
}

/** Of a container that goes on, so does the line that it has begun; and a connection may be cut. */
async function hasEnded({ client, containerId }: LogSource): Promise<boolean> {
  return (await client.inspectContainer(containerId))?.State.Running !== true;
}

/** An engine whose times are whole seconds has the lines of this second, and pieces of them, under those before. */
function secondsBefore({ client }: LogSource, since: number | undefined): string | undefined {
  if (since === undefined) return undefined;
  const unit = client.quirks.logTimeMs;
  const ms = Math.max(0, since - (since % unit) - unit);
  return `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}000000`;
}

/** `earlierMs`: as much before it, in whole seconds. */
function secondsAt({ stamp, from }: Place, earlierMs: number): string {
  const first = from ?? stamp;
  return `${Math.floor((Date.parse(first) - earlierMs) / 1000)}.${first.slice(20, 29)}`;
}
