/** One HTTP server that listens on several addresses. */
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo, Server as SocketServer, Socket } from 'node:net';
import { Server as TlsServer, type SecureContextOptions, type TlsOptions } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { refusePlainHttp } from './plain-http.ts';

export interface ListenAddress {
  host: string;
  /** 0: one that is free. */
  port: number;
}

/** PEM: what every address then serves with TLS 1.2 or later. */
export interface TlsMaterial {
  cert: Buffer;
  key: Buffer;
  /** Clients are asked for a certificate of this authority, and may come without. */
  clientCa?: Buffer;
}

/** As `node:https` takes it. */
export function tlsOptions({ cert, key, clientCa }: TlsMaterial): SecureContextOptions & TlsOptions {
  // A certificate of another authority fails no connection: its client may show another credential.
  const mutual = clientCa && { ca: clientCa, requestCert: true, rejectUnauthorized: false };
  return { cert, key, minVersion: 'TLSv1.2', ...mutual };
}

/** Milliseconds that requests under way may take to end once the server closes. */
const drainTime = 10_000;

export interface Listener {
  /**
   * Returns each address's URL. Where one cannot be had, the app is closed and the error says which. Once only.
   */
  listen(addresses: readonly ListenAddress[]): Promise<string[]>;
  /** Closes the app: stops accepting, lets requests under way finish, and closes every connection. */
  close(): Promise<void>;
}

/**
 * Fastify listens on the first address; sockets accepted on the others are given to the same HTTP server, so that
 * keep-alive, upgrades, timeouts and draining are the same on all of them.
 */
export function createListener(app: FastifyInstance): Listener {
  const servers: SocketServer[] = [];
  const closed: Promise<void>[] = [];
  if (isTls(app)) refusePlainHttp(app.server);
  const sockets = openSockets(app);
  app.addHook('preClose', (done) => {
    for (const server of servers) closed.push(new Promise((resolve) => server.close(() => resolve())));
    // Node by itself would wait for the keep-alive time of a connection that is busy now, and a minute for one that
    // never sent a request.
    app.server.keepAliveTimeout = 1;
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
  return {
    listen: (addresses) => listenOn(app, addresses, servers),
    close: async () => {
      const patience = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, drainTime);
      try {
        await app.close();
        await Promise.all(closed);
      } finally {
        clearTimeout(patience);
      }
    },
  };
}

function openSockets(app: FastifyInstance): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    // One that asked for an upgrade it did not get comes again.
    if (sockets.has(socket)) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

async function listenOn(
  app: FastifyInstance,
  addresses: readonly ListenAddress[],
  servers: SocketServer[],
): Promise<string[]> {
  const [first, ...others] = addresses;
  if (!first) throw new Error('no address to listen on');
  const urls: string[] = [];
  let current = first;
  try {
    await app.listen(first);
    const scheme = isTls(app) ? 'https' : 'http';
    urls.push(urlOf(scheme, app.server));
    for (const address of others) {
      current = address;
      // The options with which node:http creates its own listening server.
      const server = createSocketServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        app.server.emit('connection', socket);
      });
      await listening(server, address);
      // A connection that cannot be accepted, for lack of descriptors say, ends no server.
      server.on('error', () => undefined);
      servers.push(server);
      urls.push(urlOf(scheme, server));
    }
  } catch (error) {
    await app.close();
    throw unavailable(current, error as NodeJS.ErrnoException);
  }
  return urls;
}

function listening(server: SocketServer, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

const isTls = ({ server }: FastifyInstance): boolean => (server as SocketServer) instanceof TlsServer;

function urlOf(scheme: string, server: SocketServer): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function unavailable(address: ListenAddress, error: NodeJS.ErrnoException): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there; stop it or choose another with --listen',
    EACCES: 'this user may not use that port; choose one above 1023 with --listen',
    EADDRNOTAVAIL: 'this machine has no such address; choose another with --listen',
  };
  const reason = reasons[error.code ?? ''] ?? error.message;
  return new Error(`cannot listen on ${address.host}:${address.port}: ${reason}`, { cause: error });
}
