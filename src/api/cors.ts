/** Which pages of other sites may call from a browser: those of `--cors-origin`. Without one there is no CORS. */
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** The functions document names GET, POST and OPTIONS; the others are for the routes that it does not know. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const allowedHeaders = [
  // The functions document's list.
  'Content-Type',
  'Authorization',
  'Language-Title',
  'X-Request-ID',
  'X-Cache-Control',
  // Credentials of the other faces.
  'X-API-Key',
  'Auth-Token',
  'X-Auth-Token',
  // What AWS's clients send.
  'X-Amz-Target',
  'X-Amz-Date',
  'X-Amz-Content-Sha256',
  'X-Amz-Security-Token',
  'X-Amz-User-Agent',
  'Amz-Sdk-Invocation-Id',
  'Amz-Sdk-Request',
];

const exposedHeaders = [
  'X-Request-ID',
  'X-Amzn-RequestId',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'WWW-Authenticate',
];

/** Answers preflights by itself, before a credential or a route is asked for. Cookies are never allowed. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const options = {
    // Origins have no upper case (RFC 6454); people do.
    origin: origins.map((origin) => origin.toLowerCase()),
    methods,
    allowedHeaders,
    exposedHeaders,
    maxAge: 86_400,
    strictPreflight: false,
  };
  // Called rather than registered: registered plugins add their hooks behind the ones of this pipeline, and a
  // preflight would be asked for a credential.
  cors(app, options, (error) => {
    if (error) throw error;
  });
}
