import { AppError } from '../../core/errors.ts';

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html) that mean the storage is at fault, not the question. */
const REASONS: Readonly<Record<number, string>> = {
  5: 'another process is holding the database; stop it',
  6: 'another connection is holding the database',
  7: 'there is not enough memory',
  8: 'the database cannot be written; check the permissions of the data directory and that its disk is not mounted read-only',
  10: 'reading or writing the disk failed; check the disk and the system log',
  11: 'the database file is damaged; restore the data directory from a backup or start with an empty one',
  13: 'the disk is full; free some space on the disk of the data directory, writes work again after that',
  14: 'the database file cannot be opened; check the permissions of the data directory',
  26: 'the file is not a Longshore database, or it is damaged; restore it from a backup or use another data directory',
};

export const SQLITE_BUSY = 5;

/** SQLite's primary result code, where the error came from SQLite. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** The `Unavailable` that a failing disk or damaged file becomes; undefined for every other error. */
export function storageFailure(error: unknown): AppError | undefined {
  const code = resultCode(error);
  const reason = code === undefined ? undefined : REASONS[code];
  if (reason === undefined) return undefined;
  const failure = new AppError('Unavailable', `The store is not available: ${reason}.`);
  failure.cause = error;
  return failure;
}
