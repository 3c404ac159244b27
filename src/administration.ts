/**
 * Keys and people of a data directory, for its owner: through the server that runs on it, else with its store opened
 * here. Either way the same routes answer, so that both check and record alike.
 */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Send } from './administration-app.ts';
import { localSocketPath } from './api/local-socket.ts';
import type { Config } from './config.ts';

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

/** Throws where the store cannot be had, e.g. while a server that has it does not answer. */
export async function openAdministration(config: Config): Promise<Administration> {
  const socketPath = await localSocketPath(config.dataDir);
  const send = overSocket(socketPath);
  if (await answers(send)) return administration(send, async () => undefined);
  // Takes longer to load than a running server takes to answer.
  const { openAdministrationApp } = await import('./administration-app.ts');
  const app = await openAdministrationApp(config);
  return administration(app.send, app.close);
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
      const { code = String(status), message = text } = refusalOf(answer);
      throw new AdministrationError(code, message);
    },
    close,
  };
}

interface Refusal {
  code?: string;
  message?: string;
  details?: { file?: string; line?: number; column?: number };
}

/** The code and words of a bad answer, with the place in the function's source before them where it has one. */
export function refusalOf(answer: unknown): Pick<Refusal, 'code' | 'message'> {
  // The functions API puts its errors one level deeper.
  const { error } = answer as { error?: Refusal };
  const { code, message, details: { file, line, column } = {} } = error ?? (answer as Refusal);
  if (message === undefined || file === undefined || line === undefined) return { code, message };
  const place = column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
  return { code, message: `${place}: ${message}` };
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
