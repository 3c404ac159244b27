/** Which functions there are (§2.2 and §2.3 of the document), their versions and logs. */
import { findFunction, listFunctions, listLogs, listVersions } from '../../core/functions/catalogue.ts';
import type { TypedApp } from '../typed-app.ts';
import { queryTime } from '../query-time.ts';
import { prefix, tags, type FunctionsFaceOptions } from './options.ts';
import * as schemas from './schemas.ts';
import { detailOf, limitsOf, logOf, summaryOf } from './views.ts';

const usualPage = 20;
const usualLogs = 50;

export function catalogueRoutes(app: TypedApp, { core }: FunctionsFaceOptions): void {
  app.get(
    `${prefix}/functions`,
    {
      config: {
        access: {
          face: 'functions',
          scope: 'read:functions',
          operation: 'ListFunctions',
          limit: 'functions',
        },
      },
      schema: {
        operationId: 'listFunctions',
        summary: 'The functions of the account',
        tags,
        querystring: schemas.listQuery,
        response: { 200: schemas.functionList, ...schemas.errors },
      },
    },
    async ({ principal, query }) => {
      const { language, page = 1, per_page: perPage = usualPage } = query;
      const { total, functions } = await listFunctions(core, principal, { language, page, perPage });
      return { total, page, per_page: perPage, functions: functions.map(summaryOf) };
    },
  );

  app.get(
    `${prefix}/functions/:language_title`,
    {
      config: {
        access: { face: 'functions', scope: 'read:functions', operation: 'GetFunction', limit: 'functions' },
      },
      schema: {
        operationId: 'getFunction',
        summary: 'One function, with its schema and examples',
        tags,
        params: schemas.functionParams,
        response: { 200: schemas.functionDetail, ...schemas.errors },
      },
    },
    async ({ principal, params }) => detailOf(await findFunction(core, principal, params.language_title)),
  );
}

/** What was before: versions, and executions. */
export function historyRoutes(app: TypedApp, { core }: FunctionsFaceOptions): void {
  app.get(
    `${prefix}/functions/:language_title/versions`,
    {
      config: {
        access: { face: 'functions', scope: 'read:functions', operation: 'ListVersions', limit: 'functions' },
      },
      schema: {
        operationId: 'listFunctionVersions',
        summary: 'Versions of a function, newest first',
        tags,
        params: schemas.functionParams,
        response: { 200: schemas.versionList, ...schemas.errors },
      },
    },
    async ({ principal, params }) => {
      const { record, versions } = await listVersions(core, principal, params.language_title);
      return {
        language_title: record.languageTitle,
        current_version: record.currentVersion,
        aliases: { current: record.currentVersion, ...record.aliases },
        versions: versions.map((version) => ({
          version: version.version,
          digest: version.digest,
          description: version.description,
          limits: limitsOf(version.limits),
          cacheable: version.cacheable,
          environment: Object.keys(version.environment),
          secrets: [...version.secretNames],
          created_by: version.createdBy,
          created_at: schemas.rfc3339(version.createdAt),
        })),
      };
    },
  );

  app.get(
    `${prefix}/functions/:language_title/logs`,
    {
      config: {
        access: {
          face: 'functions',
          scope: 'functions:logs',
          operation: 'GetFunctionLogs',
          limit: 'functions',
        },
      },
      schema: {
        operationId: 'getFunctionLogs',
        summary: 'What executions of a function wrote and how they ended, newest first',
        description: 'Of one version, where one is named behind a colon.',
        tags,
        params: schemas.functionParams,
        querystring: schemas.logsQuery,
        response: { 200: schemas.logList, ...schemas.errors },
      },
    },
    async ({ principal, params, query }) => {
      const { record, logs } = await listLogs(core, principal, params.language_title, {
        limit: query.limit ?? usualLogs,
        since: queryTime('since', query.since),
        until: queryTime('until', query.until),
        requestId: query.request_id,
        status: query.status,
      });
      return {
        language_title: record.languageTitle,
        logs: logs.map(logOf),
      };
    },
  );
}
