import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Refuses changes that a page of another site asks a browser to make. The server listens on loopback without
 * credentials by default, where any page that the user visits could otherwise start containers. Browsers always send
 * `Origin` with such a request; command lines and SDKs never do. A page whose own name was pointed at this server
 * after it was loaded (DNS rebinding) looks like one of ours, but for that name.
 */
export function refuseCrossSite(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const origin = request.headers.origin;
    if (origin === undefined || request.method === 'GET' || request.method === 'HEAD') return done();
    if (isOwnPage(origin, request.headers.host)) return done();
    void reply.code(403).send({
      code: 'CrossSite',
      message:
        `Requests from pages of ${origin} are not accepted, only those from pages of this server itself, ` +
        'opened by its IP address or as localhost.',
    });
  });
}

function isOwnPage(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host && isFixedName(url.hostname);
}

/** Names that nobody can point elsewhere. */
function isFixedName(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  );
}
