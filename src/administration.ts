/**
 * Keys and people of a data directory, for its owner: through the server that runs on it, else with its store opened
 * here. Either way the same routes answer, so that both check and record alike.
 */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { administrationApp } from './api/administration-app.ts';
import { tokenIssuer } from './api/auth/token-issuer.ts';
import { localSocketPath } from './api/local-socket.ts';
import { createLockout } from './api/lockout.ts';
import { signingSecret } from './auth-methods.ts';
import type { Config } from './config.ts';
import { openDataDirectory } from './data-directory.ts';
import { openAuditLog } from './store/audit/audit-log.ts';
import { openSealer } from './store/secrets/sealer.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import { systemClock } from './telemetry/clock.ts';
import { createLog } from './telemetry/log.ts';

export interface Administration {
  /** The JSON of a good answer. Throws `AdministrationError` with the words of any other. */
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

export class AdministrationError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'AdministrationError';
    this.code = code;
  }
}

interface Answer {
  status: number;
  text: string;
}
type Send = (method: string, path: string, body: object | undefined) => Promise<Answer>;

/** Throws where the store cannot be had, e.g. while a server that has it does not answer. */
export async function openAdministration(config: Config): Promise<Administration> {
  const socketPath = await localSocketPath(config.dataDir);
  const send = overSocket(socketPath);
  if (await answers(send)) return administration(send, async () => undefined);
  return withoutServer(config);
}

/** For what only a running server can do. Throws where none runs on the data directory. */
export async function openRunningServer(config: Config): Promise<Administration> {
  const send = overSocket(await localSocketPath(config.dataDir));
  if (await answers(send)) return administration(send, async () => undefined);
  throw new Error(
    `no server runs on ${config.dataDir}: start one with longshore serve, or give --endpoint and --key`,
  );
}

function administration(send: Send, close: () => Promise<void>): Administration {
  return {
    async call<T>(method: string, path: string, body?: object) {
      const { status, text } = await send(method, path, body);
      const answer: unknown = text === '' ? undefined : JSON.parse(text);
      if (status < 300) return answer as T;
      // The functions API puts its errors one level deeper.
      const { error } = answer as { error?: { code: string; message: string } };
      const { code, message } = error ?? (answer as { code: string; message: string });
      throw new AdministrationError(code, message);
    },
    close,
  };
}

async function answers(send: Send): Promise<boolean> {
  try {
    await send('GET', '/auth/whoami', undefined);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') return false;
    throw error;
  }
}

function overSocket(socketPath: string): Send {
  return async (method, path, body) => {
    const call = request({
      socketPath,
      method,
      path,
      headers: { host: 'localhost', ...(body && { 'content-type': 'application/json' }) },
      timeout: 30_000,
    });
    call.once('timeout', () => call.destroy(new Error(`the server at ${socketPath} does not answer`)));
    call.end(body && JSON.stringify(body));
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
    return { status: response.statusCode ?? 0, text };
  };
}

async function withoutServer(config: Config): Promise<Administration> {
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
    return administration(
      async (method, path, body) => {
        const { statusCode, body: text } = await app.inject({
          method: method as 'GET',
          url: path,
          ...(body && { payload: body }),
        });
        return { status: statusCode, text };
      },
      async () => {
        await app.close();
        await audit.close();
        await store.close();
      },
    );
  } catch (error) {
    await store.close();
    throw error;
  }
}
