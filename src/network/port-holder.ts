/**
 * Holds host ports with sockets of ours, so that a port has one user whatever nftables says: bound before any rule
 * exists, kept until the rule is gone. The sockets serve nobody; packets are translated before they get here.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { EngineError } from '../core/errors.ts';
import { portUser } from './port-user.ts';

export interface HeldPort {
  /** The real one. */
  port: number;
  close(): Promise<void>;
}

/** Of this process, to tell a task's port from one of the server's own. */
const held = new Set<string>();
const keyOf = (protocol: 'tcp' | 'udp', port: number) => `${protocol}/${String(port)}`;

/** Port 0: the kernel picks. Throws `ResourceInitializationError` naming the port and, where known, who has it. */
export async function holdPort(protocol: 'tcp' | 'udp', bindIp: string, port: number): Promise<HeldPort> {
  try {
    const holder = await (protocol === 'tcp' ? holdTcp(bindIp, port) : holdUdp(bindIp, port));
    const key = keyOf(protocol, holder.port);
    held.add(key);
    return {
      port: holder.port,
      close: () => {
        held.delete(key);
        return holder.close();
      },
    };
  } catch (error) {
    throw new EngineError('ResourceInitializationError', await explain(error, protocol, bindIp, port));
  }
}

async function holdTcp(bindIp: string, port: number): Promise<HeldPort> {
  const server = createServer((socket) => socket.destroy());
  server.listen({ host: bindIp, port, exclusive: true });
  await once(server, 'listening');
  server.on('error', () => undefined);
  server.unref();
  return {
    port: (server.address() as { port: number }).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function holdUdp(bindIp: string, port: number): Promise<HeldPort> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ address: bindIp, port, exclusive: true });
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => undefined);
  socket.unref();
  return {
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

async function explain(
  error: unknown,
  protocol: 'tcp' | 'udp',
  bindIp: string,
  port: number,
): Promise<string> {
  const { code, message } = error as NodeJS.ErrnoException;
  const what = `host port ${String(port)}/${protocol} on ${bindIp}`;
  if (code === 'EADDRINUSE') {
    const user = held.has(keyOf(protocol, port))
      ? 'another task of this server'
      : await portUser(protocol, bindIp, port);
    return `${what} is already in use${user === undefined ? '' : ` by ${user}`}; choose another port or 0 for any free one`;
  }
  if (code === 'EADDRNOTAVAIL')
    return `${what} cannot be published: ${bindIp} is not an address of this machine; correct the publish address`;
  return `${what} cannot be published: ${message}`;
}
