/** The audit log as one, read from its files alone. */
import { existsSync } from 'node:fs';
import { AppError } from '../../core/errors.ts';
import type { AuditQuery, FoundEntry } from '../../core/ports/audit.ts';
import { endOf, readJournal, type Place, type PlacedEntry } from './read-journal.ts';

/** What callers did who could be named, and what was tried by those who could not. */
export const journalNames = ['calls', 'outsiders'] as const;

/**
 * Newest first. Needs no running server and disturbs none. Throws `AppError` InvalidParameter for a cursor that is
 * none.
 */
export function readAudit(directory: string, query: AuditQuery): AsyncGenerator<FoundEntry> {
  const before = query.before === undefined ? undefined : placesOf(query.before);
  return readBefore(before, directory, query);
}

async function* readBefore(
  before: Place[] | undefined,
  directory: string,
  query: AuditQuery,
): AsyncGenerator<FoundEntry> {
  if (!existsSync(directory)) return;
  const places = before ?? journalNames.map((name) => endOf(directory, name));
  const sources = journalNames.map((name, index) => readJournal(directory, name, places[index]!, query));
  try {
    const heads = await Promise.all(sources.map(next));
    for (;;) {
      const newest = newestOf(heads);
      const found = heads[newest];
      if (found === undefined) return;
      places[newest] = found.place;
      yield { entry: found.entry, cursor: cursorOf(places) };
      heads[newest] = await next(sources[newest]!);
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

async function next(source: AsyncGenerator<PlacedEntry>): Promise<PlacedEntry | undefined> {
  const { value } = (await source.next()) as IteratorResult<PlacedEntry, undefined>;
  return value;
}

function newestOf(heads: readonly (PlacedEntry | undefined)[]): number {
  let newest = 0;
  heads.forEach((head, index) => {
    if ((head?.entry.at ?? '') > (heads[newest]?.entry.at ?? '')) newest = index;
  });
  return newest;
}

const cursorOf = (places: readonly Place[]) => places.map(({ file, byte }) => `${file}.${byte}`).join('-');

function placesOf(cursor: string): Place[] {
  const [, ...numbers] = /^(\d{1,15})\.(\d{1,15})-(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  const [file, byte, otherFile, otherByte] = numbers.map(Number);
  if (file === undefined || byte === undefined || otherFile === undefined || otherByte === undefined) {
    throw new AppError('InvalidParameter', 'cursor must be one that an earlier page of the audit log gave.');
  }
  return [
    { file, byte },
    { file: otherFile, byte: otherByte },
  ];
}
