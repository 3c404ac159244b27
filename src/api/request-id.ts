/** The name of a request in answers, logs and audit: the client's own where it is a sane one, else ours. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** UUIDs, ULIDs, trace ids and what people count up; nothing that could break a line of a log or a header. */
const wellFormed = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

export function requestId({ headers }: { headers: IncomingHttpHeaders }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && wellFormed.test(given) ? given : randomUUID();
}
