import type { FastifyRequest } from 'fastify';

/** What a proxy on this machine adds: then who asks may be anywhere. */
const forwarding = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];

/** Whether the request came over loopback and no proxy says that somebody else is behind it. */
export function isFromHere({ headers, raw: { socket } }: FastifyRequest): boolean {
  return (
    isLoopback(socket.remoteAddress) &&
    isLoopback(socket.localAddress) &&
    forwarding.every((name) => headers[name] === undefined)
  );
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || (address?.replace(/^::ffff:/, '').startsWith('127.') ?? false);
}
