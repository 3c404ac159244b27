/** The same engine twice: through Longshore's containers API, and by the engine's own API over its socket. */
import { ownerOf } from '../../test/fixtures/traces.ts';
import { inParallel } from '../harness/in-parallel.ts';
import type { Cleanup } from '../harness/cleanup.ts';
import { JsonClient, type JsonCall } from '../harness/json-client.ts';
import { startLongshore } from '../harness/longshore.ts';

export interface Contenders {
  /** What figures call the engine. */
  engine: 'embedded' | 'docker';
  serverPid: number;
  port: number;
  /** Paths begin with `/containers`. */
  ours: JsonClient;
  /** Paths of the Docker Engine API 1.41. */
  raw: JsonClient;
  image: string;
}

const versioned = (call: JsonCall, prefix: string): JsonCall => ({ ...call, path: prefix + call.path });
export const ourCall = (method: string, path: string, body?: object): JsonCall =>
  versioned({ method, path, ...(body && { body }) }, '/api/v1');
export const rawCall = (method: string, path: string, body?: object): JsonCall =>
  versioned({ method, path, ...(body && { body }) }, '/v1.41');

/** `dockerSocket` absent: the embedded engine, whose own Podman is asked at its private socket. */
export async function startContenders(
  cleanup: Cleanup,
  image: string,
  dockerSocket?: string,
): Promise<Contenders> {
  const engine = dockerSocket === undefined ? 'embedded' : 'docker';
  let dataDir = '';
  const prepare = (directory: string) => {
    dataDir = directory;
    return Promise.resolve();
  };
  const environment: Record<string, string> =
    dockerSocket === undefined ? {} : { DOCKER_HOST: `unix://${dockerSocket}` };
  const { pid, port } = await startLongshore(cleanup, ['--engine', engine], { prepare, environment });
  const socketPath = dockerSocket ?? `/run/longshore/${await ownerOf(dataDir)}/podman.sock`;
  const ours = new JsonClient({ host: '127.0.0.1', port });
  const raw = new JsonClient({ socketPath });
  cleanup.add(() => {
    ours.close();
    raw.close();
  });
  cleanup.add(() => removeAll(ours));
  await ours.call(ourCall('POST', '/images/pull', { name: image }));
  return { engine, serverPid: pid, port, ours, raw, image };
}

/** Containers outlive a server. */
export async function removeAll(ours: JsonClient): Promise<void> {
  const { data } = await ours.call(ourCall('GET', '/containers'));
  const { items } = data as { items: { id: string }[] };
  await inParallel(items.length, 4, async () => {
    await ours.call(ourCall('DELETE', `/containers/${items.pop()!.id}?force=true`));
  });
}
