/** Places in a container's output: the engine's time of a line, and which of the lines of that time it is. */
import { AppError } from '../core/errors.ts';
import type { HostLogLine } from '../core/ports/host-containers.ts';
import type { LogLine } from '../core/ports/logs.ts';

/** `stamp` is the engine's own time of the line, finer than `at`. */
export type StampedLine = LogLine & { stamp: string };

export interface Place {
  stamp: string;
  /** Lines that bear this stamp, up to and with this one. */
  count: number;
}

const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))#(\d{1,9})$/;

export const cursorOf = ({ stamp, count }: Place): string => `${stamp}#${count}`;

/** Throws InvalidParameter for what is no cursor of ours. */
export function readCursor(text: string): Place {
  const [, stamp, count] = form.exec(text) ?? [];
  if (stamp !== undefined && count !== undefined) return { stamp, count: Number(count) };
  throw new AppError('InvalidParameter', `'${text.slice(0, 100)}' is not the place of a line of output.`, {
    field: 'after',
  });
}

/** The lines with their places. They begin with the first of some time, or right after `place`. */
export async function* numbered(
  lines: AsyncIterable<StampedLine>,
  place?: Place,
): AsyncGenerator<HostLogLine> {
  let { stamp, count } = place ?? { stamp: '', count: 0 };
  for await (const { stamp: own, ...line } of lines) {
    count = own === stamp ? count + 1 : 1;
    stamp = own;
    yield { ...line, cursor: cursorOf({ stamp, count }) };
  }
}

/** What follows the lines that were seen already, which come once more where reading began at their time. */
export async function* after<T extends { stamp: string }>(
  place: Place | undefined,
  lines: AsyncIterable<T>,
): AsyncGenerator<T> {
  let seen = place?.count ?? 0;
  for await (const line of lines) {
    if (seen > 0 && line.stamp === place?.stamp) seen--;
    else yield line;
  }
}

/** Negative, zero, positive. As text they have no order: engines leave trailing zeros out, or write other zones. */
export function stampOrder(left: string, right: string): number {
  return Date.parse(left) - Date.parse(right) || nanosOf(left) - nanosOf(right);
}

function nanosOf(stamp: string): number {
  return Number((/\.(\d+)/.exec(stamp)?.[1] ?? '').slice(0, 9).padEnd(9, '0'));
}
