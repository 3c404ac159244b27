/** Functions: create, change, look at, delete. */
import Type from 'typebox';
import { AppError } from '../../core/errors.ts';
import { findFunction, listFunctions } from '../../core/functions/catalogue.ts';
import { languageTitleFor } from '../../core/functions/lambda-names.ts';
import { createFunction, deleteFunction } from '../../core/functions/publication.ts';
import { signedRegion } from '../signed-region.ts';
import type { TypedApp } from '../typed-app.ts';
import { change } from './change.ts';
import { configurationOf, requireRevision } from './configuration.ts';
import { languageOf, newDefinition, readArchive, refuseUnoffered } from './definition.ts';
import { findNamed, readName } from './names.ts';
import { access, path, tags, type LambdaFaceOptions } from './options.ts';
import * as schemas from './schemas.ts';

const pageSize = 50;

export function functionRoutes(app: TypedApp, options: LambdaFaceOptions): void {
  const { core, region } = options;

  // Older clients write the last slash.
  for (const [url, hide] of [
    [path, false],
    [`${path}/`, true],
  ] as const) {
    app.post(
      url,
      {
        config: access('functions:create', 'lambda:CreateFunction'),
        schema: {
          operationId: 'lambdaCreateFunction',
          summary:
            'Create a function from a zip archive, as AWS Lambda does; it is loaded before it is published',
          tags,
          hide,
          body: schemas.createBody,
          response: { 201: schemas.configuration, ...schemas.errors },
        },
      },
      async (request, reply) => {
        const {
          FunctionName,
          Code,
          Publish,
          Tags,
          Architectures,
          PackageType: _,
          ...settings
        } = request.body;
        const { name } = readName(FunctionName);
        request.audit = { target: name };
        refuseUnoffered(Code, ['S3Bucket', 'S3Key', 'S3ObjectVersion', 'ImageUri', 'SourceKMSKeyArn']);
        const title = await languageTitleFor(core, request.principal, name, languageOf(settings.Runtime));
        const archive = await readArchive(Code.ZipFile);
        const definition = newDefinition(name, signedRegion(request.headers) ?? region, {
          settings,
          archive,
          tags: Tags,
          architectures: Architectures,
        });
        const made = await createFunction(core, request.principal, title, definition);
        void reply.code(201);
        return configurationOf(options, request, made, Publish === true);
      },
    );

    app.get(
      url,
      {
        config: access('read:functions', 'lambda:ListFunctions'),
        schema: {
          operationId: 'lambdaListFunctions',
          summary: 'The functions of the account, whichever API they came by',
          tags,
          hide,
          querystring: schemas.listQuery,
          response: { 200: schemas.functionList, ...schemas.errors },
        },
      },
      async (request) => {
        const { principal, query } = request;
        refuseUnoffered(query, ['MasterRegion', 'FunctionVersion']);
        const start = Number(query.Marker ?? 0);
        const perPage = Math.min(query.MaxItems ?? pageSize, pageSize);
        const { total, functions } = await listFunctions(core, principal, {
          page: 1,
          perPage: start + perPage,
        });
        const found = functions
          .slice(start)
          .map(async ({ languageTitle }) => findFunction(core, principal, languageTitle));
        const end = start + perPage;
        return {
          Functions: (await Promise.all(found)).map((each) => configurationOf(options, request, each, false)),
          ...(end < total && { NextMarker: String(end) }),
        };
      },
    );
  }
}

export function oneFunctionRoutes(app: TypedApp, options: LambdaFaceOptions): void {
  const { core } = options;

  app.get(
    `${path}/:FunctionName`,
    {
      config: access('read:functions', 'lambda:GetFunction'),
      schema: {
        operationId: 'lambdaGetFunction',
        summary: 'One function, with its tags; its code cannot be downloaded',
        tags,
        params: schemas.nameParams,
        querystring: schemas.qualifierQuery,
        response: { 200: schemas.described, ...schemas.errors },
      },
    },
    async (request) => {
      const found = await findNamed(options, request, request.params.FunctionName, request.query.Qualifier);
      return {
        Configuration: configurationOf(options, request, found, found.qualifier !== undefined),
        Code: { RepositoryType: 'Longshore' as const },
        Tags: { ...found.version.lambda?.tags },
      };
    },
  );

  app.get(
    `${path}/:FunctionName/configuration`,
    {
      config: access('read:functions', 'lambda:GetFunctionConfiguration'),
      schema: {
        operationId: 'lambdaGetFunctionConfiguration',
        summary: 'How a function is set up',
        tags,
        params: schemas.nameParams,
        querystring: schemas.qualifierQuery,
        response: { 200: schemas.configuration, ...schemas.errors },
      },
    },
    async (request) => {
      const found = await findNamed(options, request, request.params.FunctionName, request.query.Qualifier);
      return configurationOf(options, request, found, found.qualifier !== undefined);
    },
  );

  app.delete(
    `${path}/:FunctionName`,
    {
      config: access('functions:delete', 'lambda:DeleteFunction'),
      schema: {
        operationId: 'lambdaDeleteFunction',
        summary: 'Remove a function with all its versions',
        tags,
        params: schemas.nameParams,
        querystring: schemas.qualifierQuery,
        response: { 204: Type.Null({ description: 'It is gone.' }), ...schemas.errors },
      },
    },
    async (request, reply) => {
      const found = await findNamed(options, request, request.params.FunctionName, request.query.Qualifier);
      if (found.qualifier !== undefined) {
        throw new AppError(
          'InvalidParameter',
          'Qualifier: single versions are not deleted; the oldest go by themselves.',
        );
      }
      await deleteFunction(core, request.principal, found.record.languageTitle);
      return reply.code(204).send(null);
    },
  );
}

export function changeRoutes(app: TypedApp, options: LambdaFaceOptions): void {
  app.put(
    `${path}/:FunctionName/code`,
    {
      config: access('functions:update', 'lambda:UpdateFunctionCode'),
      schema: {
        operationId: 'lambdaUpdateFunctionCode',
        summary: 'Give a function new code, which is loaded before it is published',
        tags,
        params: schemas.nameParams,
        body: schemas.codeBody,
        response: { 200: schemas.configuration, ...schemas.errors },
      },
    },
    async (request) => {
      const { body, params } = request;
      refuseUnoffered(body, [
        'S3Bucket',
        'S3Key',
        'S3ObjectVersion',
        'ImageUri',
        'SourceKMSKeyArn',
        'DryRun',
      ]);
      const found = await findNamed(options, request, params.FunctionName);
      requireRevision(found.version.id, body.RevisionId);
      const archive = await readArchive(body.ZipFile);
      const changes = { settings: {}, archive, architectures: body.Architectures };
      const made = await change(options, request, found, changes, body.RevisionId);
      return configurationOf(options, request, made, body.Publish === true);
    },
  );

  app.put(
    `${path}/:FunctionName/configuration`,
    {
      config: access('functions:update', 'lambda:UpdateFunctionConfiguration'),
      schema: {
        operationId: 'lambdaUpdateFunctionConfiguration',
        summary: 'Set up a function anew; members that are not given stay',
        tags,
        params: schemas.nameParams,
        body: schemas.configurationBody,
        response: { 200: schemas.configuration, ...schemas.errors },
      },
    },
    async (request) => {
      const found = await findNamed(options, request, request.params.FunctionName);
      const { RevisionId, ...settings } = request.body;
      const made = await change(options, request, found, { settings }, RevisionId);
      return configurationOf(options, request, made, false);
    },
  );
}
