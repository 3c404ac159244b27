/**
 * Versions and aliases. Every change of a function is a version here, so publishing makes none: it says which one
 * `$LATEST` is.
 */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { AppError } from '../../core/errors.ts';
import { listVersions, removeAlias, setAlias } from '../../core/functions/catalogue.ts';
import type { FunctionRecord } from '../../core/functions/records.ts';
import type { TypedApp } from '../typed-app.ts';
import { change } from './change.ts';
import { configurationOf, pageOf, requireRevision } from './configuration.ts';
import { findNamed, functionArn, latest } from './names.ts';
import { access, path, tags, type LambdaFaceOptions } from './options.ts';
import * as schemas from './schemas.ts';

export function versionRoutes(app: TypedApp, options: LambdaFaceOptions): void {
  const { core } = options;
  const url = `${path}/:FunctionName/versions`;

  app.post(
    url,
    {
      config: access('functions:update', 'lambda:PublishVersion'),
      schema: {
        operationId: 'lambdaPublishVersion',
        summary: 'The number of the version that $LATEST is',
        tags,
        params: schemas.nameParams,
        body: schemas.publishBody,
        response: { 201: schemas.configuration, ...schemas.errors },
      },
    },
    async (request, reply) => {
      const { CodeSha256: sha, Description: description, RevisionId: revision } = request.body ?? {};
      let found = await findNamed(options, request, request.params.FunctionName);
      requireRevision(found.version.id, revision);
      if (sha !== undefined && sha !== found.version.lambda?.codeSha256) {
        throw new AppError('InvalidParameter', 'CodeSha256: the code of $LATEST is another one.');
      }
      if (description !== undefined && description !== found.version.description) {
        const settings = { Description: description };
        found = await change(options, request, found, { settings }, revision);
      }
      void reply.code(201);
      return configurationOf(options, request, found, true);
    },
  );

  app.get(
    url,
    {
      config: access('read:functions', 'lambda:ListVersionsByFunction'),
      schema: {
        operationId: 'lambdaListVersionsByFunction',
        summary: 'All versions and $LATEST, oldest first',
        tags,
        params: schemas.nameParams,
        querystring: schemas.pageQuery,
        response: { 200: schemas.versionList, ...schemas.errors },
      },
    },
    async (request) => {
      const { record, version } = await findNamed(options, request, request.params.FunctionName);
      const { versions } = await listVersions(core, request.principal, record.languageTitle);
      const all = [
        configurationOf(options, request, { record, version }, false),
        ...versions
          .toReversed()
          .map((each) => configurationOf(options, request, { record, version: each }, true)),
      ];
      const { page, next } = pageOf(all, request.query);
      return { Versions: page, ...next };
    },
  );
}

export function aliasRoutes(app: TypedApp, options: LambdaFaceOptions): void {
  const { core } = options;
  const url = `${path}/:FunctionName/aliases`;

  app.post(
    url,
    {
      config: access('functions:update', 'lambda:CreateAlias'),
      schema: {
        operationId: 'lambdaCreateAlias',
        summary: 'Point a new alias to a version',
        tags,
        params: schemas.nameParams,
        body: schemas.newAlias,
        response: { 201: schemas.alias, ...schemas.errors },
      },
    },
    async (request, reply) => {
      const {
        Name: alias,
        FunctionVersion: version,
        Description: description = '',
        RoutingConfig: routing,
      } = request.body;
      // That would be a rollback: /api/v1 has it.
      if (alias === 'current') {
        throw new AppError('InvalidParameter', "Name: 'current' is taken: choose another name.", {
          field: 'Name',
        });
      }
      const { record } = await findNamed(options, request, request.params.FunctionName);
      if (Object.hasOwn(record.aliases, alias)) {
        const arn = functionArn(options, request, record, alias);
        throw new AppError('AlreadyExists', `Alias already exists: ${arn}`);
      }
      refuseRouting(routing);
      const change = { alias, version: numberOf(version), description };
      const changed = await setAlias(core, request.principal, record.languageTitle, change);
      void reply.code(201);
      return aliasOf(options, request, changed, alias);
    },
  );

  app.get(
    url,
    {
      config: access('read:functions', 'lambda:ListAliases'),
      schema: {
        operationId: 'lambdaListAliases',
        summary: 'Aliases of a function',
        tags,
        params: schemas.nameParams,
        querystring: schemas.aliasQuery,
        response: { 200: schemas.aliasList, ...schemas.errors },
      },
    },
    async (request) => {
      const { FunctionVersion: version, ...query } = request.query;
      const { record } = await findNamed(options, request, request.params.FunctionName);
      const names = Object.keys(record.aliases).sort();
      const wanted = names.filter(
        (name) => version === undefined || String(record.aliases[name]) === version,
      );
      const { page, next } = pageOf(wanted, query);
      return { Aliases: page.map((name) => aliasOf(options, request, record, name)), ...next };
    },
  );
}

