/** The `context` of a request: the caller's own members beside `timeout_ms` and `retain_session`. */
import { AppError } from '../errors.ts';

export interface InvocationContext {
  /** As it was sent; handlers get it so. */
  context: Readonly<Record<string, unknown>>;
  timeoutMs: number;
  retain: boolean;
}

const usualTimeoutMs = 30_000;
const maxTimeoutMs = 300_000;
const maxBytes = 64 * 1024;

/** `most`: what the function allows, in milliseconds. Throws `InvalidParameter`. */
export function readContext(
  context: Readonly<Record<string, unknown>> = {},
  most = maxTimeoutMs,
): InvocationContext {
  const { timeout_ms: timeout, retain_session: retain } = context;
  if (timeout !== undefined && (typeof timeout !== 'number' || !Number.isInteger(timeout) || timeout < 1)) {
    throw invalid('timeout_ms', 'must be a number of milliseconds of at least 1.');
  }
  if (retain !== undefined && typeof retain !== 'boolean')
    throw invalid('retain_session', 'must be true or false.');
  if (Buffer.byteLength(JSON.stringify(context)) > maxBytes) throw invalid('', `may have ${maxBytes} bytes.`);
  const asked = timeout ?? usualTimeoutMs;
  return { context, timeoutMs: Math.min(asked, most, maxTimeoutMs), retain: retain ?? true };
}

function invalid(member: string, message: string): AppError {
  const field = member === '' ? 'context' : `context.${member}`;
  return new AppError('InvalidParameter', `${field} ${message}`, { field });
}
