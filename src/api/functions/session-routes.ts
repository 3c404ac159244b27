/** Initialize, execute, look at a session: §2.1 to §2.3 of the document. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { execute, invoke, type Execution } from '../../core/functions/execution.ts';
import { readCacheControl } from '../../core/functions/result-cache.ts';
import { describeSession, initialize } from '../../core/functions/sessions.ts';
import { sendFunctionsError } from './errors.ts';
import type { TypedApp } from '../typed-app.ts';
import { prefix, tags, type FunctionsFaceOptions } from './options.ts';
import * as schemas from './schemas.ts';

export function sessionRoutes(app: TypedApp, { core, log }: FunctionsFaceOptions): void {
  app.post(
    `${prefix}/initialize`,
    {
      config: {
        access: { face: 'functions', scope: 'operation', operation: 'Initialize', limit: 'initialize' },
      },
      schema: {
        operationId: 'initializeSession',
        summary: 'Begin a session of a function, or of code that is sent along; it lasts two hours',
        tags,
        headers: schemas.initializeHeaders,
        body: schemas.initializeBody,
        response: { 200: schemas.initialized, ...schemas.errors },
      },
    },
    async (request) => {
      const { context, script_content: script } = request.body;
      const reference = request.headers['language-title'];
      request.audit = { target: reference };
      const requestId = ownRequestId(request);
      const session = await initialize(core, request.principal, { reference, requestId, context, script });
      return {
        request_id: session.requestId,
        status: 'initialized' as const,
        expires_at: schemas.rfc3339(session.expiresAt),
      };
    },
  );

  app.post(
    `${prefix}/execute/:request_id`,
    {
      // What was executed is in the function's log: a flood of it must not push everything else out of the audit log.
      config: {
        access: {
          face: 'functions',
          scope: 'operation',
          operation: 'Execute',
          limit: 'execute',
          audited: false,
        },
      },
      schema: {
        operationId: 'executeSession',
        summary: 'Run the function of a session',
        tags,
        params: schemas.sessionParams,
        headers: schemas.cacheHeaders,
        body: schemas.executeBody,
        response: { 200: schemas.executed, ...schemas.errors },
      },
      errorHandler: (error, request, reply) => {
        const { request_id: requestId } = request.params;
        sendFunctionsError(error, request, reply, log, requestId);
      },
    },
    async (request, reply) => {
      const { params } = request.body;
      const caching = readCacheControl(request.headers['x-cache-control']);
      const requestId = request.params.request_id;
      return sendExecution(reply, await execute(core, request.principal, { requestId, params, caching }));
    },
  );
}

export function sessionStateRoute(app: TypedApp, { core }: FunctionsFaceOptions): void {
  app.get(
    `${prefix}/sessions/:request_id`,
    {
      config: { access: { face: 'functions', scope: 'operation', operation: 'GetSession' } },
      schema: {
        operationId: 'getSession',
        summary: "One of the caller's sessions",
        tags,
        params: schemas.sessionParams,
        response: { 200: schemas.session, ...schemas.errors },
      },
    },
    async ({ principal, params }) => {
      const { session, status } = await describeSession(core, principal, params.request_id);
      return {
        request_id: session.requestId,
        language_title: session.languageTitle,
        status,
        created_at: schemas.rfc3339(session.createdAt),
        expires_at: schemas.rfc3339(session.expiresAt),
        execution_count: session.executionCount,
        last_executed_at: session.lastExecutedAt === 0 ? null : schemas.rfc3339(session.lastExecutedAt),
      };
    },
  );
}

export function invokeRoute(app: TypedApp, { core, log }: FunctionsFaceOptions): void {
  app.post(
    `${prefix}/functions/:language_title/invoke`,
    {
      config: {
        access: {
          face: 'functions',
          scope: 'operation',
          operation: 'Invoke',
          limit: 'execute',
          audited: false,
        },
      },
      schema: {
        operationId: 'invokeFunction',
        summary: 'Run a function once, without a session',
        tags,
        params: schemas.functionParams,
        headers: schemas.cacheHeaders,
        body: schemas.invokeBody,
        response: { 200: schemas.executed, ...schemas.errors },
      },
      errorHandler: (error, request, reply) => sendFunctionsError(error, request, reply, log, request.id),
    },
    async (request, reply) => {
      const { params, context } = request.body;
      const caching = readCacheControl(request.headers['x-cache-control']);
      const reference = request.params.language_title;
      const call = { reference, requestId: request.id, params, context, caching };
      return sendExecution(reply, await invoke(core, request.principal, call));
    },
  );
}

/** The result is JSON already: it is put into the answer as it is. */
function sendExecution(
  reply: FastifyReply,
  { requestId, languageTitle, executionTimeMs, cached, result }: Execution,
): FastifyReply {
  const body =
    `{"request_id":${JSON.stringify(requestId)},"language_title":"${languageTitle}",` +
    `"execution_time":${Math.round(executionTimeMs)},"cached":${cached},"result":${result}}`;
  return reply.header('content-type', 'application/json; charset=utf-8').send(body);
}

/** The pipeline takes another id in place of a malformed one; a session must not get one that nobody asked for. */
function ownRequestId(request: FastifyRequest): string {
  const given = request.headers['x-request-id'];
  if (given === undefined || given === request.id) return request.id;
  throw new AppError(
    'InvalidParameter',
    "X-Request-ID: 1 to 128 letters, digits, '.', '_', ':' and '-', beginning with a letter or digit.",
    { field: 'X-Request-ID' },
  );
}
