/**
 * By which names this server may be called. A page of another site can have its own name point at this machine after
 * it was loaded (DNS rebinding), and is then of the same origin for a browser; only the name gives it away.
 */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.ts';

const hostAndPort = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;
/** Few clients spell the name in many ways; what is kept of them is bounded. */
const mostKnown = 100;

/** `names`: those of `--allowed-host` and of the addresses it listens on. */
export function checkHost(app: FastifyInstance, names: readonly string[]): void {
  const own = new Set([...names, hostname()].map((name) => name.toLowerCase()));
  const known = new Set<string>();
  app.addHook('onRequest', (request, _reply, done) => {
    // Of a trusted proxy it is what the proxy was called by; Fastify sees to that.
    const host = request.host;
    if (host === '' || sentTwice(request)) {
      return done(new Refusal(400, 'InvalidHost', 'The request must have exactly one Host header.'));
    }
    if (known.has(host)) return done();
    const name = nameIn(host);
    if (name === undefined) {
      return done(
        new Refusal(400, 'InvalidHost', 'The Host header must be a host name with or without a port.'),
      );
    }
    if (!isNobodyElses(name) && !own.has(name)) return done(misdirected(name));
    if (known.size < mostKnown) known.add(host);
    done();
  });
}

/** Node keeps the first of several Host headers and tells of the others only here. */
function sentTwice({ raw: { rawHeaders } }: FastifyRequest): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count > 1;
}

function nameIn(host: string): string | undefined {
  return hostAndPort.exec(host.toLowerCase())?.[1]?.replace(/\.$/, '');
}

/**
 * Names that no site on the Internet can have: addresses, localhost (RFC 6761), .internal (reserved by ICANN for
 * private use), and names without a dot, which are services of a container network.
 */
function isNobodyElses(name: string): boolean {
  return (
    !name.includes('.') ||
    name.endsWith('.localhost') ||
    name.endsWith('.internal') ||
    isIP(name.replace(/^\[|\]$/g, '')) !== 0
  );
}

function misdirected(name: string): Refusal {
  const shown = name.length > 100 ? `${name.slice(0, 100)}...` : name;
  return new Refusal(
    421,
    'MisdirectedRequest',
    `This server is not known as ${shown}. If it should be, start it with --allowed-host ${shown}; ` +
      'otherwise call it by its IP address or as localhost.',
  );
}
