/**
 * The data directory's own socket: whoever may open it owns the server's files, and is let in without a credential.
 * An HTTP server of its own, without TLS whatever the others have, in front of the same app.
 */
import { chmod, mkdir, mkdtemp, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Bytes of a socket's path that every kernel takes: Linux 107, macOS 103 (unix(7), sun_path without its end). */
const MAX_PATH = 103;
/** Milliseconds that requests under way may take to end. */
const DRAIN_MS = 10_000;

export const socketName = 'control.sock';

export interface LocalSocket {
  /** Whether the request came over this socket. */
  is(request: FastifyRequest): boolean;
  /** Once only, after the app is ready. */
  listen(app: FastifyInstance): Promise<void>;
  /** Lets requests under way finish and removes the socket. */
  close(): Promise<void>;
}

/**
 * `control.sock` in `directory` (0600). Where that path is too long for a socket, it is a link to one in a private
 * directory elsewhere. One that a killed server left is replaced, so only one server at a time may have `directory`.
 */
export function localSocket(directory: string): LocalSocket {
  const calls = new WeakSet<IncomingMessage>();
  let server: HttpServer | undefined;
  let remove = async () => {};
  return {
    is: ({ raw }) => calls.has(raw),
    async listen(app) {
      server = createServer({ requestTimeout: 60_000 }, (request, response) => {
        calls.add(request);
        app.routing(request, response);
      });
      server.on('clientError', (error, socket) => app.server.emit('clientError', error, socket));
      const path = join(directory, socketName);
      await removeLinked(path);
      remove =
        Buffer.byteLength(path) <= MAX_PATH
          ? await listenPrivately(server, path)
          : await listenElsewhere(server, path);
    },
    async close() {
      if (server === undefined) return;
      await remove();
      await closed(server);
      server = undefined;
    },
  };
}

/** Where a running server is to be found, whichever of the two it is. */
export async function localSocketPath(directory: string): Promise<string> {
  const path = join(directory, socketName);
  try {
    return await readlink(path);
  } catch {
    return path;
  }
}

/**
 * A socket comes into being with the rights that the umask leaves, in a directory that may be open to others. So it
 * is made in a private one and moved.
 */
async function listenPrivately(server: HttpServer, path: string): Promise<() => Promise<void>> {
  const directory = join(dirname(path), 'keys');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const made = join(directory, 's');
  await rm(made, { force: true });
  await listening(server, made);
  await rename(made, path);
  return () => rm(path, { force: true });
}

async function listenElsewhere(server: HttpServer, link: string): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'longshore-'));
  const path = join(directory, 's');
  await listening(server, path);
  await symlink(path, link);
  return () => removeLinked(link);
}

/** With what it leads to, which a killed server has left. */
async function removeLinked(link: string): Promise<void> {
  const target = await readlink(link).catch(() => undefined);
  await rm(link, { force: true });
  if (target === undefined) return;
  await rm(target, { force: true });
  await rmdir(dirname(target)).catch(() => undefined);
}

async function listening(server: HttpServer, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // A connection that cannot be accepted, for lack of descriptors say, ends no server.
  server.on('error', () => undefined);
  await chmod(path, 0o600);
}

async function closed(server: HttpServer): Promise<void> {
  // Node by itself would wait for the keep-alive time of a connection that is busy now.
  server.keepAliveTimeout = 1;
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(late);
}
