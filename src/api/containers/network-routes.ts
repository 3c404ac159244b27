/** Networks: which there are, made and removed, and containers put on them. */
import { BlockList, isIP } from 'node:net';
import {
  connectNetwork,
  createNetwork,
  disconnectNetwork,
  findNetwork,
  listNetworks,
  removeNetwork,
} from '../../core/containers/networks.ts';
import type { HostNetwork, NetworkSpec } from '../../core/ports/host-networks.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { containerName, readTexts } from './creation-body.ts';
import type { Members } from './members.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { pageQuery, readBody, readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { enveloped, timeOf } from './views.ts';

const tags = ['networks'];
const { errors } = schemas;
const done = { 200: schemas.success(schemas.anything), ...errors };

export function networkRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/networks`,
    {
      config: accessOf('ListNetworks', 'networks:read'),
      schema: {
        operationId: 'listNetworks',
        summary: 'Networks of the account, by name',
        tags,
        querystring: schemas.networksQuery,
        response: { 200: schemas.success(schemas.listOf(schemas.anything)), ...errors },
      },
    },
    async ({ principal, query }) => {
      const asked = readQuery(query, (members) => {
        members.only('limit', 'offset', 'name', 'label');
        return { ...pageQuery(members), name: members.text('name'), labels: members.texts('label') };
      });
      const { total, items } = await listNetworks(core, principal, asked);
      return enveloped({ total, items: items.map(networkOf) });
    },
  );

  app.get(
    `${prefix}/networks/:network_id`,
    {
      config: accessOf('GetNetwork', 'networks:read'),
      schema: {
        operationId: 'getNetwork',
        summary: 'One network, with the containers on it',
        tags,
        params: schemas.networkParams,
        response: done,
      },
    },
    async ({ principal, params }) =>
      enveloped(networkOf(await findNetwork(core, principal, checkedName(params.network_id)))),
  );

  app.post(
    `${prefix}/networks`,
    {
      config: accessOf('CreateNetwork', 'networks:create'),
      schema: {
        operationId: 'createNetwork',
        summary: 'Make a network',
        tags,
        body: schemas.network,
        response: done,
      },
    },
    async ({ principal, body }) =>
      enveloped(networkOf(await createNetwork(core, principal, readBody(body, networkSpec)))),
  );

  app.delete(
    `${prefix}/networks/:network_id`,
    {
      config: accessOf('DeleteNetwork', 'networks:delete'),
      schema: {
        operationId: 'deleteNetwork',
        summary: 'Remove a network without containers',
        tags,
        params: schemas.networkParams,
        response: done,
      },
    },
    async ({ principal, params }) => {
      const { id } = await removeNetwork(core, principal, checkedName(params.network_id));
      return enveloped({ id, removed: true });
    },
  );
}

export function connectionRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  for (const way of ['connect', 'disconnect'] as const) {
    const word = way === 'connect' ? 'Connect' : 'Disconnect';
    app.post(
      `${prefix}/networks/:network_id/${way}`,
      {
        config: accessOf(`${word}Network`, 'networks:update'),
        schema: {
          operationId: `${way}Network`,
          summary: `${way === 'connect' ? 'Put a container on' : 'Take a container off'} a network`,
          tags,
          params: schemas.networkParams,
          body: schemas.connection,
          response: done,
        },
      },
      async ({ principal, params, body }) => {
        const { container, aliases } = readBody(body, (members) => {
          members.only('container', ...(way === 'connect' ? ['aliases'] : []));
          if (members.value('container') === undefined) members.refuse('container', 'is missing.');
          return {
            container: members.text('container', containerName),
            aliases: members.texts('aliases', containerName),
          };
        });
        const network = checkedName(params.network_id);
        const change = way === 'connect' ? connectNetwork : disconnectNetwork;
        return enveloped(await change(core, principal, network, container!, aliases));
      },
    );
  }
}

/** Before it gets into a path of an engine. */
function checkedName(reference: string): string {
  return readQuery({ network_id: reference }, (members) => members.text('network_id', containerName))!;
}

function networkSpec(body: Members): NetworkSpec {
  body.only('name', 'driver', 'labels', 'internal', 'subnet', 'gateway');
  if (body.value('name') === undefined) body.refuse('name', 'is missing.');
  return {
    name: body.text('name', containerName) ?? '',
    driver: body.text('driver', containerName),
    labels: readTexts(body, 'labels'),
    internal: body.flag('internal'),
    ...readAddresses(body),
  };
}

function readAddresses(body: Members): Pick<NetworkSpec, 'subnet' | 'gateway'> {
  const subnet = body.text('subnet', { most: 64 });
  const gateway = body.text('gateway', { most: 64 });
  const [network = '', bits = ''] = subnet?.split('/', 2) ?? [];
  const version = isIP(network);
  const isSubnet = version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
  if (subnet !== undefined && !isSubnet) body.refuse('subnet', 'must be a network such as 10.5.0.0/16.');
  else if (gateway !== undefined && subnet === undefined) body.refuse('gateway', 'needs a subnet.');
  else if (gateway !== undefined && subnet !== undefined) {
    const family = version === 4 ? 'ipv4' : 'ipv6';
    const inside = new BlockList();
    inside.addSubnet(network, Number(bits), family);
    const fits = isIP(gateway) === version && inside.check(gateway, family);
    if (!fits) body.refuse('gateway', `must be an address of ${subnet}.`);
  }
  return { subnet, gateway };
}

function networkOf(network: HostNetwork) {
  const { id, name, driver, internal, labels, createdAt, subnets, containers, builtIn } = network;
  return {
    id,
    name,
    driver,
    internal,
    labels,
    created_at: createdAt === undefined ? null : timeOf(createdAt),
    subnets: subnets.map(({ subnet, gateway }) => ({ subnet, gateway: gateway ?? null })),
    containers,
    built_in: builtIn,
  };
}
