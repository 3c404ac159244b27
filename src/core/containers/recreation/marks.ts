/**
 * What is written on the machine while a container is made anew, so that whatever ends in the middle, what was meant
 * can be told from what is there. An engine takes labels when a container is made and never again: so the replacement
 * bears the mark, and the name of the original says whether its place was taken.
 */
export const recreationLabel = 'longshore.recreates';

export interface Mark {
  /** The server that does it: others on the same engine leave it alone. */
  server: string;
  /** Id of the original. */
  original: string;
  /** The name that both of them are about. */
  name: string;
  /** Whether the original ran. */
  ran: boolean;
}

export const marksLabel = (mark: Mark): Record<string, string> => ({
  [recreationLabel]: JSON.stringify(mark),
});

/** Undefined where there is none. */
export function markOf(labels: Record<string, string>): Mark | undefined {
  const text = labels[recreationLabel];
  if (text === undefined) return undefined;
  try {
    const { server, original, name, ran } = JSON.parse(text) as Partial<Record<keyof Mark, unknown>>;
    if (typeof server !== 'string' || typeof original !== 'string' || typeof name !== 'string')
      return undefined;
    return { server, original, name, ran: ran === true };
  } catch {
    return undefined;
  }
}

type Named = Pick<Mark, 'name' | 'original'>;
const named =
  (part: string) =>
  ({ name, original }: Named) =>
    `${name}-${part}-${original.slice(0, 12)}`;

/** Names that follow from the original alone, so that no two replacements of it can be made. */
export const nextName = named('next');
/** Of an original whose place was taken. */
export const formerName = named('former');
/** Of an original that is to run again, once its replacement has let go of its ports. */
export const backName = named('back');

/** The name that such an original is to have again; undefined for any other container. */
export function restoredName({ id, name }: { id: string; name: string }): string | undefined {
  const [, before, short] = /^(.+)-back-([0-9a-f]{12})$/.exec(name) ?? [];
  return short !== undefined && id.startsWith(short) ? before : undefined;
}

export interface Standing {
  name: string;
  running: boolean;
}

/**
 * `nothing`: it is over. `take-name`: the original is gone, and its name is free. `forward`: the replacement was found
 * good, so it stays. `back`: the original does.
 */
export type Outcome = 'nothing' | 'take-name' | 'forward' | 'back';

/** What is left to do, from what is there. `original`: undefined where it is gone. */
export function outcomeOf(mark: Mark, original: Standing | undefined, replacement: Standing): Outcome {
  if (original === undefined) return replacement.name === nextName(mark) ? 'take-name' : 'nothing';
  // It gave up its name only once the replacement was good; that one may have ended since, with the machine.
  const hasGivenWay = original.name === formerName(mark);
  return hasGivenWay && (replacement.running || !mark.ran) ? 'forward' : 'back';
}
