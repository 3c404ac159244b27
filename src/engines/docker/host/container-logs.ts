/** Output with the place of every line, so that a reader can go on where another ended. */
import type { HostLogLine, HostLogQuery } from '../../../core/ports/host-containers.ts';
import type { LogQuery } from '../../../core/ports/logs.ts';
import { after, numbered, readCursor, stampOrder, type Place, type StampedLine } from '../../log-cursor.ts';

/** Reads the output of one container. */
export type LogReading = (query: LogQuery) => AsyncIterable<StampedLine>;

export async function* hostLogs(read: LogReading, query: HostLogQuery): AsyncGenerator<HostLogLine> {
  const { streams, after: cursor, ...range } = query;
  const reading = streams ? ofStreams(read, streams) : read;
  if (cursor !== undefined) yield* onFrom(reading, range, readCursor(cursor));
  else if (range.tail === undefined) yield* numbered(reading(range));
  else yield* tailed(reading, range, range.tail);
}

/** The reading counts its last lines over all streams, so those of one are found among all lines. */
function ofStreams(read: LogReading, streams: readonly string[]): LogReading {
  return async function* ({ tail, ...range }) {
    let kept: StampedLine[] = [];
    for await (const line of read(range)) {
      if (!streams.includes(line.stream)) continue;
      if (tail === undefined) yield line;
      else kept.push(line);
      if (tail !== undefined && kept.length > tail * 2 + 1024) kept = kept.slice(-tail);
    }
    if (tail !== undefined) yield* kept.slice(-tail);
  };
}

/** Times of a query are milliseconds, so reading begins with lines of the place's own and before it. */
function onFrom(read: LogReading, range: LogQuery, place: Place): AsyncIterable<HostLogLine> {
  const lines = read({ ...range, since: Date.parse(place.stamp) });
  return numbered(after(place, notBefore(place.stamp, lines)), place);
}

async function* notBefore(stamp: string, lines: AsyncIterable<StampedLine>): AsyncGenerator<StampedLine> {
  for await (const line of lines) if (stampOrder(line.stamp, stamp) >= 0) yield line;
}

/**
 * The last lines. Which one of its time the first of them is shows only when all of that time are read, so they are
 * read twice: to find the time, and from there.
 */
async function* tailed(read: LogReading, range: LogQuery, tail: number): AsyncGenerator<HostLogLine> {
  const { tail: _, ...all } = range;
  const once = { ...all, follow: false };
  const last = await collected(read({ ...once, tail: Math.max(tail, 1) }));
  const [first] = last;
  if (!first) {
    if (all.follow) yield* numbered(read(all));
    return;
  }
  const lines = await collected(numbered(read({ ...once, since: first.at })));
  const places = lines.map(({ cursor }) => readCursor(cursor).stamp);
  const ofTime = (stamps: readonly string[]) => stamps.filter((stamp) => stamp === first.stamp).length;
  const begin = places.indexOf(first.stamp) + ofTime(places) - ofTime(last.map(({ stamp }) => stamp));
  if (tail > 0) yield* lines.slice(Math.max(begin, 0));
  const end = lines.at(-1);
  if (all.follow && end) yield* onFrom(read, all, readCursor(end.cursor));
}

async function collected<T>(lines: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
