/** A version of a function as AWS Lambda's API shows it. */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { lambdaNameOf } from '../../core/functions/lambda-names.ts';
import type { FunctionRecord, FunctionVersionRecord } from '../../core/functions/records.ts';
import { ownVariables } from './definition.ts';
import { functionArn, latest } from './names.ts';
import type { LambdaFaceOptions } from './options.ts';
import type { Configuration } from './schemas.ts';

const MIB = 1024 * 1024;
const usual = { timeoutMs: 30_000, memoryBytes: 128 * MIB };
/** Of functions that came by another API: their language stands for the runtime. */
const foreign = { role: '', codeSize: 0, handler: '', kept: {} };

/** `numbered`: under its number, and not as `$LATEST`. */
export function configurationOf(
  options: LambdaFaceOptions,
  request: FastifyRequest,
  { record, version }: { record: FunctionRecord; version: FunctionVersionRecord },
  numbered: boolean,
): Configuration {
  const { lambda } = version;
  const { role, codeSize, kept } = lambda ?? foreign;
  const { timeoutMs = usual.timeoutMs, memoryBytes = usual.memoryBytes } = version.limits;
  const variables = lambda === undefined ? {} : ownVariables(version);
  const number = String(version.version);
  return {
    FunctionName: lambdaNameOf(record),
    FunctionArn: functionArn(options, request, record, numbered ? number : undefined),
    Runtime: lambda?.runtime ?? record.language,
    Role: role,
    Handler: lambda?.handler ?? version.code.entry,
    CodeSize: codeSize,
    Description: version.description,
    Timeout: timeoutMs / 1000,
    MemorySize: memoryBytes / MIB,
    LastModified: new Date(version.createdAt).toISOString().replace('Z', '+0000'),
    CodeSha256: lambda?.codeSha256 ?? version.code.digest,
    Version: numbered ? number : latest,
    RevisionId: version.id,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
    ...kept,
    ...(Object.keys(variables).length > 0 && { Environment: { Variables: variables } }),
  };
}

/** Pages of a list that is at hand: a marker is where the next one begins. */
export function pageOf<T>(
  items: readonly T[],
  { Marker: marker, MaxItems: most = 50 }: { Marker?: string; MaxItems?: number },
): { page: T[]; next: { NextMarker?: string } } {
  const start = Number(marker ?? 0);
  const end = start + Math.min(most, 50);
  return { page: items.slice(start, end), next: end < items.length ? { NextMarker: String(end) } : {} };
}

/** Throws `Conflict`: somebody else has changed the function since the caller looked. */
export function requireRevision(actual: string, expected: string | undefined): void {
  if (expected === undefined || expected === actual) return;
  throw new AppError(
    'Conflict',
    'The Revision Id provided does not match the latest Revision Id. Get the function again for its newest one.',
  );
}
