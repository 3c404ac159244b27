/** Logs as the port asks for them, of an engine whose own options mean slightly other things. */
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import { after, type Place, type StampedLine } from '../log-cursor.ts';
import type { DockerClient } from './client/docker-client.ts';
import { logLines } from './log-lines.ts';

export interface LogSource {
  client: DockerClient;
  containerId: string;
  tty: boolean;
}

/** `until` of a request in the engine's seconds; `since` is a stamp or milliseconds. */
interface Range {
  since?: string;
  until?: string;
  tail?: number;
  follow?: boolean;
}

export async function* readLogs(source: LogSource, query: LogQuery): AsyncGenerator<LogLine> {
  for await (const { at, stream, message } of stampedLogs(source, query)) yield { at, stream, message };
}

export async function* stampedLogs(source: LogSource, query: LogQuery): AsyncGenerator<StampedLine> {
  const { since, until, tail, follow, signal } = query;
  const range = { since: since === undefined ? undefined : seconds(floorTo(source, since)) };
  if (tail === undefined) {
    yield* matching(read(source, { ...range, follow }, signal), source, query);
    return;
  }
  const { lines, last } = await lastLines(source, query, tail);
  yield* lines;
  if (!follow || (until !== undefined && until <= Date.now())) return;
  yield* after(last, matching(read(source, { since: sinceOf(last, range), follow }, signal), source, query));
}

/**
 * The engine counts `tail` in pieces of lines, and before it looks at the times. So more is asked for than is wanted,
 * and everything where that was not enough.
 */
async function lastLines(
  source: LogSource,
  query: LogQuery,
  tail: number,
): Promise<{ lines: StampedLine[]; last: Place | undefined }> {
  const { since, until, signal } = query;
  const ask = tail * 2 + 64;
  if (since === undefined && until === undefined) {
    const lines = await lastOf(read(source, { tail: ask }, signal), ask + 1);
    const last = lastStamp(lines);
    const whole = lines.length < ask / 2;
    // The first one may be the rest of a longer line, and may have others of its time before it.
    if (!whole && lines.length > tail && lines[0]!.stamp !== last?.stamp)
      return { lines: cut(lines, tail), last };
  }
  const range = { since: since === undefined ? undefined : seconds(floorTo(source, since)) };
  const kept = await lastOf(matching(read(source, range, signal), source, query), Math.max(tail, 1) + 1024);
  return { lines: cut(kept, tail), last: lastStamp(kept) };
}

const cut = <T>(lines: T[], tail: number) => (tail === 0 ? [] : lines.slice(-tail));

async function lastOf(lines: AsyncIterable<StampedLine>, count: number): Promise<StampedLine[]> {
  let kept: StampedLine[] = [];
  for await (const line of lines) {
    kept.push(line);
    if (kept.length >= count * 2) kept = kept.slice(-count);
  }
  return kept.slice(-count);
}

function lastStamp(lines: readonly StampedLine[]): Place | undefined {
  const stamp = lines.at(-1)?.stamp;
  return stamp === undefined
    ? undefined
    : { stamp, count: lines.filter((line) => line.stamp === stamp).length };
}

async function* read(
  source: LogSource,
  range: Range,
  signal: AbortSignal | undefined,
): AsyncGenerator<StampedLine> {
  const { client, containerId, tty } = source;
  if (signal?.aborted) return;
  const response = await client.logs(
    containerId,
    {
      since: range.since,
      tail: range.tail === undefined ? 'all' : String(range.tail),
      follow: range.follow ? '1' : undefined,
    },
    signal,
  );
  try {
    yield* logLines(response, tty);
  } catch (error) {
    if (!signal?.aborted) throw client.lost(error);
  } finally {
    response.destroy();
  }
}

async function* matching(
  lines: AsyncIterable<StampedLine>,
  source: LogSource,
  { since, until }: LogQuery,
): AsyncGenerator<StampedLine> {
  const from = since === undefined ? 0 : floorTo(source, since);
  for await (const line of lines) {
    if (line.at < from) continue;
    // Times rise, so nothing later can match either.
    if (until !== undefined && line.at >= until) return;
    yield line;
  }
}

/** An engine whose times are whole seconds has the lines of this second under its beginning. */
const floorTo = ({ client }: LogSource, ms: number) => ms - (ms % client.quirks.logTimeMs);

const seconds = (ms: number) => `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}000000`;

const sinceOf = (last: Place | undefined, range: Range) => (last ? secondsOf(last.stamp) : range.since);

function secondsOf(stamp: string): string {
  const nanos = /\.(\d+)/.exec(stamp)?.[1] ?? '0';
  return `${Math.floor(Date.parse(stamp) / 1000)}.${nanos.padEnd(9, '0')}`;
}
