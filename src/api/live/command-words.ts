import { commandWords as split } from '../../core/command-words.ts';
import { invalid } from './fields.ts';

const maxWords = 256;

/** A command's words: a list as it is, or a line that is split. */
export function commandWords(command: unknown): string[] {
  const words = Array.isArray(command)
    ? listed(command)
    : typeof command === 'string'
      ? splitLine(command)
      : [];
  if (words.length === 0) throw invalid('command', 'give a command, such as "ls -l" or ["ls", "-l"]');
  if (words.length > maxWords) throw invalid('command', `it has more than ${maxWords} words`);
  if (words[0] === '' || words.some((word) => word.includes('\0'))) {
    throw invalid('command', 'it names no program, or holds a NUL');
  }
  return words;
}

function listed(command: unknown[]): string[] {
  if (command.every((word) => typeof word === 'string')) return command;
  throw invalid('command', 'every word must be a text');
}

function splitLine(line: string): string[] {
  const words = split(line);
  if (words === undefined) throw invalid('command', 'it has a quote that is not closed');
  return words;
}
