/** One HTTP server that listens on several addresses. */
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo, Server as SocketServer, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

export interface ListenAddress {
  host: string;
  /** 0: one that is free. */
  port: number;
}

/** Milliseconds that requests under way may take to end once the server closes. */
const drainTime = 10_000;

/**
 * Fastify listens on the first address; sockets accepted on the others are given to the same HTTP server, so that
 * keep-alive, upgrades, timeouts and draining are the same on all of them. Closing the app closes them.
 *
 * @returns each address's URL. Where one cannot be had, the app is closed and the error says which.
 */
export async function listenOn(app: FastifyInstance, addresses: readonly ListenAddress[]): Promise<string[]> {
  const [first, ...others] = addresses;
  if (!first) throw new Error('no address to listen on');
  const servers: SocketServer[] = [];
  drainOnClose(app, servers);
  const urls: string[] = [];
  let current = first;
  try {
    await app.listen(first);
    urls.push(urlOf(app.server));
    for (const address of others) {
      current = address;
      // The options with which node:http creates its own listening server.
      const server = createSocketServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        app.server.emit('connection', socket);
      });
      await listening(server, address);
      servers.push(server);
      urls.push(urlOf(server));
    }
  } catch (error) {
    await app.close();
    throw unavailable(current, error as NodeJS.ErrnoException);
  }
  return urls;
}

/**
 * Closing lets a request under way finish and then closes its connection. Node by itself would wait for the
 * keep-alive time of a connection that was busy when closing began, and a minute for one that never sent a request.
 */
function drainOnClose(app: FastifyInstance, servers: readonly SocketServer[]): void {
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.addHook('preClose', (done) => {
    for (const server of servers) server.close();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    app.server.keepAliveTimeout = 1;
    const patience = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, drainTime);
    app.server.once('close', () => clearTimeout(patience));
    done();
  });
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

function urlOf(server: SocketServer): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
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
