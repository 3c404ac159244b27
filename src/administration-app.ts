/** The routes of keys and people over a data directory that no server has. */
import { join } from 'node:path';
import { administrationApp } from './api/administration-app.ts';
import { tokenIssuer } from './api/auth/token-issuer.ts';
import { createLockout } from './api/lockout.ts';
import { signingSecret } from './auth-methods.ts';
import type { Config } from './config.ts';
import { openDataDirectory } from './data-directory.ts';
import { openAuditLog } from './store/audit/audit-log.ts';
import { openSealer } from './store/secrets/sealer.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import { systemClock } from './telemetry/clock.ts';
import { createLog } from './telemetry/log.ts';

export interface Answer {
  status: number;
  text: string;
}

export type Send = (method: string, path: string, body: object | undefined) => Promise<Answer>;

/** Throws where the store cannot be had, e.g. while a server that has it does not answer. */
export async function openAdministrationApp(
  config: Config,
): Promise<{ send: Send; close: () => Promise<void> }> {
  openDataDirectory(config.dataDir);
  const log = createLog('error');
  const store = await openSqliteStore({ directory: config.dataDir });
  try {
    const audit = openAuditLog({ directory: join(config.dataDir, 'audit'), log });
    const core = { store, clock: systemClock, sealer: openSealer(config.dataDir) };
    const issuer = tokenIssuer(signingSecret(config), systemClock);
    const app = administrationApp({
      auth: { core, issueToken: (claims) => issuer.issue(claims), guard: createLockout() },
      account: config.accountId,
      audit: { log: audit, clock: systemClock },
      log,
    });
    return {
      async send(method, path, body) {
        const { statusCode, body: text } = await app.inject({
          method: method as 'GET',
          url: path,
          ...(body && { payload: body }),
        });
        return { status: statusCode, text };
      },
      async close() {
        await app.close();
        await audit.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
