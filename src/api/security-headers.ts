/**
 * What every answer tells browsers: it is data, nothing to run, to frame or to guess a type for. A page (console,
 * /docs) sets a `content-security-policy` of its own, which replaces this one.
 *
 * Not helmet: it sets fourteen headers one by one for each request, most of them about pages. These are four.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface SecurityHeaderOptions {
  /** The server itself speaks TLS: browsers are told to come back with nothing else. */
  tls: boolean;
}

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
const overTls = { 'strict-transport-security': 'max-age=31536000' };

export function setSecurityHeaders(app: FastifyInstance, options: SecurityHeaderOptions): void {
  const write = securityHeaders(options);
  app.addHook('onRequest', (request, reply, done) => {
    write(request, reply);
    done();
  });
}

/** For answers that are given without the hooks, too. */
export function securityHeaders({ tls }: SecurityHeaderOptions) {
  const headers = Object.entries(tls ? { ...always, ...overTls } : always);
  return (request: FastifyRequest, reply: FastifyReply): void => {
    for (const [name, value] of headers) reply.header(name, value);
    reply.header('x-request-id', request.id);
  };
}
