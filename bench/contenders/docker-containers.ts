/** Docker's own API (Docker Engine API 1.41), as a client uses it that has no Longshore. */
import type { JsonClient } from '../harness/json-client.ts';
import { commandFor, memoryMiB, publishedPort, stampsPath, type Contender } from './contender.ts';

const published = {
  ExposedPorts: { [`${publishedPort}/tcp`]: {} },
  ports: { [`${publishedPort}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
};

export async function pullByDocker(client: JsonClient, image: string): Promise<void> {
  const at = image.lastIndexOf(':');
  const query = new URLSearchParams({ fromImage: image.slice(0, at), tag: image.slice(at + 1) });
  await client.call({ method: 'POST', path: `/v1.41/images/create?${query.toString()}` });
}

/** One container on Docker's bridge with a published port: create and start. */
export function dockerContainers(client: JsonClient, image: string, stampsDirectory: string): Contender {
  const docker = new Docker(client);
  return {
    name: 'docker',
    start: async (stamp) => {
      const id = await docker.create({
        ...application(image, stamp),
        ExposedPorts: published.ExposedPorts,
        HostConfig: { ...limits(stampsDirectory), PortBindings: published.ports },
      });
      await docker.start(id);
      return id;
    },
    remove: (id) => docker.remove(id),
    explain: (id) => docker.explain(id),
  };
}

/**
 * As the agent of Amazon ECS does it for a task with a network of its own: a container that only holds the network
 * and the published port, and the application's container, which joins it.
 */
export function dockerEcsWay(client: JsonClient, image: string, stampsDirectory: string): Contender {
  const docker = new Docker(client);
  return {
    name: 'docker ecs-way',
    start: async (stamp) => {
      const holder = await docker.create({
        Image: image,
        Cmd: ['sleep', '100000'],
        ExposedPorts: published.ExposedPorts,
        HostConfig: { PortBindings: published.ports },
      });
      await docker.start(holder);
      const id = await docker.create({
        ...application(image, stamp),
        HostConfig: { ...limits(stampsDirectory), NetworkMode: `container:${holder}` },
      });
      await docker.start(id);
      return `${id} ${holder}`;
    },
    remove: async (ids) => {
      for (const id of ids.split(' ')) await docker.remove(id);
    },
    explain: (ids) => docker.explain(ids.split(' ')[0]!),
  };
}

const application = (image: string, stamp: string) => ({ Image: image, Cmd: commandFor(stamp) });

const limits = (stampsDirectory: string) => ({
  Memory: memoryMiB * 1024 * 1024,
  Binds: [`${stampsDirectory}:${stampsPath}`],
});

class Docker {
  readonly #client: JsonClient;

  constructor(client: JsonClient) {
    this.#client = client;
  }

  async create(body: object): Promise<string> {
    const { Id } = await this.#client.call({ method: 'POST', path: '/v1.41/containers/create', body });
    return Id as string;
  }

  async start(id: string): Promise<void> {
    await this.#client.call({ method: 'POST', path: `/v1.41/containers/${id}/start` });
  }

  async remove(id: string): Promise<void> {
    await this.#client.call({ method: 'DELETE', path: `/v1.41/containers/${id}?force=true&v=true` });
  }

  async explain(id: string): Promise<string> {
    const { State } = await this.#client.call({ method: 'GET', path: `/v1.41/containers/${id}/json` });
    return JSON.stringify(State);
  }
}
