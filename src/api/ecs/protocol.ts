/**
 * The ECS API as AWS's clients speak it: AWS JSON 1.1 (awsJson1_1 of the Smithy specification) on `POST /`, and the
 * same operations by name on `POST /v1/<Action>`, where an exhausted list says `"nextToken": null`.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { requireScope } from '../../core/principal.ts';
import type { Log } from '../../telemetry/log.ts';
import type { RouteAccess } from '../access.ts';
import { setErrorHeaders } from '../error-headers.ts';
import { signedRegion } from '../signed-region.ts';
import { auditedCall } from './audited-call.ts';
import { parseBody } from './body.ts';
import { EcsError, toEcsError } from './errors.ts';
import type { EcsScope, Handlers, OperationName } from './operation.ts';
import { operationScopes } from './scopes.ts';
import { loadSpec } from './spec.ts';
import type { OperationSpec, Spec } from './spec.ts';

const contentType = 'application/x-amz-json-1.1';
const access: RouteAccess = {
  takesText: true,
  face: 'ecs',
  scope: 'operation',
  limit: 'ecs',
  audited: auditedCall,
};

export interface EcsFaceOptions<Core> {
  core: Core;
  handlers: Handlers<Core>;
  /** The region of requests that are not signed for one. */
  region: string;
  log: Log;
}

/** A handler whose operation is known only at run time. What it is given was validated for that very operation. */
type AnyHandler<Core> = (
  call: { core: Core; scope: EcsScope; requestId: string },
  input: Record<string, unknown>,
) => Promise<object>;

export function ecsFace<Core>(options: EcsFaceOptions<Core>): FastifyPluginCallback {
  const spec = loadSpec();
  const handlers = options.handlers as Partial<Record<OperationName, AnyHandler<Core>>>;

  return (app: FastifyInstance, _, done) => {
    readAnyBodyAsText(app);
    // Fastify adds a charset, which AWS's answers do not have.
    app.addHook('onSend', (_request, reply, payload, next) => {
      reply.header('content-type', contentType);
      next(null, payload);
    });
    app.setErrorHandler((error, request, reply) => sendError(error, request, reply, options.log));

    const answer = async (
      request: FastifyRequest,
      reply: FastifyReply,
      action: string | undefined,
      nullToken: boolean,
    ) => {
      requireJson(request);
      const operation = spec.operation(action ?? '');
      if (!operation) throw unknownOperation(action, spec);
      request.operation = operation.name;
      requireScope(request.principal, operationScopes[operation.name]);
      const handler = handlers[operation.name];
      if (!handler) throw notBuilt(operation);
      const input = operation.validate(parseBody((request.body as string | undefined) ?? ''));
      const scope = scopeOf(request, options.region);
      const output = await handler({ core: options.core, scope, requestId: request.id }, input);
      stamp(request, reply);
      return operation.serialise(output, nullToken);
    };

    app.post('/', { config: { access } }, (request, reply) =>
      answer(request, reply, actionOf(request, spec), false),
    );
    app.post<{ Params: { action: string } }>('/v1/:action', { config: { access } }, (request, reply) => {
      const named = headerAction(request, spec);
      if (named !== undefined && named !== request.params.action)
        throw disagreement(named, request.params.action);
      return answer(request, reply, request.params.action, true);
    });
    done();
  };
}

/** The body stays text until the operation is known, so that every fault in it is told in this API's own shape. */
function readAnyBodyAsText(app: FastifyInstance): void {
  const keep = (_: FastifyRequest, body: string, done: (error: null, body: string) => void) =>
    done(null, body);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, keep);
}

/** After the door, so that a stranger is told no more than to show a credential. */
function requireJson({ headers: { 'content-type': given } }: FastifyRequest): void {
  if (given === undefined || given === contentType) return;
  const [mediaType = ''] = given.split(';');
  if (!mediaTypes.has(mediaType.trim().toLowerCase())) throw unsupportedContentType(given);
}

const mediaTypes: ReadonlySet<string> = new Set([contentType, 'application/json']);

function actionOf(request: FastifyRequest, spec: Spec): string | undefined {
  return headerAction(request, spec) ?? (request.query as { Action?: string | string[] }).Action?.toString();
}

/** The operation that `X-Amz-Target` names. Throws for another service's target. */
function headerAction(request: FastifyRequest, spec: Spec): string | undefined {
  const target = request.headers['x-amz-target'];
  if (typeof target !== 'string') return undefined;
  const dot = target.lastIndexOf('.');
  if (dot === -1 || target.slice(0, dot) !== spec.targetPrefix) throw unknownTarget(target, spec);
  return target.slice(dot + 1);
}

/** The account is the caller's. */
function scopeOf({ headers, principal }: FastifyRequest, region: string): EcsScope {
  return { region: signedRegion(headers) ?? region, accountId: principal.account };
}

function stamp(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-amzn-RequestId', request.id);
}

function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const error = toEcsError(thrown, request.id);
  if (error.status >= 500 && error.status !== 501)
    log.error({ err: thrown, requestId: request.id }, 'request failed');
  stamp(request, reply);
  setErrorHeaders(reply, thrown, error.status);
  void reply.code(error.status).send(error.body());
}

function unknownTarget(target: string, spec: Spec): EcsError {
  return new EcsError(
    'UnknownOperationException',
    400,
    `X-Amz-Target is '${shortened(target)}'; this endpoint answers ${spec.targetPrefix}.<Operation>.`,
  );
}

function unknownOperation(action: string | undefined, spec: Spec): EcsError {
  const message =
    action === undefined
      ? `No operation is named. Send it as the header 'X-Amz-Target: ${spec.targetPrefix}.<Operation>', ` +
        `or as POST /v1/<Operation>, or as POST /?Action=<Operation>.`
      : `The ECS API has no operation '${shortened(action)}'.`;
  return new EcsError('UnknownOperationException', 400, message);
}

function disagreement(header: string, path: string): EcsError {
  return new EcsError(
    'InvalidParameterException',
    400,
    `X-Amz-Target names the operation '${shortened(header)}', the path '${shortened(path)}'.`,
  );
}

function notBuilt(operation: OperationSpec): EcsError {
  return new EcsError(
    'NotImplementedException',
    501,
    `${operation.name} is not implemented by this server yet. Its README lists the operations that are.`,
  );
}

function unsupportedContentType(given: string): EcsError {
  return new EcsError(
    'UnsupportedMediaTypeException',
    415,
    `The content type '${shortened(given)}' is not supported; send 'Content-Type: ${contentType}' or application/json.`,
  );
}

/** What a client sent is repeated to it only as far as one can read. */
function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
