/** Piston's errors: a status and `{message}`. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { FunctionError } from '../../core/functions/function-error.ts';
import type { Log } from '../../telemetry/log.ts';
import { setErrorHeaders } from '../error-headers.ts';
import { withoutPaths } from '../error-text.ts';
import { inOurWords } from '../framework-refusal.ts';
import { Refusal } from '../refusal.ts';

export function sendPistonError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): void {
  const error = inOurWords(thrown);
  const status = statusOf(error);
  if (status === 500) log.error({ err: error, requestId: request.id }, 'request failed');
  const isKnown = error instanceof AppError || error instanceof FunctionError || status < 500;
  const message = isKnown
    ? withoutPaths((error as Error).message)
    : `The server failed to answer. Its log says why, under request id ${request.id}.`;
  setErrorHeaders(reply, asThrottled(error), status);
  void reply.code(status).send({ message });
}

const statuses: Partial<Record<ErrorCode, number>> = {
  Unauthorized: 401,
  InvalidSignature: 401,
  UnknownAccessKey: 401,
  AccessDenied: 403,
  Forbidden: 403,
  ResourceNotFound: 404,
  Throttled: 429,
  Server: 500,
  NotImplemented: 501,
  Unavailable: 503,
};

function statusOf(error: unknown): number {
  if (error instanceof AppError) return statuses[error.code] ?? 400;
  if (error instanceof FunctionError) {
    if (error.code === 'RATE_LIMITED') return 429;
    // The language went missing meanwhile: what Piston says of a runtime that it does not have.
    return error.code === 'INITIALIZATION_ERROR' || error.code === 'INVALID_PARAMS' ? 400 : 500;
  }
  const status = error instanceof Refusal ? error.status : (error as { statusCode?: number }).statusCode;
  return status !== undefined && status >= 400 && status < 500 ? status : 500;
}

/** So that `Retry-After` is told of every limit, whoever counts it. */
function asThrottled(error: unknown): unknown {
  if (!(error instanceof FunctionError) || error.code !== 'RATE_LIMITED') return error;
  return new AppError('Throttled', error.message, { retryAfter: 1 });
}
