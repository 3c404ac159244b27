/**
 * Errors of requests that reached no face: of the pipeline before routing, of unknown routes, of broken HTTP. Each is
 * written as the face would that the path belongs to.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../telemetry/log.ts';
import { EcsError, toEcsError } from './ecs/errors.ts';
import { setErrorHeaders } from './error-headers.ts';
import { faceOfPath } from './face-of-path.ts';
import { errorAnswer, type ErrorAnswer } from './ops/errors.ts';
import { Refusal } from './refusal.ts';
import { securityHeaders, type SecurityHeaderOptions } from './security-headers.ts';

export function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const status = sendError(error, request, reply);
    if (status >= 500 && status !== 501) log.error({ err: error, requestId: request.id }, 'request failed');
  });
  app.setNotFoundHandler((request, reply) => {
    sendError(noSuchRoute(request, reply), request, reply);
  });
}

/** Answers what Fastify finds no route for because the path itself is broken. No hook runs for these. */
export function answerBrokenPaths(options: SecurityHeaderOptions) {
  const writeHeaders = securityHeaders(options);
  return (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    writeHeaders(request, reply);
    sendError(error, request, reply);
  };
}

/** Returns the HTTP status. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): number {
  const face = faceOfPath(request.method, request.url);
  if (face === 'ecs') return sendEcsError(error, request, reply);
  const answer = errorAnswer(error, request.id);
  setErrorHeaders(reply, error, answer.status);
  const body =
    face === 'functions' || face === 'containers'
      ? bothEnvelopes(answer)
      : { code: answer.code, message: answer.message };
  void reply.code(answer.status).send(body);
  return answer.status;
}

function sendEcsError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): number {
  const error = toEcsError(thrown, request.id);
  setErrorHeaders(reply, thrown, error.status);
  // As bytes: to text Fastify adds a charset, which AWS's answers do not have.
  void reply
    .code(error.status)
    .header('x-amzn-RequestId', request.id)
    .header('content-type', 'application/x-amz-json-1.1')
    .send(Buffer.from(error.body()));
  return error.status;
}

/**
 * Two documents share /api/v1: the functions' errors are `error.code` in words, the containers' `code` in numbers
 * beside `errors` by field. A client of either finds its own.
 */
function bothEnvelopes({ status, message, details }: ErrorAnswer): object {
  const { errors, ...others } = details;
  return {
    error: { code: functionCode(status), message, details: others },
    code: status,
    message,
    errors: Array.isArray(errors) ? (errors as unknown[]) : [],
  };
}

function functionCode(status: number): string {
  switch (status) {
    case 401:
      return 'UNAUTHORIZED';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'NOT_FOUND';
    case 429:
      return 'RATE_LIMITED';
    default:
      return status >= 500 ? 'INTERNAL_ERROR' : 'INVALID_REQUEST';
  }
}

function noSuchRoute(request: FastifyRequest, reply: FastifyReply): Error {
  const { method } = request;
  const url = request.url.slice(0, 200);
  if (faceOfPath(method, request.url) !== 'ecs') {
    return new Refusal(
      404,
      'NotFound',
      `There is no ${method} ${url} here. The ECS API answers POST / and POST /v1/<Operation>; GET /health tells ` +
        'the state of the server.',
    );
  }
  if (method !== 'POST') {
    reply.header('allow', 'POST');
    return new EcsError(
      'MethodNotAllowedException',
      405,
      `The ECS API answers POST /v1/<Operation>, not ${method}.`,
    );
  }
  return new EcsError(
    'UnknownOperationException',
    404,
    `There is no POST ${url} here. The ECS API answers POST / and POST /v1/<Operation>.`,
  );
}

/** What cannot be read as HTTP at all has no path and no face: the connection is answered and closed. */
export function answerBrokenHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] = brokenHttp[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify({
    code: reason.replaceAll(' ', ''),
    message: 'The request is not valid HTTP/1.1.',
  });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `X-Content-Type-Options: nosniff\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    // The rest of what is still coming is not read.
    () => socket.destroy(),
  );
}

const brokenHttp: Record<string, [status: number, reason: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};
