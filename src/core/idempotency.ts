/**
 * clientToken: the same token with the same request answers with the same resources, with another request it is a
 * conflict (Amazon ECS developer guide, "Ensuring idempotency"). Tokens are kept for 24 hours.
 */
import { createHash } from 'node:crypto';
import { AppError } from './errors.ts';
import type { Reader, Transaction } from './ports/store.ts';

export interface TokenUse {
  id: string;
  requestHash: string;
}

export function tokenUse(scope: string, operation: string, token: string, request: object): TokenUse {
  const requestHash = createHash('sha256').update(canonical(request)).digest('hex');
  return { id: `${scope}/${operation}/${token}`, requestHash };
}

/** ARNs that the first use made; undefined when this is the first. Throws Conflict when the request differs. */
export async function earlierResources(
  reader: Pick<Reader, 'clientTokens'>,
  use: TokenUse,
): Promise<string[] | undefined> {
  const record = await reader.clientTokens.get(use.id);
  if (!record) return undefined;
  if (record.requestHash !== use.requestHash) {
    throw new AppError('Conflict', 'The client token was used before with other parameters.', {
      resourceIds: record.resourceArns,
    });
  }
  return record.resourceArns;
}

export async function rememberResources(
  tx: Transaction,
  use: TokenUse,
  resourceArns: string[],
  now: number,
): Promise<void> {
  await tx.clientTokens.put({ ...use, resourceArns, createdAt: now });
}

/** JSON with sorted keys, so that two spellings of one request are equal. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
