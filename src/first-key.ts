/** The way in to a server that asks everybody for a credential and has given out none. */
import { authMode, type Config } from './config.ts';
import type { CredentialCore } from './core/credential-check.ts';
import { createApiKey, hasCredentials } from './core/credentials.ts';
import type { AuditLog } from './core/ports/audit.ts';
import { ownerOfData } from './core/principal.ts';

/** An API key for everything, to be shown once; undefined where there is a credential, or none is asked for. */
export async function firstAdminKey(
  config: Config,
  core: CredentialCore,
  audit: AuditLog,
): Promise<string | undefined> {
  if (authMode(config) !== 'required' || (await hasCredentials(core))) return undefined;
  const creator = ownerOfData(config.accountId);
  const { record, key } = await createApiKey(core, creator, { name: 'first admin key', role: 'admin' });
  const { subject, kind, account } = creator;
  const entry = {
    at: new Date(core.clock.now()).toISOString(),
    requestId: 'start',
    address: '',
    face: 'ops',
    operation: 'first admin key',
    target: record.id,
    status: 201,
    result: 'success' as const,
  };
  await new Promise<void>((written) => audit.append({ ...entry, subject, kind, account }, written));
  return key;
}
