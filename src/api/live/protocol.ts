/** What goes over the WebSocket: JSON messages `{id, type, action, payload}`. docs/reference/websocket.md lists them all. */
import { AppError, EngineError, type ErrorCode } from '../../core/errors.ts';

export const errorCodes = [
  'AUTH_FAILED',
  'INVALID_REQUEST',
  'SUBSCRIPTION_ERROR',
  'RESOURCE_NOT_FOUND',
  'PERMISSION_DENIED',
  'RATE_LIMIT_EXCEEDED',
  'INTERNAL_ERROR',
] as const;
export type LiveErrorCode = (typeof errorCodes)[number];

export interface ErrorDetails {
  /** The member of the message that is at fault. */
  field?: string;
  reason?: string;
}

/** A message that cannot be done: answered with `type: "error"`, the connection goes on. */
export class LiveError extends Error {
  readonly code: LiveErrorCode;
  readonly details: ErrorDetails;

  constructor(code: LiveErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'LiveError';
    this.code = code;
    this.details = details;
  }
}

export interface ServerMessage {
  /** Of the request that is answered, or of the event. */
  id?: string;
  type: string;
  payload?: object;
}

export function encode(message: ServerMessage, at: number): string {
  const { id, type, payload } = message;
  return JSON.stringify({
    ...(id !== undefined && { id }),
    type,
    timestamp: new Date(at).toISOString(),
    ...(payload !== undefined && { payload }),
  });
}

export function errorMessage(error: LiveError, id?: string): ServerMessage {
  return {
    ...(id !== undefined && { id }),
    type: 'error',
    payload: { code: error.code, message: error.message, details: error.details },
  };
}

const codes: Readonly<Partial<Record<ErrorCode, LiveErrorCode>>> = {
  Unauthorized: 'AUTH_FAILED',
  InvalidSignature: 'AUTH_FAILED',
  UnknownAccessKey: 'AUTH_FAILED',
  Forbidden: 'PERMISSION_DENIED',
  AccessDenied: 'PERMISSION_DENIED',
  ClusterNotFound: 'RESOURCE_NOT_FOUND',
  ResourceNotFound: 'RESOURCE_NOT_FOUND',
  ServiceNotFound: 'RESOURCE_NOT_FOUND',
  TargetNotFound: 'RESOURCE_NOT_FOUND',
  Client: 'INVALID_REQUEST',
  InvalidParameter: 'INVALID_REQUEST',
  UnsupportedFeature: 'INVALID_REQUEST',
  LimitExceeded: 'RATE_LIMIT_EXCEEDED',
  Throttled: 'RATE_LIMIT_EXCEEDED',
};

/** Undefined for what is nobody's fault but ours. */
export function knownError(error: unknown): LiveError | undefined {
  if (error instanceof LiveError) return error;
  if (error instanceof AppError) {
    const code = codes[error.code];
    return code && new LiveError(code, error.message);
  }
  if (!(error instanceof EngineError)) return undefined;
  if (error.code === 'NotFound') return new LiveError('RESOURCE_NOT_FOUND', error.message);
  if (error.code === 'UnsupportedByEngine') return new LiveError('INVALID_REQUEST', error.message);
  return undefined;
}
