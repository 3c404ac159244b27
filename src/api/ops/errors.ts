/** What was thrown, as an answer of the REST faces: an HTTP status, a code and words that tell no secret. */
import { AppError, EngineError } from '../../core/errors.ts';
import { withoutPaths } from '../error-text.ts';
import { inOurWords } from '../framework-refusal.ts';
import { Refusal } from '../refusal.ts';

export interface ErrorAnswer {
  status: number;
  code: string;
  message: string;
  /** Members of an error of ours that help the caller: the scope that is missing, seconds to wait. */
  details: Record<string, unknown>;
}

export function errorAnswer(thrown: unknown, requestId: string): ErrorAnswer {
  const error = inOurWords(thrown);
  if (error instanceof AppError) {
    return answer(statusOf(error), error.code, error.message, error.details);
  }
  if (error instanceof Refusal) return answer(error.status, error.code, error.message);
  if (error instanceof EngineError) {
    const status = error.code === 'NotFound' ? 404 : error.code === 'UnsupportedByEngine' ? 400 : 503;
    return answer(status, error.code, error.message);
  }
  const { statusCode, code, message } = (error ?? {}) as {
    statusCode?: number;
    code?: string;
    message?: string;
  };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return answer(statusCode, code ?? 'BadRequest', message ?? '');
  }
  return answer(
    500,
    'Server',
    `The server failed to answer. Its log says why, under request id ${requestId}.`,
  );
}

function answer(status: number, code: string, message: string, details = {}): ErrorAnswer {
  return { status, code, message: status >= 500 ? withoutPaths(message) : message, details };
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
