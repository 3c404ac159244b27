/**
 * Which requests may become WebSockets: those for a WebSocket, to our paths. Node hands every request with an Upgrade
 * header to whoever listens for upgrades, also those of clients that would like HTTP/2 (curl --http2, Java's client) and
 * are fine without. Those go back to the HTTP server without that header, and with them the whole pipeline.
 */
import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';

const dropped = new Set(['upgrade', 'http2-settings']);

export interface Upgrades {
  /** What the WebSocket plugin is to listen on: all that it does with a server is to listen to its upgrades. */
  server: Server;
  /** From now on none are taken. */
  end(): void;
}

export function webSocketUpgrades(server: Server, isOurs: (path: string) => boolean): Upgrades {
  const accepted = new EventEmitter();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isWebSocket(request) || !isOurs(pathOf(request))) asPlainRequest(server, request, socket, head);
    else if (!accepted.emit('upgrade', request, socket, head)) socket.destroy();
  });
  return { server: accepted as unknown as Server, end: () => void accepted.removeAllListeners() };
}

/**
 * Ends the connection of an upgrade that was answered with an error: the HTTP server has let go of it, and nobody else
 * would. For the routes that are added after this.
 */
export function closeRefusedUpgrades(app: FastifyInstance): void {
  app.addHook('onResponse', (request, _reply, done) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroySoon();
    done();
  });
}

function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

const pathOf = ({ url = '/' }: IncomingMessage) => url.split('?', 1)[0]!;

/** The parser has let go of the socket: what it has read is put back, without the wish. */
function asPlainRequest(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at]!;
    const value = request.rawHeaders[at + 1]!;
    const known = name.toLowerCase();
    if (dropped.has(known)) continue;
    lines.push(`${name}: ${known === 'connection' ? withoutUpgrade(value) : value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  // Its handshake is over: as a new connection it would be asked for one again.
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
}

function withoutUpgrade(connection: string): string {
  const kept = connection.split(',').filter((option) => !dropped.has(option.trim().toLowerCase()));
  return kept.length > 0 ? kept.join(',') : 'keep-alive';
}
