/** The containers document's errors: `{code, message, errors: [{field, message}]}`, with every field that is wrong. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, EngineError, type EngineErrorCode, type ErrorCode } from '../../core/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import { setErrorHeaders } from '../error-headers.ts';
import { withoutPaths } from '../error-text.ts';
import { Refusal } from '../refusal.ts';

export interface ErrorBody {
  code: number;
  message: string;
  errors: { field: string; message: string }[];
}

export function sendContainersError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): void {
  const body = errorBody(error, request.id);
  if (body.code >= 500 && body.code !== 501)
    log.error({ err: error, requestId: request.id }, 'request failed');
  setErrorHeaders(reply, error, body.code);
  void reply.code(body.code).send(body);
}

export function errorBody(error: unknown, requestId: string): ErrorBody {
  if (error instanceof AppError) return bodyOfAppError(error);
  if (error instanceof EngineError) {
    return { code: engineStatuses[error.code] ?? 500, message: withoutPaths(error.message), errors: [] };
  }
  const { statusCode, code, message } = (error ?? {}) as Partial<
    Record<'statusCode' | 'code' | 'message', unknown>
  >;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return notJson;
  const status = error instanceof Refusal ? error.status : statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { code: status, message: String(message), errors: [] };
  }
  return {
    code: 500,
    message: `The server failed to answer. Its log says why, under request id ${requestId}.`,
    errors: [],
  };
}

function bodyOfAppError({ code, message, details }: AppError): ErrorBody {
  const status = appStatuses[code] ?? 400;
  const told = status >= 500 ? withoutPaths(message) : message;
  const { errors, field } = details;
  if (Array.isArray(errors)) return { code: status, message: told, errors: errors as ErrorBody['errors'] };
  return {
    code: status,
    message: told,
    errors: typeof field === 'string' ? [{ field, message: told }] : [],
  };
}

const appStatuses: Partial<Record<ErrorCode, number>> = {
  Unauthorized: 401,
  InvalidSignature: 401,
  UnknownAccessKey: 401,
  Forbidden: 403,
  ResourceNotFound: 404,
  // The document's word for what a registry does not give: it does not tell apart what is not there.
  AccessDenied: 404,
  AlreadyExists: 409,
  Conflict: 409,
  ResourceInUse: 409,
  Throttled: 429,
  Server: 500,
  NotImplemented: 501,
  UnsupportedFeature: 501,
  Unavailable: 503,
};

const engineStatuses: Partial<Record<EngineErrorCode, number>> = {
  NotFound: 404,
  UnsupportedByEngine: 501,
  EngineUnavailable: 503,
};

const notJson: ErrorBody = {
  code: 415,
  message: 'Send the body as JSON, with Content-Type: application/json.',
  errors: [{ field: 'Content-Type', message: 'must be application/json' }],
};
