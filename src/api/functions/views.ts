/** Records as the functions face shows them. */
import type { Static } from 'typebox';
import type { FunctionDefinition } from '../../core/functions/definition.ts';
import type {
  ExecutionLogRecord,
  FunctionLimits,
  FunctionRecord,
  FunctionVersionRecord,
} from '../../core/functions/records.ts';
import {
  rfc3339,
  type Definition,
  type functionDetail,
  type functionSummary,
  type logList,
  type published,
} from './schemas.ts';

interface Found {
  record: FunctionRecord;
  version: FunctionVersionRecord;
}

const mebibyte = 1024 * 1024;

export function summaryOf(record: FunctionRecord): Static<typeof functionSummary> {
  return {
    language: record.language,
    title: record.title,
    language_title: record.languageTitle,
    description: record.description,
    created_at: rfc3339(record.createdAt),
    updated_at: rfc3339(record.updatedAt),
  };
}

/** What the named version is, under the function's name. */
export function detailOf({ record, version }: Found): Static<typeof functionDetail> {
  return {
    ...summaryOf(record),
    description: version.description,
    schema: { ...version.schema },
    examples: version.examples.map((example) => ({ ...example })),
  };
}

export function publishedOf({ record, version }: Found): Static<typeof published> {
  return {
    ...detailOf({ record, version }),
    version: version.version,
    digest: version.digest,
    aliases: { current: record.currentVersion, ...record.aliases },
  };
}

export function logOf(log: ExecutionLogRecord): Static<typeof logList>['logs'][number] {
  return {
    request_id: log.requestId,
    version: log.version,
    subject: log.subject,
    at: rfc3339(log.at),
    duration_ms: log.durationMs,
    status: log.status,
    ...(log.message !== undefined && { message: log.message }),
    stdout: log.stdout,
    stderr: log.stderr,
    dropped_bytes: log.droppedBytes,
  };
}

export function limitsOf({ memoryBytes, timeoutMs, outputBytes }: FunctionLimits) {
  return {
    ...(memoryBytes !== undefined && { memory_mb: memoryBytes / mebibyte }),
    ...(timeoutMs !== undefined && { timeout_ms: timeoutMs }),
    ...(outputBytes !== undefined && { output_bytes: outputBytes }),
  };
}

/** A request as core takes it. */
export function definitionOf({ limits = {}, ...rest }: Definition): FunctionDefinition {
  const { memory_mb: memory, timeout_ms: timeoutMs, output_bytes: outputBytes } = limits;
  return {
    ...rest,
    limits: {
      ...(memory !== undefined && { memoryBytes: memory * mebibyte }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(outputBytes !== undefined && { outputBytes }),
    },
  };
}
