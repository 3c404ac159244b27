/** How each failure looks on the wire: `{"__type", "message"}` and an HTTP status. */
import { AppError, EngineError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { withoutPaths } from '../error-text.ts';
import { Refusal } from '../refusal.ts';

/** An answer that is an error: the exception's name on the wire, the HTTP status, and further members of the body. */
export class EcsError extends Error {
  readonly type: string;
  readonly status: number;
  readonly details: Record<string, unknown>;

  constructor(type: string, status: number, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = 'EcsError';
    this.type = type;
    this.status = status;
    this.details = details;
  }

  body(): string {
    return JSON.stringify({ ...this.details, __type: this.type, message: this.message });
  }
}

/**
 * Core's codes as the exceptions of the ECS API (API_Operations, "Errors"). All of them are 400 there but for
 * ServerException; ResourceNotFoundException is 404 as in the documentation this API is compatible with.
 */
const exceptions: Record<ErrorCode, [type: string, status: number]> = {
  AccessDenied: ['AccessDeniedException', 400],
  AlreadyExists: ['ClientException', 400],
  AttributeLimitExceeded: ['AttributeLimitExceededException', 400],
  Client: ['ClientException', 400],
  ClusterContainsCapacityProvider: ['ClusterContainsCapacityProviderException', 400],
  ClusterContainsContainerInstances: ['ClusterContainsContainerInstancesException', 400],
  ClusterContainsServices: ['ClusterContainsServicesException', 400],
  ClusterContainsTasks: ['ClusterContainsTasksException', 400],
  ClusterNotFound: ['ClusterNotFoundException', 400],
  Conflict: ['ConflictException', 400],
  Forbidden: ['AccessDeniedException', 403],
  InvalidParameter: ['InvalidParameterException', 400],
  InvalidSignature: ['InvalidSignatureException', 401],
  LimitExceeded: ['LimitExceededException', 400],
  NotImplemented: ['NotImplementedException', 501],
  PlatformTaskDefinitionIncompatibility: ['PlatformTaskDefinitionIncompatibilityException', 400],
  PlatformUnknown: ['PlatformUnknownException', 400],
  ResourceInUse: ['ResourceInUseException', 400],
  ResourceNotFound: ['ResourceNotFoundException', 404],
  Server: ['ServerException', 500],
  ServiceNotFound: ['ServiceNotFoundException', 400],
  TargetNotFound: ['TargetNotFoundException', 400],
  Throttled: ['ThrottlingException', 429],
  Unauthorized: ['UnauthorizedException', 401],
  Unavailable: ['ServerException', 503],
  UnknownAccessKey: ['UnrecognizedClientException', 401],
  UnsupportedFeature: ['UnsupportedFeatureException', 400],
  UpdateInProgress: ['UpdateInProgressException', 400],
};

/** Of a body, or of a path that no route can be found for. */
const ownRefusal = /^FST_ERR_(CTP_|BAD_URL$|MAX_PARAM_LENGTH$)/;

/** What was thrown, as an answer. What nobody expected becomes a 500 that tells the caller only the request's id. */
export function toEcsError(thrown: unknown, requestId: string): EcsError {
  if (thrown instanceof EcsError) return thrown;
  if (thrown instanceof AppError) {
    const [type, status] = exceptions[thrown.code];
    return new EcsError(type, status, thrown.message, thrown.details);
  }
  if (thrown instanceof Refusal) return fromRefusal(thrown);
  if (thrown instanceof EngineError) {
    if (thrown.code === 'UnsupportedByEngine') {
      return new EcsError('UnsupportedFeatureException', 400, thrown.message);
    }
    return new EcsError('ServerException', 503, withoutPaths(thrown.message));
  }
  return fromFramework(thrown) ?? unexpected(requestId);
}

/** What the pipeline refused before it came here. AWS has a word for one of them. */
function fromRefusal({ status, code, message }: Refusal): EcsError {
  return new EcsError(status === 403 ? 'AccessDeniedException' : `${code}Exception`, status, message);
}

/** Fastify's own refusals while it reads the request: a body too large, cut short, and the like. */
function fromFramework(thrown: unknown): EcsError | undefined {
  const { code, statusCode, message } = (thrown ?? {}) as {
    code?: unknown;
    statusCode?: unknown;
    message?: string;
  };
  // Nobody reads this answer; it keeps a client that went away from being a failure of ours in the log.
  if (code === 'ECONNRESET' && statusCode === 400) {
    return new EcsError('SerializationException', 400, 'The connection ended before the request did.');
  }
  if (typeof code !== 'string' || !ownRefusal.test(code) || typeof statusCode !== 'number') return undefined;
  if (statusCode === 413) {
    return new EcsError(
      'RequestEntityTooLargeException',
      413,
      'The request body is larger than this server accepts.',
    );
  }
  if (statusCode === 415) return new EcsError('UnsupportedMediaTypeException', 415, message ?? '');
  if (statusCode < 400 || statusCode > 499) return undefined;
  return new EcsError('SerializationException', statusCode, message ?? 'The request body could not be read.');
}

function unexpected(requestId: string): EcsError {
  return new EcsError(
    'ServerException',
    500,
    `The server failed to answer this request. Its log says why, under request id ${requestId}.`,
  );
}
