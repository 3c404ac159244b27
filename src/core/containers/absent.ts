import { AppError } from '../errors.ts';

/** Undefined for what is not there; whatever else went wrong is thrown on. */
export function absent(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'ResourceNotFound') return undefined;
  throw error;
}
