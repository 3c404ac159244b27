/** How functions get in, change and go; the document leaves it open. */
import Type from 'typebox';
import { findFunction, removeAlias, rollBack, setAlias } from '../../core/functions/catalogue.ts';
import { createFunction, deleteFunction, updateFunction } from '../../core/functions/publication.ts';
import type { FunctionRecord } from '../../core/functions/records.ts';
import type { Principal } from '../../core/principal.ts';
import type { Scope } from '../../core/scopes.ts';
import type { RouteAccess } from '../access.ts';
import type { TypedApp } from '../typed-app.ts';
import { prefix, tags, type FunctionsFaceOptions } from './options.ts';
import * as schemas from './schemas.ts';
import { definitionOf, publishedOf } from './views.ts';

const access = (scope: Scope, operation: string): { access: RouteAccess } => ({
  access: { face: 'functions', scope, operation, limit: 'functions' },
});
const path = `${prefix}/functions`;

export function publicationRoutes(app: TypedApp, { core }: FunctionsFaceOptions): void {
  app.post(
    path,
    {
      config: access('functions:create', 'CreateFunction'),
      schema: {
        operationId: 'createFunction',
        summary: 'Publish a function: its examples are run, and all must hold',
        tags,
        body: schemas.newFunction,
        response: { 201: schemas.published, ...schemas.errors },
      },
    },
    async (request, reply) => {
      const { language_title: name, ...definition } = request.body;
      request.audit = { target: name };
      const made = await createFunction(core, request.principal, name, definitionOf(definition));
      void reply.code(201);
      return publishedOf(made);
    },
  );

  app.put(
    `${path}/:language_title`,
    {
      config: access('functions:update', 'UpdateFunction'),
      schema: {
        operationId: 'updateFunction',
        summary: 'Publish a new version, whole; calls that name no version get it from now on',
        tags,
        params: schemas.functionParams,
        body: schemas.functionChanges,
        response: { 200: schemas.published, ...schemas.errors },
      },
    },
    async ({ principal, params, body }) =>
      publishedOf(await updateFunction(core, principal, params.language_title, definitionOf(body))),
  );

  app.delete(
    `${path}/:language_title`,
    {
      config: access('functions:delete', 'DeleteFunction'),
      schema: {
        operationId: 'deleteFunction',
        summary: 'Remove a function with its versions and logs; its sessions end',
        tags,
        params: schemas.functionParams,
        response: { 204: Type.Null({ description: 'It is gone.' }), ...schemas.errors },
      },
    },
    async ({ principal, params }, reply) => {
      await deleteFunction(core, principal, params.language_title);
      return reply.code(204).send(null);
    },
  );
}

export function aliasRoutes(app: TypedApp, { core }: FunctionsFaceOptions): void {
  const current = async (principal: Principal, { languageTitle }: FunctionRecord) =>
    publishedOf(await findFunction(core, principal, languageTitle));

  app.put(
    `${path}/:language_title/aliases/:alias`,
    {
      config: access('functions:update', 'SetAlias'),
      schema: {
        operationId: 'setFunctionAlias',
        summary: 'Point an alias to a version; `current` is where calls go that name nothing',
        tags,
        params: schemas.aliasParams,
        body: schemas.aliasBody,
        response: { 200: schemas.published, ...schemas.errors },
      },
    },
    async ({ principal, params, body }) => {
      const { language_title: name, alias } = params;
      return current(principal, await setAlias(core, principal, name, { alias, version: body.version }));
    },
  );

  app.delete(
    `${path}/:language_title/aliases/:alias`,
    {
      config: access('functions:update', 'DeleteAlias'),
      schema: {
        operationId: 'deleteFunctionAlias',
        summary: 'Remove an alias',
        tags,
        params: schemas.aliasParams,
        response: { 200: schemas.published, ...schemas.errors },
      },
    },
    async ({ principal, params }) =>
      current(principal, await removeAlias(core, principal, params.language_title, params.alias)),
  );

  app.post(
    `${path}/:language_title/rollback`,
    {
      config: access('functions:update', 'RollBackFunction'),
      schema: {
        operationId: 'rollBackFunction',
        summary: 'Go back to the version before, or to the one that is named, at once',
        tags,
        params: schemas.functionParams,
        body: schemas.rollbackBody,
        response: { 200: schemas.published, ...schemas.errors },
      },
    },
    async ({ principal, params, body }) =>
      current(principal, await rollBack(core, principal, params.language_title, body?.version)),
  );
}
