/**
 * The one table of what can go wrong. Core throws `AppError`, engines throw `EngineError`; each face maps the code
 * to its own wire form.
 */
export type ErrorCode =
  | 'AccessDenied'
  | 'AttributeLimitExceeded'
  | 'Client'
  | 'ClusterContainsCapacityProvider'
  | 'ClusterContainsContainerInstances'
  | 'ClusterContainsServices'
  | 'ClusterContainsTasks'
  | 'ClusterNotFound'
  | 'Conflict'
  /** The caller is known and may not. */
  | 'Forbidden'
  | 'InvalidParameter'
  /** Signature Version 4: wrong, altered or out of time. */
  | 'InvalidSignature'
  | 'LimitExceeded'
  | 'NotImplemented'
  | 'PlatformTaskDefinitionIncompatibility'
  | 'PlatformUnknown'
  | 'ResourceInUse'
  | 'ResourceNotFound'
  | 'Server'
  | 'ServiceNotFound'
  | 'TargetNotFound'
  /** Too many requests; `retryAfter` in the details is seconds. */
  | 'Throttled'
  /** No credential, or one that is not good. */
  | 'Unauthorized'
  | 'Unavailable'
  | 'UnsupportedFeature'
  /** Signature Version 4: the access key is not known here. */
  | 'UnknownAccessKey'
  | 'UpdateInProgress'
  | 'AlreadyExists';

export class AppError extends Error {
  readonly code: ErrorCode;
  /** Extra members of the answer, e.g. `resourceIds` of a ConflictException. */
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/**
 * How an engine failed, in the words ECS uses for a stopped task's reason (ECS agent, agent/dockerclient errors).
 * `EngineUnavailable`: it cannot be reached, try again. `UnsupportedByEngine`: it can never do this.
 */
export type EngineErrorCode =
  | 'CannotPullContainerError'
  | 'CannotCreateContainerError'
  | 'CannotStartContainerError'
  | 'ResourceInitializationError'
  | 'EngineUnavailable'
  | 'NotFound'
  | 'UnsupportedByEngine';

export class EngineError extends Error {
  readonly code: EngineErrorCode;
  /** The container it is about, where it is about one. */
  readonly container: string | undefined;

  constructor(code: EngineErrorCode, message: string, container?: string) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
    this.container = container;
  }
}
