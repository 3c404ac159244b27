import { AppError } from '../../core/errors.ts';

const codes: ReadonlySet<string> = new Set(['Unauthorized', 'InvalidSignature', 'UnknownAccessKey']);

/** Whether the caller showed something that is not good, and not we who could not tell. */
export function isBadCredential(error: unknown): boolean {
  return error instanceof AppError && codes.has(error.code);
}
