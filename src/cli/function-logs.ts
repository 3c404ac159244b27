import { Command, InvalidArgumentError } from 'commander';
import { print } from './administration.ts';
import { functionsPath, withServer } from './function-server.ts';
import { printable } from './printable.ts';

interface Execution {
  request_id: string;
  version: number;
  at: string;
  duration_ms: number;
  status: string;
  message?: string;
  stdout: string;
  stderr: string;
  dropped_bytes: number;
}

/** As many as a server keeps of each function. */
const maxExecutions = 200;

export function functionLogsCommand(): Command {
  const command = new Command('logs')
    .description('print how executions of a function ended and what they wrote, newest first')
    .argument('<language_title>', 'e.g. nodejs-calculator, or nodejs-calculator:3 for one version')
    .option('--limit <count>', 'at most so many executions', readLimit, 50)
    .option('--json', 'an execution as JSON on each line');
  return withServer(command, async (call, [name = ''], { limit, json }: { limit: number; json?: true }) => {
    const path = `${functionsPath}/${encodeURIComponent(name)}/logs?limit=${limit}`;
    const { logs } = await call<{ logs: Execution[] }>('GET', path);
    for (const execution of logs) {
      if (json) print(printable(JSON.stringify(execution)));
      else for (const line of linesOf(execution)) print(line);
    }
  });
}

/** One line about the execution, and its output indented below. */
function linesOf(execution: Execution): string[] {
  const { at, version, request_id, status, duration_ms, message, stdout, stderr, dropped_bytes } = execution;
  const ended = message === undefined ? status : `${status}: ${message}`;
  const head = [at, `version ${version}`, request_id, `${duration_ms} ms`, ended].join('  ');
  const output = [stdout, stderr].flatMap((text) => text.replace(/\n$/, '').split(/\r?\n/));
  const dropped = dropped_bytes > 0 ? [`  (${dropped_bytes} bytes more were not kept)`] : [];
  return [printable(head), ...output.filter(Boolean).map((line) => `  ${withTabs(line)}`), ...dropped];
}

const withTabs = (line: string): string => line.split('\t').map(printable).join('\t');

function readLimit(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= maxExecutions) return Number(text);
  throw new InvalidArgumentError(`expected a number from 1 to ${maxExecutions}`);
}
