/**
 * Refuses what a page of another site asks a browser to do. The server listens on loopback without credentials by
 * default, where any page that the user visits could otherwise start containers. Browsers always say where such a
 * request is from; command lines and SDKs never do.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.ts';

export interface CrossSiteOptions {
  /** `--cors-origin`: pages of these may. */
  origins: readonly string[];
  /** Authentication as it is configured. */
  mode: 'none' | 'optional' | 'required';
}

export function refuseCrossSite(app: FastifyInstance, { origins, mode }: CrossSiteOptions): void {
  const allowed = new Set(origins.map((origin) => origin.toLowerCase()));
  app.addHook('onRequest', (request, _reply, done) => {
    const upgrade = request.headers.upgrade !== undefined;
    if (!upgrade && (request.method === 'GET' || request.method === 'HEAD')) return done();
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin.toLowerCase())) return done();
    const site = request.headers['sec-fetch-site'];
    // Browsers let no page write this header, and it survives proxies that change Host.
    if (site === 'same-origin' || site === 'none') return done();
    if (site !== undefined)
      return done(foreign(origin ?? `another site (Sec-Fetch-Site: ${shown(String(site))})`));
    if (origin !== undefined) return isOwnPage(origin, request.host) ? done() : done(foreign(origin));
    if (upgrade && mode !== 'required' && !mayUpgradeWithoutOrigin(request, mode))
      return done(withoutOrigin());
    done();
  });
}

function isOwnPage(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/**
 * CORS does not cover WebSockets: without Origin nothing tells whose they are. Where no credential is required, they
 * must show one, or come from this machine.
 */
function mayUpgradeWithoutOrigin(request: FastifyRequest, mode: CrossSiteOptions['mode']): boolean {
  if (showsCredential(request)) return true;
  return mode === 'none' && isLoopback(request.ip);
}

function showsCredential({ headers }: FastifyRequest): boolean {
  return ['authorization', 'x-api-key', 'auth-token', 'x-auth-token'].some(
    (name) => headers[name] !== undefined,
  );
}

/** Sockets of files have no address. */
function isLoopback(address: string | undefined): boolean {
  return address === undefined || address === '' || /^(::1$|127\.|::ffff:127\.)/.test(address);
}

function foreign(origin: string): Refusal {
  return new Refusal(
    403,
    'CrossSite',
    `Requests from pages of ${shown(origin)} are not accepted. Pages of this server itself may, and those of each ` +
      '--cors-origin. Behind a proxy, let it pass Host on unchanged, or name it with --trusted-proxy.',
  );
}

function withoutOrigin(): Refusal {
  return new Refusal(
    403,
    'CrossSite',
    'A WebSocket without an Origin header needs a credential in a header, such as X-API-Key or Authorization.',
  );
}

const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}...` : text);
