/** The functions document's errors (its §2 and §5): `{error: {code, message, details}}`. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { FunctionError } from '../../core/functions/function-error.ts';
import type { Log } from '../../telemetry/log.ts';
import { setErrorHeaders } from '../error-headers.ts';
import { withoutPaths } from '../error-text.ts';
import { inOurWords } from '../framework-refusal.ts';
import { Refusal } from '../refusal.ts';

interface ErrorAnswer {
  status: number;
  code: string;
  message: string;
  details: Readonly<Record<string, unknown>>;
}

const functionStatuses: Record<FunctionError['code'], number> = {
  INVALID_PARAMS: 400,
  INITIALIZATION_ERROR: 400,
  RATE_LIMITED: 429,
  RUNTIME_ERROR: 500,
  INTERNAL_ERROR: 500,
  TIMEOUT: 504,
};

const notJson: ErrorAnswer = {
  status: 415,
  code: 'INVALID_REQUEST',
  message: 'Send the body as JSON, with Content-Type: application/json.',
  details: { field: 'Content-Type' },
};

/** `requestId`: beside the error, where the document has it so. */
export function sendFunctionsError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
  requestId?: string,
): void {
  const { status, code, message, details } = answerOf(inOurWords(error), request.id);
  if (code === 'INTERNAL_ERROR') log.error({ err: error, requestId: request.id }, 'request failed');
  setErrorHeaders(reply, asThrottled(error), status);
  void reply
    .code(status)
    .send({ ...(requestId !== undefined && { request_id: requestId }), error: { code, message, details } });
}

function answerOf(error: unknown, requestId: string): ErrorAnswer {
  if (error instanceof FunctionError) return answerOfFunctionError(error);
  if (error instanceof AppError) return answerOfAppError(error);
  if (error instanceof Refusal && error.status === 415) return notJson;
  const status = error instanceof Refusal ? error.status : (error as { statusCode?: number }).statusCode;
  if (status !== undefined && status >= 400 && status < 500) {
    return { status, code: 'INVALID_REQUEST', message: (error as Error).message, details: {} };
  }
  return {
    status: 500,
    code: 'INTERNAL_ERROR',
    message: `The server failed to answer. Its log says why, under request id ${requestId}.`,
    details: {},
  };
}

/** Paths in what a function threw are its own files, and stay; those in failures of this machine do not. */
function answerOfFunctionError({ code, message, details }: FunctionError): ErrorAnswer {
  const status = functionStatuses[code];
  if (code !== 'INTERNAL_ERROR' && details['fix'] === undefined) return { status, code, message, details };
  const told = Object.entries(details).map(([name, value]) => [
    name,
    typeof value === 'string' ? withoutPaths(value) : value,
  ]);
  return {
    status,
    code,
    message: withoutPaths(message),
    details: Object.fromEntries(told) as ErrorAnswer['details'],
  };
}

function answerOfAppError({ code, message, details }: AppError): ErrorAnswer {
  switch (code) {
    case 'Unauthorized':
    case 'InvalidSignature':
    case 'UnknownAccessKey':
      return { status: 401, code: 'UNAUTHORIZED', message, details };
    case 'AccessDenied':
    case 'Forbidden':
      return { status: 403, code: 'FORBIDDEN', message, details };
    case 'ResourceNotFound':
      return { status: 404, code: 'NOT_FOUND', message, details };
    case 'Throttled':
      return { status: 429, code: 'RATE_LIMITED', message, details };
    case 'Server':
    case 'Unavailable':
      return { status: 500, code: 'INTERNAL_ERROR', message: withoutPaths(message), details };
    default:
      return { status: 400, code: 'INVALID_REQUEST', message, details };
  }
}

/** So that `Retry-After` is told of every limit, whoever counts it. */
function asThrottled(error: unknown): unknown {
  if (!(error instanceof FunctionError) || error.code !== 'RATE_LIMITED') return error;
  return new AppError('Throttled', error.message, { retryAfter: 1, ...error.details });
}
