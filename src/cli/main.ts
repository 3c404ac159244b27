/** The command line: one file per command. */
import { Command, CommanderError } from 'commander';
import { nearest } from '../config.ts';
import { auditCommand } from './audit.ts';
import { configCommand } from './config.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { CliError, describeFailure } from './failure.ts';
import { functionCommand } from './function.ts';
import { logsCommand } from './logs.ts';
import { keyCommand } from './key.ts';
import { serveCommand } from './serve.ts';
import { tokenCommand } from './token.ts';
import { userCommand } from './user.ts';
import { version, versionCommand } from './version.ts';

const commands = [
  serveCommand,
  configCommand,
  keyCommand,
  tokenCommand,
  userCommand,
  auditCommand,
  doctorCommand,
  demoCommand,
  logsCommand,
  functionCommand,
  versionCommand,
];

/** Runs one command to its end and gives the exit code: 0, 1 when it failed, 2 when it was typed wrong. */
export async function run(argv: readonly string[]): Promise<number> {
  // A reader that has gone (`longshore logs … | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const program = new Command('longshore')
    .description('A server that speaks the Amazon ECS API and runs the containers on this machine.')
    .version(version(), '--version');
  for (const make of commands) program.addCommand(make());
  for (const command of everyCommand(program)) {
    command
      .exitOverride()
      .showSuggestionAfterError(false)
      .configureOutput({ outputError: () => undefined });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (error instanceof CommanderError && error.code === 'commander.help') return 2;
    const failure = error instanceof CommanderError ? usageError(error, program, argv) : error;
    const { text, exitCode } = describeFailure(failure);
    process.stderr.write(`longshore: ${text}\n`);
    return exitCode;
  }
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap((each) => everyCommand(each))];
}

/** The one that was typed, as far as its words name commands. */
function typedCommand(command: Command, argv: readonly string[]): Command {
  const next = command.commands.find((candidate) => candidate.name() === argv[0]);
  return next === undefined ? command : typedCommand(next, argv.slice(1));
}

/** commander's refusal in our words, with the nearest thing that would have been right. */
function usageError(error: CommanderError, program: Command, argv: readonly string[]): CliError {
  const message = error.message.replace(/^error: /, '');
  const wrong = /'([^']+)'/.exec(message)?.[1] ?? '';
  const command = typedCommand(program, argv);
  if (error.code === 'commander.unknownOption') {
    const options = command.createHelp().visibleOptions(command);
    const near = nearest(wrong, options.map(({ long }) => long ?? '').filter(Boolean));
    return new CliError(`unknown flag ${wrong}: ${suggestion(near, wordsOf(command))}`, 2);
  }
  if (error.code === 'commander.unknownCommand') {
    const near = nearest(
      wrong,
      command.commands.map((candidate) => candidate.name()),
    );
    return new CliError(`unknown command ${wrong}: ${suggestion(near, wordsOf(command))}`, 2);
  }
  return new CliError(message, 2);
}

/** `key create`: without the program's own name. */
const wordsOf = (command: Command): string =>
  command.parent === null ? '' : `${wordsOf(command.parent)} ${command.name()}`.trim();

const suggestion = (near: string | undefined, command: string) =>
  near === undefined ? `see longshore ${command}${command && ' '}--help` : `did you mean ${near}?`;
