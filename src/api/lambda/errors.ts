/** Errors as AWS Lambda's API writes them: the name in `x-amzn-ErrorType`, `{Type, Message}` in the body. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { FunctionError } from '../../core/functions/function-error.ts';
import type { Log } from '../../telemetry/log.ts';
import { setErrorHeaders } from '../error-headers.ts';
import { withoutPaths } from '../error-text.ts';
import { inOurWords } from '../framework-refusal.ts';
import { Refusal } from '../refusal.ts';

interface Exception {
  status: number;
  name: string;
  message: string;
}

export function sendLambdaError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): void {
  const { status, name, message } = exceptionOf(inOurWords(thrown), request.id);
  if (status === 500) log.error({ err: thrown, requestId: request.id }, 'request failed');
  setErrorHeaders(reply, asThrottled(thrown), status);
  void reply
    .code(status)
    .header('x-amzn-errortype', name)
    .header('x-amzn-requestid', request.id)
    .send({
      Type: status < 500 ? 'User' : 'Service',
      // Both: clients of one spelling or the other find it.
      Message: message,
      message,
      ...(name === 'TooManyRequestsException' && { Reason: 'ConcurrentInvocationLimitExceeded' }),
    });
}

const exceptions: Partial<Record<ErrorCode, [status: number, name: string]>> = {
  AccessDenied: [403, 'AccessDeniedException'],
  Forbidden: [403, 'AccessDeniedException'],
  Unauthorized: [401, 'MissingAuthenticationTokenException'],
  InvalidSignature: [401, 'InvalidSignatureException'],
  UnknownAccessKey: [401, 'UnrecognizedClientException'],
  ResourceNotFound: [404, 'ResourceNotFoundException'],
  AlreadyExists: [409, 'ResourceConflictException'],
  Conflict: [412, 'PreconditionFailedException'],
  UpdateInProgress: [409, 'ResourceConflictException'],
  Throttled: [429, 'TooManyRequestsException'],
  Server: [500, 'ServiceException'],
  Unavailable: [500, 'ServiceException'],
};

const functionExceptions: Record<FunctionError['code'], [status: number, name: string]> = {
  INVALID_PARAMS: [400, 'InvalidRequestContentException'],
  // Only while a function is published: an invocation answers with it.
  INITIALIZATION_ERROR: [400, 'InvalidParameterValueException'],
  RUNTIME_ERROR: [400, 'InvalidParameterValueException'],
  TIMEOUT: [400, 'InvalidParameterValueException'],
  RATE_LIMITED: [429, 'TooManyRequestsException'],
  INTERNAL_ERROR: [500, 'ServiceException'],
};

function exceptionOf(thrown: unknown, requestId: string): Exception {
  if (thrown instanceof AppError || thrown instanceof FunctionError) {
    const known = thrown instanceof AppError ? exceptions[thrown.code] : functionExceptions[thrown.code];
    const [status, name] = known ?? [400, 'InvalidParameterValueException'];
    return { status, name, message: status === 500 ? withoutPaths(thrown.message) : thrown.message };
  }
  const status = thrown instanceof Refusal ? thrown.status : (thrown as { statusCode?: number }).statusCode;
  if (status !== undefined && status >= 400 && status < 500) {
    return {
      status,
      name: refusals[status] ?? 'InvalidRequestContentException',
      message: (thrown as Error).message,
    };
  }
  const message = `The server failed to answer. Its log says why, under request id ${requestId}.`;
  return { status: 500, name: 'ServiceException', message };
}

const refusals: Record<number, string> = {
  413: 'RequestTooLargeException',
  415: 'UnsupportedMediaTypeException',
};

/** So that `Retry-After` is told of every limit, whoever counts it. */
function asThrottled(thrown: unknown): unknown {
  if (!(thrown instanceof FunctionError) || thrown.code !== 'RATE_LIMITED') return thrown;
  return new AppError('Throttled', thrown.message, { retryAfter: 1 });
}
