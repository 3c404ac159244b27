import { Command } from 'commander';
import { banner } from './banner.ts';
import { addConfigFlags, configOf } from './config-flags.ts';
import { stackOf } from './failure.ts';
import { onStopSignal } from './stop-signals.ts';

export function serveCommand(): Command {
  const command = new Command('serve').description(
    'run the server until SIGTERM or SIGINT; containers go on running',
  );
  return addConfigFlags(command).action(async (_, self: Command) => {
    const { config } = configOf(self);
    endOnUncaught();
    const stopped = new Promise<NodeJS.Signals>(onStopSignal);
    const { startServer } = await import('../main.ts');
    const server = await startServer(config);
    process.stdout.write(banner(config, server));
    const signal = await stopped;
    process.stdout.write(`${signal}: finishing requests; tasks go on running. Again to leave at once.\n`);
    // Closing may wait on nothing but timers, which do not keep a process alive.
    const alive = setInterval(() => undefined, 1000);
    await server.close();
    clearInterval(alive);
  });
}

/** After an error that nobody handled the state in memory is not to be trusted; the store is, at the next start. */
function endOnUncaught(): void {
  const end = (error: unknown) => {
    process.stderr.write(`longshore: uncaught error, ending: ${stackOf(error)}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
