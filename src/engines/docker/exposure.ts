/** Who else may command the engine: whoever reaches its socket is root on the machine. */
import { stat } from 'node:fs/promises';

/** What is wrong with how `address` is guarded and how to mend it; undefined when only its owners reach it. */
export async function exposureOf(address: string): Promise<string | undefined> {
  if (address.startsWith('unix://')) return socketExposure(address.slice('unix://'.length));
  return (
    `the engine is commanded over ${address} without TLS: whoever reaches that port is root on its machine; ` +
    'use its Unix socket, or a socket proxy that lets through only what is needed'
  );
}

const WRITABLE_BY_OTHERS = 0o002;

async function socketExposure(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found || (found.mode & WRITABLE_BY_OTHERS) === 0) return undefined;
  return (
    `every user of this machine may write to ${path} and so is root on it: take that away (chmod o-rwx ${path}), ` +
    'and consider a rootless engine'
  );
}
