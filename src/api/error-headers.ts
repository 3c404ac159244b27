/** The headers that belong to an error whichever face writes it. */
import type { FastifyReply } from 'fastify';
import { AppError } from '../core/errors.ts';

/** `Retry-After` in seconds (RFC 9110, 10.2.3) and, with 401, `WWW-Authenticate` (11.6.1). */
export function setErrorHeaders(reply: FastifyReply, error: unknown, status: number): void {
  // Not Basic, for which browsers would ask the user.
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="longshore"');
  if (!(error instanceof AppError) || error.code !== 'Throttled') return;
  const { retryAfter } = error.details;
  if (typeof retryAfter === 'number') reply.header('retry-after', Math.max(1, Math.ceil(retryAfter)));
}
