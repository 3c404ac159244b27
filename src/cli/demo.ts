import { Command } from 'commander';
import { addConfigFlags, configOf } from './config-flags.ts';
import { walk } from './demo-walk.ts';
import { defaultEndpoint, EcsClient } from './ecs-client.ts';
import { CliError } from './failure.ts';
import { onStopSignal } from './stop-signals.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('run a container that serves a page, fetch the page, show its logs and clean up')
    .requiredOption('--image <reference>', 'image with a shell and busybox in it, e.g. busybox or alpine')
    .option(
      '--endpoint <url>',
      `server to use (default: ${defaultEndpoint} where one answers, else one of its own)`,
    );
  return addConfigFlags(command).action(async (_, self: Command) => {
    const { image, endpoint } = self.opts<{ image: string; endpoint?: string }>();
    const interrupted = new AbortController();
    const ignoreSignals = onStopSignal(() => {
      say('Interrupted: cleaning up. Again to leave at once.');
      interrupted.abort();
    });
    try {
      const server = await findServer(self, endpoint || process.env['LONGSHORE_ENDPOINT'] || undefined);
      try {
        await walk({ client: server.client, image, say, signal: interrupted.signal });
      } finally {
        await server.close();
      }
    } catch (error) {
      throw isAbort(error) ? new CliError('interrupted', 130) : error;
    } finally {
      ignoreSignals();
    }
  });
}

const isAbort = (error: unknown) => error instanceof Error && error.name === 'AbortError';

/** The server asked for, the one that runs here, or one for the time of the demo. */
async function findServer(
  command: Command,
  endpoint: string | undefined,
): Promise<{ client: EcsClient; close(): Promise<void> }> {
  const client = new EcsClient(endpoint ?? defaultEndpoint);
  if (endpoint !== undefined || (await client.isReachable())) {
    say(`Using the server at ${client.endpoint}`);
    return { client, close: async () => undefined };
  }
  const { config } = configOf(command, { listen: ['127.0.0.1:0'], 'log-level': 'warn' });
  const { startServer } = await import('../main.ts');
  const server = await startServer(config);
  const url = server.urls[0] ?? '';
  say(`Started a server for this demo at ${url}, engine ${server.engine.name}: ${server.engine.description}`);
  return { client: new EcsClient(url), close: () => server.close() };
}
