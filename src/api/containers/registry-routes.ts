/** Registries with stored credentials. A password or token is taken, and never told. */
import { checkRegistry, requireInsecure, requireTaken } from '../../core/containers/registry-checks.ts';
import type { RegistryRecord } from '../../core/records.ts';
import {
  createRegistry,
  deleteRegistry,
  findRegistry,
  listRegistries,
  updateRegistry,
  type RegistryRequest,
} from '../../core/registries/registries.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import type { Members, TextForm } from './members.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { pageQuery, readBody, readQuery } from './queries.ts';
import * as registrySchemas from './registry-schemas.ts';
import * as schemas from './schemas.ts';
import { enveloped, timeOf } from './views.ts';

const tags = ['registries'];
const { errors } = schemas;
const one = { 200: schemas.success(registrySchemas.registry), ...errors };

export function registryRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  const viewOf = (record: RegistryRecord) => registryOf(record, core.isPlainRegistry(record.address));
  app.get(
    `${prefix}/registries`,
    {
      config: accessOf('ListRegistries', 'registries:read'),
      schema: {
        operationId: 'listRegistries',
        summary: 'Registries that the account has credentials of, by address',
        tags,
        querystring: schemas.pageQuery,
        response: { 200: schemas.success(schemas.listOf(registrySchemas.registry)), ...errors },
      },
    },
    async ({ principal, query }) => {
      const { limit, offset = 0 } = readQuery(query, (members) => {
        members.only('limit', 'offset');
        return pageQuery(members);
      });
      const all = await listRegistries(core, principal);
      const items = all.slice(offset, limit === undefined ? undefined : offset + limit);
      return enveloped({ total: all.length, items: items.map(viewOf) });
    },
  );

  app.get(
    `${prefix}/registries/:registry_id`,
    {
      config: accessOf('GetRegistry', 'registries:read'),
      schema: {
        operationId: 'getRegistry',
        summary: 'One registry, without its password',
        tags,
        params: registrySchemas.registryParams,
        response: one,
      },
    },
    async ({ principal, params }) =>
      enveloped(viewOf(await findRegistry(core, principal, params.registry_id))),
  );

  app.post(
    `${prefix}/registries`,
    {
      config: accessOf('CreateRegistry', 'registries:create'),
      schema: {
        operationId: 'createRegistry',
        summary: 'Store credentials of a registry, for pulls, pushes and tasks of the account',
        tags,
        querystring: registrySchemas.registryQuery,
        body: registrySchemas.registryCreation,
        response: one,
      },
    },
    async (request) => {
      const { check, wanted, insecure } = readCreation(request.query, request.body);
      requireInsecure(core, wanted.address, insecure);
      if (check) await requireTaken(core, wanted);
      const record = await createRegistry(core, request.principal, wanted);
      request.audit = { target: record.address };
      return enveloped(viewOf(record));
    },
  );
}

export function registryChangeRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.patch(
    `${prefix}/registries/:registry_id`,
    {
      config: accessOf('UpdateRegistry', 'registries:update'),
      schema: {
        operationId: 'updateRegistry',
        summary: 'Change name or credentials; its address stays',
        tags,
        params: registrySchemas.registryParams,
        body: registrySchemas.registryChanges,
        response: one,
      },
    },
    async ({ principal, params, body }) => {
      const changes = readBody(body, (members) => {
        members.only('name', 'address', 'username', 'password', 'token');
        if (members.value('address') !== undefined) {
          members.refuse('address', 'is never changed: what is stored is for this one. Make another.');
        }
        return {
          name: members.text('name', nameForm),
          username: members.text('username', usernameForm),
          password: readPassword(members),
        };
      });
      const record = await updateRegistry(core, principal, params.registry_id, changes);
      return enveloped(registryOf(record, core.isPlainRegistry(record.address)));
    },
  );

  app.delete(
    `${prefix}/registries/:registry_id`,
    {
      config: accessOf('DeleteRegistry', 'registries:delete'),
      schema: {
        operationId: 'deleteRegistry',
        summary: 'Forget the credentials of a registry',
        tags,
        params: registrySchemas.registryParams,
        response: { 200: schemas.success(schemas.removed), ...errors },
      },
    },
    async ({ principal, params }) => {
      const { id } = await deleteRegistry(core, principal, params.registry_id);
      return enveloped({ id, removed: true });
    },
  );

  app.post(
    `${prefix}/registries/:registry_id/check`,
    {
      config: accessOf('CheckRegistry', 'registries:update'),
      schema: {
        operationId: 'checkRegistry',
        summary: 'Ask the registry whether it takes what is stored',
        tags,
        params: registrySchemas.registryParams,
        response: { 200: schemas.success(registrySchemas.registryCheck), ...errors },
      },
    },
    async ({ principal, params }) => {
      const { record, check } = await checkRegistry(core, principal, params.registry_id);
      return enveloped({ id: record.id, address: record.address, ...check });
    },
  );
}

const nameForm: TextForm = {
  most: 128,
  form: /^[^\p{Cc}]+$/u,
  words: 'must be 1 to 128 characters of text.',
};
const usernameForm: TextForm = {
  most: 255,
  form: /^[^\p{Cc}:]+$/u,
  words: 'must be 1 to 255 characters without a colon.',
};
/** Some are whole JSON documents. */
const passwordForm: TextForm = { most: 16_384, form: /^[^]+$/, words: 'must not be empty.' };

function readCreation(query: unknown, body: unknown) {
  const check = readQuery(query, (members) => {
    members.only('check');
    return members.flag('check') ?? false;
  });
  return readBody(body, (members) => {
    members.only('name', 'address', 'username', 'password', 'token', 'insecure');
    const wanted: RegistryRequest = {
      name: members.text('name', nameForm),
      address: members.text('address') ?? '',
      username: members.text('username', usernameForm) ?? '',
      password: readPassword(members) ?? '',
    };
    if (members.value('address') === undefined) members.refuse('address', 'is missing.');
    if (members.value('username') === undefined) {
      members.refuse('username', 'is missing; with a token, it is the name that the registry wants with it.');
    }
    if (members.value('password') === undefined && members.value('token') === undefined) {
      members.refuse('password', 'is missing; a token may be given in its place.');
    }
    return { check, wanted, insecure: members.flag('insecure') };
  });
}

/** A token is shown to registries where a password would be. */
function readPassword(members: Members): string | undefined {
  const [password, token] = [members.text('password', passwordForm), members.text('token', passwordForm)];
  if (password !== undefined && token !== undefined)
    members.refuse('token', 'goes not together with password.');
  return password ?? token;
}

function registryOf(record: RegistryRecord, insecure: boolean) {
  return {
    id: record.id,
    name: record.name,
    address: record.address,
    username: record.username,
    insecure,
    account: record.account,
    created_at: timeOf(record.createdAt),
    updated_at: timeOf(record.updatedAt),
  };
}
