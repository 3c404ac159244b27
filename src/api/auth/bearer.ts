import type { FastifyRequest } from 'fastify';

/** What follows `Bearer` in the Authorization header (RFC 6750, section 2.1; schemes know no case). */
export function bearerToken({ headers: { authorization } }: FastifyRequest): string | undefined {
  if (authorization === undefined || authorization.length < 7) return undefined;
  if (authorization[6] !== ' ' || authorization.slice(0, 6).toLowerCase() !== 'bearer') return undefined;
  return authorization.slice(7).trim();
}
