import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { print } from './administration.ts';
import { CliError } from './failure.ts';
import { functionLogsCommand } from './function-logs.ts';
import { functionsPath, withServer } from './function-server.ts';
import { table } from './table.ts';

interface Published {
  language_title: string;
  version: number;
}
interface Summary {
  language_title: string;
  description: string;
  updated_at: string;
}

export function functionCommand(): Command {
  return new Command('function')
    .description('publish, list and call functions of a running server, and print their logs')
    .addCommand(deployCommand())
    .addCommand(listCommand())
    .addCommand(invokeCommand())
    .addCommand(functionLogsCommand());
}

function deployCommand(): Command {
  const command = new Command('deploy')
    .description('publish a directory: function.json and the source beside it; again for a new version')
    .argument('<dir>', 'its name is <language>-<title>, unless function.json has language_title');
  return withServer(command, async (call, [directory = '']) => {
    const { readFunctionDirectory } = await import('../main.ts');
    const { languageTitle, definition } = readFunctionDirectory(directory);
    const path = `${functionsPath}/${encodeURIComponent(languageTitle)}`;
    const exists = await call('GET', path).then(
      () => true,
      (error: Error & { code?: string }) => {
        if (error.code === 'NOT_FOUND') return false;
        throw error;
      },
    );
    const made = exists
      ? await call<Published>('PUT', path, definition)
      : await call<Published>('POST', functionsPath, { language_title: languageTitle, ...definition });
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
      const found = await call<{ functions: Summary[] }>(
        'GET',
        `${functionsPath}?per_page=100&page=${page}${filter}`,
      );
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
    const path = `${functionsPath}/${encodeURIComponent(name)}/invoke`;
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
