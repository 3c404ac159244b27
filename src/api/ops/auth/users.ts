/** People and service accounts over REST. */
import Type from 'typebox';
import { createApiKey } from '../../../core/credentials.ts';
import { roleNames } from '../../../core/scopes.ts';
import {
  createUser,
  deleteUser,
  describeUser,
  listUsers,
  updateUser,
  type UserKind,
} from '../../../core/users.ts';
import type { TypedApp } from '../../typed-app.ts';
import type { AuthRoutesOptions } from './options.ts';
import {
  createdServiceAccount,
  error,
  name,
  newServiceAccount,
  newUser,
  page,
  rfc3339,
  serviceAccountChanges,
  serviceAccountList,
  userChanges,
  userList,
  userView,
  userViewOf,
} from './schemas.ts';

const tags = ['auth'];
const params = Type.Object({ name });

export function userRoutes(app: TypedApp, options: AuthRoutesOptions): void {
  const { core } = options;
  app.get(
    '/auth/users',
    {
      config: { access: { face: 'ops', scope: 'users:read' } },
      schema: {
        operationId: 'listUsers',
        summary: 'People of the account',
        tags,
        querystring: page,
        response: { 200: userList, '4xx': error },
      },
    },
    async ({ principal, query }) => {
      const { records, nextToken } = await listUsers(core, principal, 'user', query);
      return { users: records.map(userViewOf), ...(nextToken !== undefined && { nextToken }) };
    },
  );

  app.post(
    '/auth/users',
    {
      config: { access: { face: 'ops', scope: 'users:create' } },
      schema: {
        operationId: 'createUser',
        summary: 'Add a person, who may do no more than the caller',
        tags,
        body: newUser,
        response: { 201: userView, '4xx': error },
      },
    },
    async (request, reply) => {
      const user = await createUser(core, request.principal, { ...request.body, kind: 'user' });
      request.audit = { target: user.id };
      void reply.code(201);
      return userViewOf(user);
    },
  );

  app.put(
    '/auth/users/:name',
    {
      config: { access: { face: 'ops', scope: 'users:update' } },
      schema: {
        operationId: 'updateUser',
        summary:
          'Change a person; what is absent stays. Their tokens end, unless only the description changes',
        tags,
        params,
        body: userChanges,
        response: { 200: userView, '4xx': error },
      },
    },
    async ({ principal, params: { name: of }, body }) =>
      userViewOf(await updateUser(core, principal, 'user', of, body)),
  );

  oneOf(app, options, 'user', '/auth/users/:name', { get: 'getUser', remove: 'deleteUser' });
  serviceAccountRoutes(app, options);
}

function serviceAccountRoutes(app: TypedApp, options: AuthRoutesOptions): void {
  const { core } = options;
  app.get(
    '/auth/service-accounts',
    {
      config: { access: { face: 'ops', scope: 'users:read' } },
      schema: {
        operationId: 'listServiceAccounts',
        summary: 'Service accounts of the account',
        tags,
        querystring: page,
        response: { 200: serviceAccountList, '4xx': error },
      },
    },
    async ({ principal, query }) => {
      const { records, nextToken } = await listUsers(core, principal, 'service', query);
      return { serviceAccounts: records.map(userViewOf), ...(nextToken !== undefined && { nextToken }) };
    },
  );

  app.post(
    '/auth/service-accounts',
    {
      config: { access: { face: 'ops', scope: 'users:create' } },
      schema: {
        operationId: 'createServiceAccount',
        summary: 'Add an account for a program, with its first API key',
        tags,
        body: newServiceAccount,
        response: { 201: createdServiceAccount, '4xx': error },
      },
    },
    async (request, reply) => {
      const { roles = [], ttlSeconds, ...rest } = request.body;
      const role = roleNames.find((each) => roles.includes(each)) ?? 'none';
      const service = await createUser(core, request.principal, { ...rest, role, kind: 'service' });
      const { key } = await createApiKey(core, request.principal, {
        name: service.name,
        subject: service.id,
        ttlMs: ttlSeconds === undefined ? undefined : ttlSeconds * 1000,
      });
      request.audit = { target: service.id };
      void reply.code(201).header('cache-control', 'no-store');
      return { serviceAccountId: service.id, apiKey: key, createdAt: rfc3339(service.createdAt) };
    },
  );

  app.put(
    '/auth/service-accounts/:name',
    {
      config: { access: { face: 'ops', scope: 'users:update' } },
      schema: {
        operationId: 'updateServiceAccount',
        summary: 'Change a service account; what is absent stays. Its keys follow at once',
        tags,
        params,
        body: serviceAccountChanges,
        response: { 200: userView, '4xx': error },
      },
    },
    async ({ principal, params: { name: of }, body }) =>
      userViewOf(await updateUser(core, principal, 'service', of, body)),
  );

  const path = '/auth/service-accounts/:name';
  oneOf(app, options, 'service', path, { get: 'getServiceAccount', remove: 'deleteServiceAccount' });
}

/** What reads and removes one of either kind. */
function oneOf(
  app: TypedApp,
  { core }: AuthRoutesOptions,
  kind: UserKind,
  path: string,
  operations: { get: string; remove: string },
): void {
  app.get(
    path,
    {
      config: { access: { face: 'ops', scope: 'users:read' } },
      schema: {
        operationId: operations.get,
        summary: kind === 'user' ? 'One person' : 'One service account',
        tags,
        params,
        response: { 200: userView, '4xx': error },
      },
    },
    async ({ principal, params: { name: of } }) => userViewOf(await describeUser(core, principal, kind, of)),
  );

  app.delete(
    path,
    {
      config: { access: { face: 'ops', scope: 'users:delete' } },
      schema: {
        operationId: operations.remove,
        summary: 'Remove it; its keys are revoked and its tokens refused',
        tags,
        params,
        response: { 204: Type.Null(), '4xx': error },
      },
    },
    async ({ principal, params: { name: of } }, reply) => {
      await deleteUser(core, principal, kind, of);
      return reply.code(204).send(null);
    },
  );
}
