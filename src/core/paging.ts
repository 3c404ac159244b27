/**
 * Opaque page tokens. A token carries the position and a digest of the question it belongs to, so that one made for
 * another list, filter or cluster is refused instead of skipping records.
 */
import { createHash } from 'node:crypto';
import { AppError } from './errors.ts';
import type { Query, ReadTable, Scalar } from './ports/store.ts';

export interface PageRequest {
  /** Everything that decides which records are listed and in what order. */
  question: readonly unknown[];
  maxResults?: number | undefined;
  nextToken?: string | undefined;
  /** Page size when none is asked for, and the most that may be. */
  limit: number;
}

export interface Page<R> {
  records: R[];
  nextToken?: string;
}

export async function readPage<R>(
  table: ReadTable<R>,
  query: Omit<Query, 'limit' | 'after'>,
  position: (record: R) => Scalar,
  page: PageRequest,
): Promise<Page<R>> {
  const size = pageSize(page);
  const digest = questionDigest(page.question);
  const after = page.nextToken === undefined ? undefined : readToken(page.nextToken, digest);
  const found = await table.find({ ...query, ...(after === undefined ? {} : { after }), limit: size + 1 });
  if (found.length <= size) return { records: found };
  const records = found.slice(0, size);
  return { records, nextToken: writeToken(position(records[size - 1]!), digest) };
}

function pageSize(page: PageRequest): number {
  const { maxResults, limit } = page;
  if (maxResults === undefined) return limit;
  if (maxResults < 1 || maxResults > limit) {
    throw new AppError('InvalidParameter', `maxResults must be between 1 and ${limit}.`);
  }
  return maxResults;
}

function questionDigest(question: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 12);
}

function writeToken(position: Scalar, digest: string): string {
  return Buffer.from(JSON.stringify([digest, position])).toString('base64url');
}

function readToken(token: string, digest: string): Scalar {
  const position = parseToken(token, digest);
  if (position === undefined) {
    throw new AppError('InvalidParameter', 'Invalid token: nextToken does not belong to this request.');
  }
  return position;
}

function parseToken(token: string, digest: string): Scalar | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(parsed) || parsed.length !== 2 || parsed[0] !== digest) return undefined;
    const position: unknown = parsed[1];
    return typeof position === 'string' || typeof position === 'number' ? position : undefined;
  } catch {
    return undefined;
  }
}