export function oneAliasRoutes(app: TypedApp, options: LambdaFaceOptions): void {
  const { core } = options;
  const url = `${path}/:FunctionName/aliases/:Name`;

  app.get(
    url,
    {
      config: access('read:functions', 'lambda:GetAlias'),
      schema: {
        operationId: 'lambdaGetAlias',
        summary: 'One alias',
        tags,
        params: schemas.aliasParams,
        response: { 200: schemas.alias, ...schemas.errors },
      },
    },
    async (request) => {
      const { record } = await findNamed(options, request, request.params.FunctionName);
      return aliasOf(options, request, record, request.params.Name);
    },
  );

  app.put(
    url,
    {
      config: access('functions:update', 'lambda:UpdateAlias'),
      schema: {
        operationId: 'lambdaUpdateAlias',
        summary: 'Point an alias to another version',
        tags,
        params: schemas.aliasParams,
        body: schemas.aliasChanges,
        response: { 200: schemas.alias, ...schemas.errors },
      },
    },
    async (request) => {
      const { body, params } = request;
      const { record } = await findNamed(options, request, params.FunctionName);
      const before = aliasOf(options, request, record, params.Name);
      requireRevision(before.RevisionId, body.RevisionId);
      refuseRouting(body.RoutingConfig);
      const changed = await setAlias(core, request.principal, record.languageTitle, {
        alias: params.Name,
        version: numberOf(body.FunctionVersion ?? before.FunctionVersion),
        description: body.Description ?? before.Description,
      });
      return aliasOf(options, request, changed, params.Name);
    },
  );

  app.delete(
    url,
    {
      config: access('functions:update', 'lambda:DeleteAlias'),
      schema: {
        operationId: 'lambdaDeleteAlias',
        summary: 'Remove an alias; one that is not there is no error',
        tags,
        params: schemas.aliasParams,
        response: { 204: Type.Null({ description: 'It is gone.' }), ...schemas.errors },
      },
    },
    async (request, reply) => {
      const { record } = await findNamed(options, request, request.params.FunctionName);
      const { Name: alias } = request.params;
      if (Object.hasOwn(record.aliases, alias)) {
        await removeAlias(core, request.principal, record.languageTitle, alias);
      }
      return reply.code(204).send(null);
    },
  );
}

/** Throws `ResourceNotFound`. */
function aliasOf(options: LambdaFaceOptions, request: FastifyRequest, record: FunctionRecord, name: string) {
  const arn = functionArn(options, request, record, name);
  const version = Object.hasOwn(record.aliases, name) ? record.aliases[name] : undefined;
  if (version === undefined) throw new AppError('ResourceNotFound', `Cannot find alias arn: ${arn}`);
  const descriptions = record.aliasDescriptions ?? {};
  const description = Object.hasOwn(descriptions, name) ? descriptions[name]! : '';
  const revision = createHash('sha256')
    .update(`${arn}\n${version}\n${description}`)
    .digest('hex')
    .slice(0, 32);
  return {
    AliasArn: arn,
    Name: name,
    FunctionVersion: String(version),
    Description: description,
    RevisionId: revision,
  };
}

function numberOf(version: string): number {
  if (version !== latest) return Number(version);
  throw new AppError(
    'InvalidParameter',
    'FunctionVersion: an alias points to a number here: publish a version.',
  );
}

function refuseRouting(routing: { AdditionalVersionWeights?: object } | null | undefined): void {
  if (Object.keys(routing?.AdditionalVersionWeights ?? {}).length === 0) return;
  throw new AppError('InvalidParameter', 'RoutingConfig: an alias points to one version here.');
}
