/** Networks one by one, over the Docker API. */
import { AppError } from '../../../core/errors.ts';
import type {
  HostNetwork,
  HostNetworks,
  NetworkQuery,
  NetworkSpec,
} from '../../../core/ports/host-networks.ts';
import type { Page } from '../../../core/ports/page.ts';
import { segment } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerSummary, NetworkDetails } from '../client/types.ts';
import { usersOwn } from '../labels.ts';
import { isHolder, networkNames, plainName, timeOf } from './container-description.ts';
import { bears, compareText, includesText, pageOf } from './container-list.ts';
import { asHostCall, hostError, notFound } from './errors.ts';
import { findContainer } from './find-container.ts';

const builtIn = new Set(['bridge', 'host', 'none']);
const leastPrefix = 6;

export class DockerNetworks implements HostNetworks {
  readonly #client: DockerClient;

  constructor(client: DockerClient) {
    this.#client = client;
  }

  async list({ name, labels, ...page }: NetworkQuery = {}): Promise<Page<HostNetwork>> {
    const found = (await this.#all())
      .filter((network) => includesText(network.name, name) && bears(network.labels, labels))
      .sort((left, right) => compareText(left.name, right.name));
    return pageOf(found, page);
  }

  async inspect(network: string): Promise<HostNetwork> {
    const all = await this.#all();
    const byId = network.length < leastPrefix ? [] : all.filter(({ id }) => id.startsWith(network));
    const found = all.find(({ name }) => name === network) ?? byId[0];
    if (!found) throw notFound('network', network);
    if (byId.length < 2 || found.name === network) return found;
    throw new AppError('InvalidParameter', `'${network}' begins the id of several networks.`);
  }

  async create({ name, driver, labels = {}, internal, subnet, gateway }: NetworkSpec): Promise<HostNetwork> {
    const body = {
      Name: name,
      CheckDuplicate: true,
      ...(driver !== undefined && { Driver: driver }),
      Labels: usersOwn(labels),
      Internal: internal ?? false,
      ...(subnet !== undefined && {
        IPAM: { Config: [{ Subnet: subnet, ...(gateway !== undefined && { Gateway: gateway }) }] },
      }),
    };
    try {
      return await this.inspect(await this.#created(body));
    } catch (error) {
      throw creationError(error, name, subnet);
    }
  }

  /** Podman looks at every interface of the machine, and fails where one goes while it does. */
  async #created(body: object, attempts = 5): Promise<string> {
    const { connection } = this.#client;
    try {
      return (await connection.json<{ Id: string }>('POST', '/networks/create', { body })).Id;
    } catch (error) {
      const isVanished = error instanceof Error && error.message.includes('no such network interface');
      if (!isVanished || attempts === 1) throw error;
      return this.#created(body, attempts - 1);
    }
  }

  async remove(network: string): Promise<void> {
    const { id, name, containers, builtIn: engines } = await this.inspect(network);
    if (engines) throw new AppError('InvalidParameter', `Network '${name}' is the engine's own and stays.`);
    if (containers.length > 0) {
      const users = containers.map((user) => `'${user}'`).join(', ');
      throw new AppError('ResourceInUse', `Network '${name}' is used by container ${users}.`);
    }
    await asHostCall(() => this.#client.connection.call('DELETE', `/networks/${segment(id)}`));
  }

  async connect(
    network: string,
    container: string,
    { aliases = [] }: { aliases?: string[] } = {},
  ): Promise<void> {
    if (await this.#isOn(network, container)) {
      if (aliases.length === 0) return;
      const message =
        'The container is on that network already; take it off first to give it other names there.';
      throw new AppError('Conflict', message, { field: 'aliases' });
    }
    const body = { Container: '', EndpointConfig: { Aliases: aliases } };
    await this.#attach(network, container, 'connect', body);
  }

  async disconnect(network: string, container: string): Promise<void> {
    const isOn = await this.#isOn(network, container);
    if (isOn) await this.#attach(network, container, 'disconnect', { Container: '' });
  }

  async #isOn(network: string, container: string): Promise<boolean> {
    const { name } = await this.inspect(network);
    const { NetworkSettings } = await findContainer(this.#client, container);
    return networkNames(Object.keys(NetworkSettings.Networks ?? {}), this.#client.quirks).includes(name);
  }

  async #attach(
    network: string,
    container: string,
    action: string,
    body: { Container: string },
  ): Promise<void> {
    const { name } = await this.inspect(network);
    body.Container = (await findContainer(this.#client, container)).Id;
    await asHostCall(() =>
      this.#client.connection.call('POST', `/networks/${segment(name)}/${action}`, { body }),
    );
  }

  async #all(): Promise<HostNetwork[]> {
    const [networks, containers] = await asHostCall(() =>
      Promise.all([
        this.#client.connection.json<NetworkDetails[]>('GET', '/networks'),
        this.#client.listContainers({}),
      ]),
    );
    const users = this.#usersOf(containers);
    return networks.map((network) => describe(network, users));
  }

  /** The engine's own answer names only those that run. */
  #usersOf(containers: readonly ContainerSummary[]): Map<string, string[]> {
    const users = new Map<string, string[]>();
    for (const { Id, Names, Labels, NetworkSettings } of containers) {
      if (isHolder(Labels)) continue;
      for (const name of networkNames(Object.keys(NetworkSettings?.Networks ?? {}), this.#client.quirks)) {
        users.set(name, [...(users.get(name) ?? []), plainName(Names[0] ?? Id)]);
      }
    }
    return users;
  }
}

/** Whatever status the engine chose: Podman answers 500 to most. */
function creationError(error: unknown, name: string, subnet: string | undefined): unknown {
  const refusal = hostError(error);
  if (!(refusal instanceof AppError)) return refusal;
  const { code, message } = refusal;
  if (code === 'AlreadyExists')
    return new AppError(code, `There is a network '${name}' already.`, { field: 'name' });
  if (/pre-?defined|valid network mode/i.test(message)) {
    return new AppError('InvalidParameter', `'${name}' is what engines call a network of their own.`, {
      field: 'name',
    });
  }
  if (!/overlaps|is already used/i.test(message)) return refusal;
  return new AppError(
    'InvalidParameter',
    `${subnet} overlaps with another network; choose other addresses.`,
    {
      field: 'subnet',
    },
  );
}

function describe(network: NetworkDetails, users: ReadonlyMap<string, string[]>): HostNetwork {
  const createdAt = timeOf(network.Created);
  return {
    id: network.Id,
    name: network.Name,
    driver: network.Driver,
    internal: network.Internal,
    labels: network.Labels ?? {},
    ...(createdAt !== undefined && { createdAt }),
    subnets: (network.IPAM?.Config ?? []).map(({ Subnet = '', Gateway }) => ({
      subnet: Subnet,
      ...(Gateway && { gateway: Gateway }),
    })),
    containers: users.get(network.Name) ?? [],
    builtIn: builtIn.has(network.Name),
  };
}
