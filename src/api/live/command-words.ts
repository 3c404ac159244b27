import { invalid } from './fields.ts';

const maxWords = 256;

/**
 * A command's words: a list as it is, or a line that is split at blanks, in which quotes and backslashes keep words
 * together as in a POSIX shell. Nothing is expanded, for no shell is asked.
 */
export function commandWords(command: unknown): string[] {
  const words = Array.isArray(command) ? listed(command) : typeof command === 'string' ? split(command) : [];
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

function split(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const sign = line[at]!;
    if (quote !== '' && sign === quote) quote = '';
    else if (sign === '\\' && quote !== "'") word = (word ?? '') + (line[++at] ?? '');
    else if (quote !== '') word += sign;
    else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + sign;
  }
  if (quote !== '') throw invalid('command', `the quote ${quote} is not closed`);
  return word === undefined ? words : [...words, word];
}
