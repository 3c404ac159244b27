import type { Sealer } from '../ports/secrets.ts';
import type { FunctionVersionRecord } from './records.ts';

/** Names and values. Throws where they were sealed with another key. */
export function openSecrets(
  { sealer }: { sealer: Sealer },
  { sealedSecrets }: Pick<FunctionVersionRecord, 'sealedSecrets'>,
): Record<string, string> {
  if (sealedSecrets === undefined) return {};
  return JSON.parse(sealer.open(sealedSecrets)) as Record<string, string>;
}
