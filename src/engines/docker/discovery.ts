/** Which Docker-compatible socket serves: an ordered list of places, with the reason why each one fell out. */
import { access } from 'node:fs/promises';
import { homedir, hostname, release } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../core/errors.ts';
import { taskNetworkSupport } from '../../network/task-networks.ts';
import { connectDocker } from './client/docker-client.ts';
import type { ServerInfo } from './client/types.ts';

export interface FoundDocker {
  /** `unix:///path` or `tcp://host:port`. */
  address: string;
  /** Why tasks cannot have networks of our own there; undefined when they can. */
  networksReason: string | undefined;
}

/** Throws EngineUnavailable naming every place that was tried and how it failed. */
export async function findDocker(env: NodeJS.ProcessEnv = process.env): Promise<FoundDocker> {
  const failures: string[] = [];
  for (const address of addresses(env)) {
    const outcome = await probe(address);
    if (typeof outcome !== 'string')
      return { address, networksReason: await networksReason(address, outcome) };
    failures.push(`${address.replace('unix://', '')} ${outcome}`);
  }
  throw new EngineError('EngineUnavailable', `no Docker or Podman answers: ${failures.join(', ')}`);
}

/** DOCKER_HOST alone where it is set, as Docker's own client does; else the usual places. */
function addresses(env: NodeJS.ProcessEnv): string[] {
  return env.DOCKER_HOST ? [env.DOCKER_HOST] : usualSockets(env).map((path) => `unix://${path}`);
}

/** Where on this machine an engine may listen, used by us or not: whoever reaches such a socket is root. */
export function engineSockets(env: NodeJS.ProcessEnv): string[] {
  const chosen = env.DOCKER_HOST?.startsWith('unix://') ? [env.DOCKER_HOST.slice('unix://'.length)] : [];
  return [...chosen, ...usualSockets(env), '/run/containerd/containerd.sock', '/run/crio/crio.sock'];
}

function usualSockets(env: NodeJS.ProcessEnv): string[] {
  const user = env.XDG_RUNTIME_DIR;
  return [
    '/var/run/docker.sock',
    ...(user ? [join(user, 'docker.sock')] : []),
    join(homedir(), '.docker/run/docker.sock'),
    '/run/podman/podman.sock',
    ...(user ? [join(user, 'podman/podman.sock')] : []),
  ];
}

/** What the engine says of itself, or why it does not. */
async function probe(address: string): Promise<ServerInfo | string> {
  if (address.startsWith('unix://')) {
    const there = await access(address.slice('unix://'.length)).then(
      () => true,
      () => false,
    );
    if (!there) return 'is not there';
  }
  try {
    const client = await connectDocker(address);
    try {
      return await client.serverInfo();
    } finally {
      client.close();
    }
  } catch (error) {
    return error instanceof Error ? `does not serve (${error.message})` : 'does not serve';
  }
}

/** Our networks need the engine's processes to be processes of this machine, and root. */
async function networksReason(address: string, info: ServerInfo): Promise<string | undefined> {
  if (!address.startsWith('unix://')) return 'the engine is on another machine';
  if (info.KernelVersion !== release() || info.Name !== hostname())
    return 'the engine runs in a virtual machine';
  if (info.SecurityOptions?.some((option) => option.includes('rootless'))) return 'the engine is rootless';
  const { supported, reason } = await taskNetworkSupport();
  return supported ? undefined : (reason ?? 'task networks are not possible here');
}
