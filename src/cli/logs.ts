import { Command, InvalidArgumentError } from 'commander';
import { defaultEndpoint, EcsClient, type EcsTask } from './ecs-client.ts';
import { CliError } from './failure.ts';

interface LogsOptions {
  container?: string;
  cluster?: string;
  endpoint: string;
  follow?: true;
  tail?: string;
  since?: string;
}

export function logsCommand(): Command {
  return new Command('logs')
    .description("print a task's output, also after it has stopped")
    .argument('<task>', 'task ARN or id')
    .option('--container <name>', 'which container; may be left out when the task has one')
    .option('--cluster <name>', 'cluster of the task, where <task> is an id (default: default)')
    .option('--follow', 'go on with what comes, until the container stops')
    .option('--tail <lines>', 'only the last so many lines', readCount)
    .option('--since <time>', 'only from this time on: 90s, 10m, 2h ago, or an RFC 3339 time', readSince)
    .option('--endpoint <url>', 'server to ask', process.env['LONGSHORE_ENDPOINT'] || defaultEndpoint)
    .action(async (task: string, options: LogsOptions) => {
      const client = new EcsClient(options.endpoint);
      const container = options.container ?? (await onlyContainer(client, task, options.cluster));
      const query = {
        ...(options.follow && { follow: 'true' }),
        ...(options.tail && { tail: options.tail }),
        ...(options.since && { since: options.since }),
      };
      const { body } = await client.logs(task, container, query);
      for await (const chunk of body ?? []) await print(chunk as Uint8Array);
    });
}

async function onlyContainer(client: EcsClient, task: string, cluster?: string): Promise<string> {
  const ofArn = /:task\/([^/]+)\/[^/]+$/.exec(task)?.[1];
  const input = { cluster: cluster ?? ofArn ?? 'default', tasks: [task] };
  const { tasks } = await client.call<{ tasks: EcsTask[] }>('DescribeTasks', input);
  const names = tasks[0]?.containers.map(({ name }) => name) ?? [];
  if (tasks.length === 0)
    throw new CliError(`no task ${task} in cluster ${input.cluster}: check its id, or give --cluster`);
  if (names.length !== 1) throw new CliError(`give --container, one of: ${names.join(', ')}`, 2);
  return names.join();
}

/** Waits where the terminal or the pipe is slower than the log. */
function print(chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

function readCount(text: string): string {
  if (/^\d{1,9}$/.test(text)) return text;
  throw new InvalidArgumentError('expected a number of lines');
}

function readSince(text: string): string {
  const [, amount, unit = ''] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 }[unit];
  const at = amount !== undefined && unitMs ? Date.now() - Number(amount) * unitMs : Date.parse(text);
  if (Number.isNaN(at))
    throw new InvalidArgumentError('expected 90s, 10m, 2h or a time as 2026-01-31T12:00:00Z');
  return new Date(at).toISOString();
}
