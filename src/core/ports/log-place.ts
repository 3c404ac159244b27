/** Places in a container's output, as text that goes into a URL as it is. */

/**
 * An engine writes output down in records, each with its time: a line, or a piece of a long one. A place is behind the
 * last record of a line.
 */
export interface Place {
  /** The record's time: `2026-01-02T03:04:05.123456789Z`. Of two such texts the later time is the greater text. */
  stamp: string;
  /** Records that bear this time, up to and with this one. */
  count: number;
  /** When the oldest line began whose end is behind the place, where there is one: of the other stream. */
  from?: string;
}

const stamp = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z';
const form = new RegExp(`^(${stamp})_(\\d{1,9})(?:_(${stamp}))?$`);

export const cursorOf = ({ stamp, count, from }: Place): string =>
  from === undefined ? `${stamp}_${count}` : `${stamp}_${count}_${from}`;

/** Undefined for what is no cursor. */
export function placeOf(cursor: string): Place | undefined {
  const [, stamp, count, from] = form.exec(cursor) ?? [];
  if (stamp === undefined || Number.isNaN(Date.parse(stamp))) return undefined;
  return { stamp, count: Number(count), ...(from !== undefined && { from }) };
}
