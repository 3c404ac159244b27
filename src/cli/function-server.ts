/** The server that `longshore function` asks. */
import type { Command } from 'commander';
import { openRunningServer, refusalOf } from '../administration.ts';
import { addDataFlags } from './administration.ts';
import { apiKey } from './api-key.ts';
import { configOf } from './config-flags.ts';
import { CliError } from './failure.ts';

interface ServerOptions {
  endpoint?: string;
  key?: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Call = <T>(method: Method, path: string, body?: object) => Promise<T>;

export const functionsPath = '/api/v1/functions';

/** Over HTTP where `--endpoint` says so, else over the socket of the data directory, whose owner may do everything. */
export function withServer<O>(
  command: Command,
  work: (call: Call, names: string[], options: O) => Promise<void>,
): Command {
  command
    .option('--endpoint <url>', 'server to ask over HTTP, in place of the one on the data directory')
    .option('--key <key>', 'API key or token for --endpoint (default: LONGSHORE_API_KEY)');
  return addDataFlags(command).action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command;
    const { endpoint, key } = self.opts<ServerOptions>();
    const call = endpoint === undefined ? await overSocket(self) : overHttp(endpoint, key ?? apiKey());
    await work(call, self.args, self.opts<O & ServerOptions>());
  });
}

async function overSocket(command: Command): Promise<Call> {
  const server = await openRunningServer(configOf(command).config);
  return (method, path, body) => server.call(method, path, body);
}

function overHttp(endpoint: string, key: string | undefined): Call {
  if (!URL.canParse(endpoint)) throw new CliError(`--endpoint ${endpoint}: expected a URL`, 2);
  const headers = {
    'content-type': 'application/json',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };
  return async <T>(method: string, path: string, body?: object) => {
    const url = endpoint.replace(/\/+$/, '') + path;
    const response = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((error: Error) => {
      const why = error.cause instanceof Error ? error.cause.message : error.message;
      throw new CliError(`no server answers at ${endpoint} (${why}): start one with longshore serve`);
    });
    const text = await response.text();
    const answer = readAnswer(text === '' ? '{}' : text, `${endpoint} answered ${response.status}`);
    if (response.ok) return answer as T;
    const { code = String(response.status), message = text } = refusalOf(answer);
    throw Object.assign(new CliError(`${code}: ${message}`), { code });
  };
}

function readAnswer(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(`${what} with no JSON: is it a Longshore server?`);
  }
}
