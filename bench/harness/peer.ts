import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { end } from './child.ts';
import type { Cleanup } from './cleanup.ts';

export interface Peer {
  pid: number;
  port: number;
}

/** Starts `bench/peers/<name>.ts` in a process of its own and gives it `message`. It answers with its port. */
export async function startPeer(cleanup: Cleanup, name: string, message?: object): Promise<Peer> {
  const program = fileURLToPath(new URL(`../peers/${name}.ts`, import.meta.url));
  const child = fork(program, { execArgv: ['--import', 'tsx'], detached: true });
  cleanup.add(() => end(child));
  const answered = once(child, 'message') as Promise<[number]>;
  const exited = once(child, 'exit').then(() => {
    throw new Error(`the peer ${name} ended before it served`);
  });
  if (message !== undefined) child.send(message);
  const [port] = await Promise.race([answered, exited]);
  exited.catch(() => undefined);
  return { pid: child.pid!, port };
}
