/** Volumes one by one, over the Docker API. */
import { AppError } from '../../../core/errors.ts';
import type { HostVolume, HostVolumes, VolumeQuery, VolumeSpec } from '../../../core/ports/host-volumes.ts';
import type { Page } from '../../../core/ports/page.ts';
import { segment } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerSummary, VolumeDetails } from '../client/types.ts';
import { taskLabel, usersOwn } from '../labels.ts';
import { plainName, timeOf } from './container-description.ts';
import { bears, compareText, includesText, pageOf } from './container-list.ts';
import { asHostCall, notFound } from './errors.ts';

export class DockerVolumes implements HostVolumes {
  readonly #client: DockerClient;

  constructor(client: DockerClient) {
    this.#client = client;
  }

  async list({ name, labels, unused, ...page }: VolumeQuery = {}): Promise<Page<HostVolume>> {
    const [answer, containers] = await asHostCall(() =>
      Promise.all([
        this.#client.connection.json<{ Volumes: VolumeDetails[] | null }>('GET', '/volumes'),
        this.#client.listContainers({}),
      ]),
    );
    const users = usersOf(containers);
    const found = (answer.Volumes ?? [])
      .map((volume) => describe(volume, users))
      .filter((volume) => includesText(volume.name, name) && bears(volume.labels, labels))
      .filter(({ usedBy }) => unused === undefined || (usedBy.length === 0) === unused)
      .sort((left, right) => compareText(left.name, right.name));
    return pageOf(found, page);
  }

  async inspect(name: string): Promise<HostVolume> {
    const [volume, containers] = await asHostCall(() =>
      Promise.all([this.#details(name), this.#client.listContainers({})]),
    );
    if (!volume) throw notFound('volume', name);
    return describe(volume, usersOf(containers));
  }

  async create({ name, labels = {}, driver, driverOptions }: VolumeSpec): Promise<HostVolume> {
    // The engine answers with the one that is there.
    if (name !== undefined && (await asHostCall(() => this.#details(name)))) {
      throw new AppError('AlreadyExists', `There is a volume '${name}' already.`, { field: 'name' });
    }
    const body = { Name: name, Labels: usersOwn(labels), Driver: driver, DriverOpts: driverOptions };
    const made = await asHostCall(() =>
      this.#client.connection.json<VolumeDetails>('POST', '/volumes/create', { body }),
    );
    return describe(made, new Map());
  }

  async remove(name: string, { force = false }: { force?: boolean } = {}): Promise<void> {
    const { usedBy, task } = await this.inspect(name);
    if (usedBy.length > 0) {
      const users = usedBy.map((user) => `'${user}'`).join(', ');
      throw new AppError('ResourceInUse', `Volume '${name}' is used by container ${users}.`);
    }
    if (task !== undefined && !force) {
      throw new AppError('ResourceInUse', `Volume '${name}' belongs to task ${task}.`, { task });
    }
    // Not forced: Podman would remove containers with it that came meanwhile.
    await asHostCall(() => this.#client.connection.call('DELETE', `/volumes/${segment(name)}`));
  }

  async #details(name: string): Promise<VolumeDetails | undefined> {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return undefined;
    const { connection } = this.#client;
    return asHostCall(() => connection.json<VolumeDetails>('GET', `/volumes/${segment(name)}`)).catch(
      (error: unknown) => {
        if (error instanceof AppError && error.code === 'ResourceNotFound') return undefined;
        throw error;
      },
    );
  }
}

function usersOf(containers: readonly ContainerSummary[]): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const { Id, Names, Mounts } of containers) {
    for (const { Type, Name } of Mounts ?? []) {
      if (Type !== 'volume' || Name === undefined) continue;
      users.set(Name, [...(users.get(Name) ?? []), plainName(Names[0] ?? Id)]);
    }
  }
  return users;
}

function describe(volume: VolumeDetails, users: ReadonlyMap<string, string[]>): HostVolume {
  const labels = volume.Labels ?? {};
  const createdAt = timeOf(volume.CreatedAt);
  const task = labels[taskLabel];
  return {
    name: volume.Name,
    driver: volume.Driver,
    driverOptions: volume.Options ?? {},
    directory: volume.Mountpoint,
    labels,
    ...(createdAt !== undefined && { createdAt }),
    usedBy: users.get(volume.Name) ?? [],
    ...(task !== undefined && { task }),
  };
}
