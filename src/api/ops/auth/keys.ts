/** API keys, access key pairs and account tokens over REST. */
import Type from 'typebox';
import type { CredentialCore } from '../../../core/credential-check.ts';
import {
  createAccessKey,
  createAccountToken,
  createApiKey,
  describeCredential,
  listCredentials,
  revokeCredential,
  type CredentialRequest,
} from '../../../core/credentials.ts';
import type { Principal } from '../../../core/principal.ts';
import type { TypedApp } from '../../typed-app.ts';
import type { AuthRoutesOptions } from './options.ts';
import { createdKey, error, keyList, keyView, keyViewOf, newKey, page } from './schemas.ts';

const tags = ['auth'];
const params = Type.Object({ id: Type.String({ maxLength: 128, examples: ['lsk_8aJx2Lq0ZpTe'] }) });

export function keyRoutes(app: TypedApp, { core }: AuthRoutesOptions): void {
  app.get(
    '/auth/keys',
    {
      config: { access: { face: 'ops', scope: 'keys:read' } },
      schema: {
        operationId: 'listKeys',
        summary: 'Keys of the account, ended ones too for 30 days',
        tags,
        querystring: page,
        response: { 200: keyList, '4xx': error },
      },
    },
    async ({ principal, query }) => {
      const { records, nextToken } = await listCredentials(core, principal, query);
      const keys = records.map((record) => keyViewOf(record, core.clock.now()));
      return { keys, ...(nextToken !== undefined && { nextToken }) };
    },
  );

  app.post(
    '/auth/keys',
    {
      config: { access: { face: 'ops', scope: 'keys:create' } },
      schema: {
        operationId: 'createKey',
        summary: 'Make a key that allows no more than the caller may',
        tags,
        body: newKey,
        response: { 201: createdKey, '4xx': error },
      },
    },
    async (request, reply) => {
      const { kind = 'api-key', ttlSeconds, ...rest } = request.body;
      const ttlMs = ttlSeconds === undefined ? undefined : ttlSeconds * 1000;
      const { record, shown } = await create[kind](core, request.principal, { ...rest, ttlMs });
      request.audit = { target: record.id };
      void reply.code(201).header('cache-control', 'no-store');
      return { ...keyViewOf(record, core.clock.now()), ...shown };
    },
  );

  app.get(
    '/auth/keys/:id',
    {
      config: { access: { face: 'ops', scope: 'keys:read' } },
      schema: {
        operationId: 'getKey',
        summary: 'One key',
        tags,
        params,
        response: { 200: keyView, '4xx': error },
      },
    },
    async ({ principal, params: { id } }) =>
      keyViewOf(await describeCredential(core, principal, id), core.clock.now()),
  );

  app.delete(
    '/auth/keys/:id',
    {
      config: { access: { face: 'ops', scope: 'keys:delete' } },
      schema: {
        operationId: 'revokeKey',
        summary: 'Revoke a key: it is refused from the next request on',
        tags,
        params,
        response: { 200: keyView, '4xx': error },
      },
    },
    async ({ principal, params: { id } }) =>
      keyViewOf(await revokeCredential(core, principal, id), core.clock.now()),
  );
}

type Create = (
  core: CredentialCore,
  creator: Principal,
  request: CredentialRequest,
) => ReturnType<typeof apiKey>;

async function apiKey(core: CredentialCore, creator: Principal, request: CredentialRequest) {
  const { record, key } = await createApiKey(core, creator, request);
  return { record, shown: { key } as Record<string, string> };
}

const create: Record<'api-key' | 'access-key' | 'account-token', Create> = {
  'api-key': apiKey,
  'access-key': async (core, creator, request) => {
    const { record, secretAccessKey } = await createAccessKey(core, creator, request);
    return { record, shown: { accessKeyId: record.id, secretAccessKey } };
  },
  'account-token': async (core, creator, request) => {
    const { record, token } = await createAccountToken(core, creator, request);
    return { record, shown: { token } };
  },
};
