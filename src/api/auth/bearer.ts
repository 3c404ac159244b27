import type { FastifyRequest } from 'fastify';

const scheme = 'bearer ';

/** What follows `Bearer` in the Authorization header (RFC 6750, section 2.1; schemes know no case). */
export function bearerToken({ headers: { authorization } }: FastifyRequest): string | undefined {
  const start = tokenStart(authorization);
  return start === -1 ? undefined : authorization!.slice(start).trimEnd();
}

/** `other` where a token is there that does not begin so. Asked of every request, so it copies nothing. */
export function bearerKind(
  { headers: { authorization } }: FastifyRequest,
  prefix: string,
): 'prefixed' | 'other' | undefined {
  const start = tokenStart(authorization);
  if (start === -1) return undefined;
  return authorization!.startsWith(prefix, start) ? 'prefixed' : 'other';
}

/** Behind the scheme and the space after it; -1 where the header has no such token. */
function tokenStart(authorization: string | undefined): number {
  if (authorization?.slice(0, scheme.length).toLowerCase() !== scheme) return -1;
  let start = scheme.length;
  while (authorization[start] === ' ' || authorization[start] === '\t') start++;
  return start;
}
