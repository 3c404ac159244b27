/** Errors outside the ECS API: `{"code", "message"}`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, EngineError } from '../../core/errors.ts';
import type { Log } from '../../telemetry/log.ts';

interface Answer {
  status: number;
  code: string;
  message: string;
}

export function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message } = answerFor(error, request.id);
    if (status >= 500) log.error({ err: error, requestId: request.id }, 'request failed');
    return reply.code(status).send({ code, message });
  });
  app.setNotFoundHandler((request, reply) => notFound(request, reply));
}

function answerFor(error: unknown, requestId: string): Answer {
  if (error instanceof AppError) return { status: statusOf(error), code: error.code, message: error.message };
  if (error instanceof EngineError) {
    const status = error.code === 'NotFound' ? 404 : error.code === 'UnsupportedByEngine' ? 400 : 503;
    return { status, code: error.code, message: error.message };
  }
  const { statusCode, code, message } = (error ?? {}) as {
    statusCode?: number;
    code?: string;
    message?: string;
  };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: code ?? 'BadRequest', message: message ?? '' };
  }
  return {
    status: 500,
    code: 'Server',
    message: `The server failed to answer. Its log says why, under request id ${requestId}.`,
  };
}

function statusOf(error: AppError): number {
  switch (error.code) {
    case 'ResourceNotFound':
    case 'ClusterNotFound':
    case 'ServiceNotFound':
    case 'TargetNotFound':
      return 404;
    case 'AccessDenied':
    case 'Forbidden':
      return 403;
    case 'InvalidSignature':
    case 'Unauthorized':
    case 'UnknownAccessKey':
      return 401;
    case 'Throttled':
      return 429;
    case 'NotImplemented':
      return 501;
    case 'Unavailable':
      return 503;
    case 'Server':
      return 500;
    default:
      return 400;
  }
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(404).send({
    code: 'NotFound',
    message:
      `There is no ${request.method} ${request.url.slice(0, 200)} here. The ECS API answers POST / and ` +
      `POST /v1/<Operation>; GET /health tells the state of the server.`,
  });
}
