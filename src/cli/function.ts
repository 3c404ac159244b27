import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { openRunningServer } from '../administration.ts';
import { addDataFlags, print } from './administration.ts';
import { configOf } from './config-flags.ts';
import { CliError } from './failure.ts';
import { table } from './table.ts';

interface ServerOptions {
  endpoint?: string;
  key?: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Call = <T>(method: Method, path: string, body?: object) => Promise<T>;

interface Published {
  language_title: string;
  version: number;
}
interface Summary {
  language_title: string;
  description: string;
  updated_at: string;
}

const base = '/api/v1/functions';

export function functionCommand(): Command {
  return new Command('function')
    .description('publish, list and call functions of a running server')
    .addCommand(deployCommand())
    .addCommand(listCommand())
    .addCommand(invokeCommand());
}

function deployCommand(): Command {
  const command = new Command('deploy')
    .description('publish a directory: function.json and the source beside it; again for a new version')
    .argument('<dir>', 'its name is <language>-<title>, unless function.json has language_title');
  return withServer(command, async (call, [directory = '']) => {
    const { readFunctionDirectory } = await import('../main.ts');
    const { languageTitle, definition } = readFunctionDirectory(directory);
    const path = `${base}/${encodeURIComponent(languageTitle)}`;
    const exists = await call('GET', path).then(
      () => true,
      (error: Error & { code?: string }) => {
        if (error.code === 'NOT_FOUND') return false;
        throw error;
      },
    );
    const made = exists
      ? await call<Published>('PUT', path, definition)
      : await call<Published>('POST', base, { language_title: languageTitle, ...definition });
    print(`${made.language_title} is at version ${made.version}`);
  });
}

function listCommand(): Command {
  const command = new Command('list')
    .description('list the functions of the account')
    .option('--language <language>', 'only of this language')
    .option('--json', 'as JSON');
  return withServer(command, async (call, _, options: { language?: string; json?: true }) => {
    const functions: Summary[] = [];
    const filter = options.language === undefined ? '' : `&language=${encodeURIComponent(options.language)}`;
    for (let page = 1; ; page++) {
      const found = await call<{ functions: Summary[] }>('GET', `${base}?per_page=100&page=${page}${filter}`);
      functions.push(...found.functions);
      if (found.functions.length < 100) break;
    }
    if (options.json) return void print(JSON.stringify(functions, undefined, 2));
    const rows = functions.map((each) => [each.language_title, each.updated_at, each.description || '-']);
    process.stdout.write(table([['FUNCTION', 'UPDATED', 'DESCRIPTION'], ...rows]));
  });
}

function invokeCommand(): Command {
  const command = new Command('invoke')
    .description('call a function once and print its result as JSON')
    .argument('<language_title>', 'e.g. nodejs-calculator, nodejs-calculator:3 or nodejs-calculator:stable')
    .option('--params <json>', 'its params; @<file> reads them from a file', '{}');
  return withServer(command, async (call, [name = ''], options: { params: string }) => {
    const path = `${base}/${encodeURIComponent(name)}/invoke`;
    const { result } = await call<{ result: unknown }>('POST', path, { params: readParams(options.params) });
    print(JSON.stringify(result));
  });
}

function readParams(text: string): unknown {
  const json = text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CliError(`--params is no JSON: ${(error as Error).message}`, 2);
  }
}

/** Over HTTP where `--endpoint` says so, else over the socket of the data directory, whose owner may do everything. */
function withServer<O>(
  command: Command,
  work: (call: Call, names: string[], options: O) => Promise<void>,
): Command {
  command
    .option('--endpoint <url>', 'server to ask over HTTP, in place of the one on the data directory')
    .option('--key <key>', 'API key or token for --endpoint');
  return addDataFlags(command).action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command;
    const { endpoint, key } = self.opts<ServerOptions>();
    const call = endpoint === undefined ? await overSocket(self) : overHttp(endpoint, key);
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
    const answer = JSON.parse(text === '' ? '{}' : text) as T & { error?: { code: string; message: string } };
    if (response.ok) return answer;
    const { code = String(response.status), message = text } = answer.error ?? {};
    throw Object.assign(new CliError(`${code}: ${message}`), { code });
  };
}
