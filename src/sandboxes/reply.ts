/** What comes out of a sandbox is data of a stranger: read member by member, bounded, never trusted for its types. */
import type { SandboxErrorCode, SourcePosition } from '../core/ports/sandbox.ts';

export interface ReportedError {
  code: SandboxErrorCode;
  message: string;
  position: SourcePosition;
}

export interface Reply {
  nonce: string;
  result?: unknown;
  error?: ReportedError;
  /** The process answers no more after it. */
  fatal: boolean;
}

const REPORTED: readonly string[] = [
  'INITIALIZATION_ERROR',
  'RUNTIME_ERROR',
  'OUT_OF_MEMORY',
  'OUTPUT_LIMIT',
];
const MAX_MESSAGE = 8_192;
const MAX_STACK = 32_768;

/** Undefined where it is no reply at all. */
export function readReply(text: string): Reply | undefined {
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(reply) || typeof reply.n !== 'string') return undefined;
  const fatal = reply.fatal === true || (isObject(reply.e) && reply.e.fatal === true);
  if (Object.hasOwn(reply, 'r')) return { nonce: reply.n, result: reply.r, fatal };
  return isObject(reply.e) ? { nonce: reply.n, error: reportedError(reply.e), fatal } : undefined;
}

function reportedError(error: Record<string, unknown>): ReportedError {
  return {
    code: REPORTED.includes(error.code as string) ? (error.code as SandboxErrorCode) : 'RUNTIME_ERROR',
    message: text(error.message, MAX_MESSAGE) ?? 'the function failed',
    position: {
      file: text(error.file, 1_024),
      line: count(error.line),
      column: count(error.column),
      stack_trace: text(error.stack_trace, MAX_STACK),
    },
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown, size: number) => (typeof value === 'string' ? value.slice(0, size) : undefined);

const count = (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
