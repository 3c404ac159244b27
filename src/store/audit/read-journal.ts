/** Entries of one journal, newest first. Works beside the process that writes it. */
import { open, type FileHandle } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry, AuditQuery } from '../../core/ports/audit.ts';
import { fileName, journalNumbers } from './journal.ts';
import { linesBackwards } from './lines-backwards.ts';

/** Everything before this byte of this file, and all older files. */
export interface Place {
  file: number;
  byte: number;
}

export interface PlacedEntry {
  entry: AuditEntry;
  place: Place;
}

/** The machine's clock is set back by less than this, in ms. */
const clockCorrection = 5 * 60_000;

/** Behind the newest entry that is there now. */
export function endOf(directory: string, name: string): Place {
  const file = journalNumbers(directory, name)[0];
  if (file === undefined) return { file: 0, byte: 0 };
  return { file, byte: statSync(join(directory, fileName(name, file))).size };
}

export async function* readJournal(
  directory: string,
  name: string,
  before: Place,
  query: AuditQuery,
): AsyncGenerator<PlacedEntry> {
  const matches = matcher(query);
  const tooOld = query.since === undefined ? '' : new Date(query.since - clockCorrection).toISOString();
  for (const number of journalNumbers(directory, name).filter((each) => each <= before.file)) {
    const file = await openIfPresent(join(directory, fileName(name, number)));
    if (file === undefined) continue;
    try {
      const { size } = await file.stat();
      const end = number === before.file ? Math.min(before.byte, size) : size;
      for await (const lines of linesBackwards(file, end)) {
        for (const { text, start } of lines) {
          const entry = decoded(text);
          if (entry === undefined) continue;
          if (entry.at < tooOld) return;
          if (matches(entry)) yield { entry, place: { file: number, byte: start } };
        }
      }
    } finally {
      await file.close();
    }
  }
}

/** Undefined for what a crash or a full disk left of a line. */
function decoded(text: string): AuditEntry | undefined {
  try {
    const value = JSON.parse(text) as AuditEntry | null;
    return typeof value?.at === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function matcher(query: AuditQuery): (entry: AuditEntry) => boolean {
  const since = query.since === undefined ? '' : new Date(query.since).toISOString();
  const until = query.until === undefined ? undefined : new Date(query.until).toISOString();
  const equal = (['subject', 'account', 'operation', 'face', 'result'] as const).flatMap((member) =>
    query[member] === undefined ? [] : ([[member, query[member]]] as const),
  );
  return (entry) =>
    entry.at >= since &&
    (until === undefined || entry.at < until) &&
    equal.every(([member, value]) => entry[member] === value);
}

/** Rotation may take away a file that was just listed. */
async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
