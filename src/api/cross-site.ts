import type { FastifyInstance } from 'fastify';

/**
 * Refuses changes that a page of another site asks a browser to make. The server listens on loopback without
 * credentials by default, where any page that the user visits could otherwise start containers. Browsers always send
 * `Origin` with such a request; command lines and SDKs never do.
 */
export function refuseCrossSite(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const origin = request.headers.origin;
    if (origin === undefined || request.method === 'GET' || request.method === 'HEAD') return done();
    if (sameHost(origin, request.headers.host)) return done();
    void reply
      .code(403)
      .send({ code: 'CrossSite', message: `Requests from pages of ${origin} are not accepted.` });
  });
}

function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
