/** Invocations: waited for, left alone, or only checked. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { requireExecution } from '../../core/functions/context.ts';
import { invoke, type Execution } from '../../core/functions/execution.ts';
import { FunctionError } from '../../core/functions/function-error.ts';
import type { Principal } from '../../core/principal.ts';
import { recheckOf } from '../auth/recheck.ts';
import { isTooDeep, maxJsonDepth } from '../json.ts';
import { Refusal } from '../refusal.ts';
import type { TypedApp } from '../typed-app.ts';
import { failureOf, logTail, outputOf } from './invocation.ts';
import { findNamed, functionArn, latest, type Named } from './names.ts';
import { path, tags, type LambdaFaceOptions } from './options.ts';
import * as schemas from './schemas.ts';

const MIB = 1024 * 1024;
const usual = { timeoutMs: 30_000, memoryBytes: 128 * MIB };

interface Invocation {
  requestId: string;
  named: Named;
  timeoutMs: number;
  /** Begins it. */
  run: (principal: Principal, event: unknown) => Promise<Execution>;
}

export function invokeRoute(app: TypedApp, options: LambdaFaceOptions): void {
  // Any JSON is an event, whatever its content type says.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, parsed) => parsed(null, body));

  app.post(
    `${path}/:FunctionName/invocations`,
    {
      config: {
        access: {
          face: 'lambda',
          scope: 'operation',
          operation: 'lambda:Invoke',
          limit: 'execute',
          audited: false,
        },
      },
      schema: {
        operationId: 'lambdaInvoke',
        summary: 'Invoke a function with any JSON, as AWS Lambda does',
        tags,
        params: schemas.nameParams,
        querystring: schemas.qualifierQuery,
        headers: schemas.invokeHeaders,
        response: { 200: schemas.result, 202: schemas.nothing, 204: schemas.nothing, ...schemas.errors },
      },
    },
    async (request, typedReply) => {
      // The result is JSON already, and goes out as it is.
      const reply = typedReply as FastifyReply;
      const { headers } = request;
      const text = (request.body as string | null | undefined) ?? '';
      const call = await prepare(options, request, request.params.FunctionName, request.query.Qualifier);
      const event = eventOf(text);
      void reply.header('x-amzn-requestid', call.requestId).header('content-type', 'application/json');
      if (headers['x-amz-invocation-type'] === 'DryRun') return reply.code(204).send();
      if (headers['x-amz-invocation-type'] === 'Event') {
        leave(options, request, text, call);
        return reply.code(202).send('');
      }
      const { payload, error, tail } = await outcomeOf(call, request.principal, event);
      void reply.header('x-amz-executed-version', versionOf(call.named));
      if (error) void reply.header('x-amz-function-error', 'Unhandled');
      if (headers['x-amz-log-type'] === 'Tail') void reply.header('x-amz-log-result', tail);
      return reply.send(payload);
    },
  );
}

async function prepare(
  options: LambdaFaceOptions,
  request: FastifyRequest,
  name: string,
  qualifier: string | undefined,
): Promise<Invocation> {
  const { core } = options;
  const { principal, id: requestId, headers } = request;
  const named = await findNamed(options, request, name, qualifier).catch((error: unknown) => {
    // Who may execute nothing is not told which functions there are.
    requireSomeExecution(options, request);
    throw error;
  });
  requireExecution(principal, named.record.language);
  const clientContext = clientContextOf(headers['x-amz-client-context']);
  const { timeoutMs = usual.timeoutMs } = named.version.limits;
  const reference = `${named.record.languageTitle}:${named.version.version}`;
  const run = (caller: Principal, event: unknown) => {
    const aws = {
      request_id: requestId,
      invoked_function_arn: functionArn(options, request, named.record, named.qualifier),
      function_version: versionOf(named),
      deadline_ms: core.clock.now() + timeoutMs,
      client_context: clientContext,
    };
    const context = { timeout_ms: timeoutMs, aws };
    return invoke(core, caller, {
      reference,
      versionId: named.version.id,
      requestId,
      params: event,
      context,
      caching: { read: false, maxAgeMs: 0 },
    });
  };
  return { requestId, named, timeoutMs, run };
}

/**
 * What waits is kept as text: an event that was read takes many times the memory. Who left it is asked again before it
 * is executed: the credential may have been revoked by then.
 */
function leave(
  { core, door }: LambdaFaceOptions,
  request: FastifyRequest,
  text: string,
  call: Invocation,
): void {
  const { account } = request.principal;
  const recheck = recheckOf(request, door);
  core.events.add(account, Buffer.byteLength(text), async () => {
    const caller = await recheck();
    if (caller.account !== account)
      throw new AppError('Forbidden', 'The caller is of another account by now.');
    return call.run(caller, eventOf(text));
  });
}

async function outcomeOf(
  { requestId, named, timeoutMs, run }: Invocation,
  principal: Principal,
  event: unknown,
) {
  const startedAt = performance.now();
  const { memoryBytes = usual.memoryBytes } = named.version.limits;
  const about = { requestId, version: versionOf(named), memoryMib: memoryBytes / MIB };
  try {
    const { result, output, executionTimeMs: durationMs } = await run(principal, event);
    return { payload: result, error: false, tail: logTail(output, { ...about, durationMs }) };
  } catch (error) {
    const failure =
      error instanceof FunctionError
        ? failureOf(error, named.record.language, requestId, timeoutMs)
        : undefined;
    if (!(error instanceof FunctionError) || failure === undefined) throw error;
    const durationMs = performance.now() - startedAt;
    const tail = logTail(outputOf(error), { ...about, durationMs });
    return { payload: JSON.stringify(failure), error: true, tail };
  }
}

const versionOf = ({ qualifier, version }: Named) =>
  qualifier === undefined ? latest : String(version.version);

/** Throws `Forbidden`. */
function requireSomeExecution({ core }: LambdaFaceOptions, { principal }: FastifyRequest): void {
  const may = (language: string) => {
    try {
      requireExecution(principal, language);
      return true;
    } catch {
      return false;
    }
  };
  if (!Object.keys(core.sourceFiles).some(may)) requireExecution(principal, 'all');
}

/** Nothing is an empty object, as in Lambda. Throws `Refusal`. */
function eventOf(text: string): unknown {
  if (text === '') return {};
  if (isTooDeep(text)) {
    throw new Refusal(
      400,
      'InvalidRequestContent',
      `The event is nested deeper than ${maxJsonDepth} levels.`,
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new Refusal(400, 'InvalidRequestContent', message);
  }
}

/** Base64 of JSON. Throws `InvalidParameter`. */
function clientContextOf(header: string | string[] | undefined): unknown {
  if (typeof header !== 'string') return undefined;
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString()) as unknown;
  } catch {
    throw new AppError('InvalidParameter', 'X-Amz-Client-Context: must be JSON in base64.');
  }
}
