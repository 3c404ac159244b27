import { expect, it } from 'vitest';
import { commandWords } from './command-words.ts';

it.each([
  ['ls', ['ls']],
  ['  ls   -l\t/tmp ', ['ls', '-l', '/tmp']],
  [`sh -c 'echo "$HOME"; id'`, ['sh', '-c', 'echo "$HOME"; id']],
  [`echo "a \\"b\\" c" d\\ e`, ['echo', 'a "b" c', 'd e']],
  [`echo '' a''b`, ['echo', '', 'ab']],
  ['echo $(id) `id` *', ['echo', '$(id)', '`id`', '*']],
  [
    ['sh', '-c', 'a b'],
    ['sh', '-c', 'a b'],
  ],
])('splits %j', (command, words) => {
  expect(commandWords(command)).toEqual(words);
});

it.each([
  '',
  '   ',
  undefined,
  7,
  {},
  [],
  ['a', 7],
  ['', 'a'],
  `echo 'open`,
  'a\0b',
  new Array(257).fill('a'),
])('refuses %j', (command) => {
  expect(() => commandWords(command)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
});
