/**
 * One server at a time changes what all of them on the machine share (subnets, forwarding). The lock is an abstract
 * Unix socket: it belongs to the network namespace, as what it guards does, and ends with the process that holds it.
 */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const name = '\0longshore-network';
const waitMs = 20;
const giveUpMs = 30_000;

export async function withMachineLock<T>(work: () => Promise<T>): Promise<T> {
  const unlock = await lock();
  try {
    return await work();
  } finally {
    await unlock();
  }
}

async function lock(): Promise<() => Promise<void>> {
  const deadline = Date.now() + giveUpMs;
  for (;;) {
    const server = createServer((socket) => socket.destroy());
    try {
      server.listen(name);
      await once(server, 'listening');
      return () => new Promise((resolve) => server.close(() => resolve()));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (Date.now() > deadline)
        throw new Error(
          'another server has been setting up its network for 30 seconds; stop it or try again',
        );
      await delay(waitMs);
    }
  }
}
