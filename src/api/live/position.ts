/**
 * Where in the order of events one stands. An event's id is `evt-<sequence>`, its sequence in the outbox. Where one
 * change brings several events, those before the last are `evt-<sequence>.1`, `.2` …: whoever has seen `evt-7` has
 * seen all of 7.
 */
export interface Position {
  sequence: number;
  /** Infinity: the last of its sequence. */
  index: number;
}

const format = /^evt-(\d{1,15})(?:\.(\d{1,4}))?$/;

export function eventId({ sequence, index }: Position): string {
  return index === Infinity ? `evt-${sequence}` : `evt-${sequence}.${index}`;
}

/** Undefined where the text is no event's id. */
export function positionOf(id: string): Position | undefined {
  const match = format.exec(id);
  if (!match) return undefined;
  return { sequence: Number(match[1]), index: match[2] === undefined ? Infinity : Number(match[2]) };
}

/** From there on, nothing of `sequence` is missed. */
export const beforeAll = (sequence: number): Position => ({ sequence: sequence - 1, index: Infinity });

export function isAfter(position: Position, other: Position): boolean {
  if (position.sequence !== other.sequence) return position.sequence > other.sequence;
  return position.index > other.index;
}
