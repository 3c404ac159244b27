/** What is asked of a process: the same members in a body, in a query and in the first message of a WebSocket. */
import type { ExecCommand } from '../../core/containers/exec.ts';
import { readCommand, readEnvironment, word, workingDirectoryForm } from './creation-body.ts';
import type { Members } from './members.ts';

const mostWords = 1000;
export const commandMembers = ['command', 'user', 'working_dir', 'environment'] as const;

export function readExec(members: Members): ExecCommand {
  const argv = readCommand(members, 'command') ?? [];
  if (members.value('command') === undefined) members.refuse('command', 'is missing.');
  else if (argv.length > mostWords) members.refuse('command', `has more than ${mostWords} words.`);
  else if (argv.length === 0 || argv[0] === '') members.refuse('command', 'names no program.');
  return {
    argv,
    environment: readEnvironment(members),
    workingDirectory: members.text('working_dir', workingDirectoryForm),
    user: members.text('user', word),
  };
}
