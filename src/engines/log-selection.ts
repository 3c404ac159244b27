/** Which lines of a container's output were asked for. */
import { AppError } from '../core/errors.ts';
import type { HostLogLine, HostLogQuery } from '../core/ports/host-containers.ts';
import { placeOf, type Place } from '../core/ports/log-place.ts';
import type { LineJoiner } from './line-joiner.ts';

export type Selection = (lines: HostLogLine[]) => HostLogLine[];

/** Those of a query's times that match. */
export function selectionOf({ since, until, matches }: HostLogQuery): Selection {
  if (since === undefined && until === undefined) {
    return matches ? (lines) => lines.filter(matches) : (lines) => lines;
  }
  const from = since ?? -Infinity;
  const to = until ?? Infinity;
  return (lines) => lines.filter((line) => line.at >= from && line.at < to && (!matches || matches(line)));
}

/** Throws InvalidParameter for what is no cursor of ours. */
export function placeAfter({ after }: HostLogQuery): Place | undefined {
  if (after === undefined) return undefined;
  const place = placeOf(after);
  if (place) return place;
  throw new AppError('InvalidParameter', `'${after.slice(0, 100)}' is not the place of a line of output.`, {
    field: 'after',
  });
}

/** Output from some place near its end on. */
export interface Window {
  joiner: LineJoiner;
  lines: AsyncIterable<HostLogLine[]>;
  /** Whether that was all there is. Asked for when it was read. */
  isAll: () => boolean;
  /** Whether pieces of one line lie no further apart than this reaches. */
  isWide: boolean;
}

export interface LastLines {
  /** How many. */
  tail: number;
  since: number | undefined;
  selection: Selection;
}

/** However many lines are asked for: they are in memory at once. */
export const mostTailSize = 16 * 1024 * 1024;

/** The last lines that match, out of windows that grow until one has them all; fewer where these are too large. */
export async function lastLines(
  { tail, since, selection }: LastLines,
  windowOf: (attempt: number) => Promise<Window>,
): Promise<{ lines: HostLogLine[]; joiner: LineJoiner }> {
  // Without a line the place to go on from would not be known.
  const count = Math.max(tail, 1);
  for (let attempt = 0; ; attempt++) {
    const { joiner, lines, isAll, isWide } = await windowOf(attempt);
    let kept: HostLogLine[] = [];
    let size = 0;
    let isLarge = false;
    for await (const batch of lines) {
      const selected = selection(batch);
      const more = tail === 0 ? batch : selected;
      kept.push(...more);
      size += sizeOf(more);
      // Also of what is dropped here: no larger window would give more.
      isLarge ||= size > mostTailSize;
      if (kept.length <= count + 4096 && size <= 2 * mostTailSize) continue;
      kept = lastOf(kept, count);
      size = sizeOf(kept);
    }
    kept = lastOf(kept, count);
    const isSure = (line: HostLogLine) =>
      !joiner.mayBeMiscounted(line) && (isWide || !joiner.mayLackBeginning(line));
    const isEnough =
      ((isLarge || kept.length === count) && kept.every(isSure)) || joiner.beganBefore(since ?? -Infinity);
    if (isEnough || isAll()) return { lines: tail === 0 ? [] : kept, joiner };
  }
}

/** As many as asked for, if they are not too large; never none. */
function lastOf(lines: readonly HostLogLine[], count: number): HostLogLine[] {
  let begin = lines.length;
  for (let size = 0; begin > 0 && lines.length - begin < count; begin--) {
    size += lines[begin - 1]!.message.length;
    if (size > mostTailSize && begin < lines.length) break;
  }
  return lines.slice(begin);
}

const sizeOf = (lines: readonly HostLogLine[]): number =>
  lines.reduce((sum, { message }) => sum + message.length, 0);
