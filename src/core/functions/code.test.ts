import { expect, it } from 'vitest';
import { codeOf } from './code.ts';

const bytes = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0x00]).toString('base64');

it('keeps which files are in base64, each once, in one order', () => {
  const files = { b: bytes, a: bytes, 'run.sh': '#!/bin/sh\n' };
  const code = codeOf('exec', 'main', { files, base64: ['b', 'a', 'b'], entry: 'run.sh' });
  expect(code).toMatchObject({ files, base64: ['a', 'b'], entry: 'run.sh' });
  const text = codeOf('exec', 'main', { files, base64: [], entry: 'run.sh' });
  expect(text).not.toHaveProperty('base64');
  expect(text.digest).not.toBe(code.digest);
});

it.each([
  ['a file that is not there', { base64: ['c'] }, "there is no file 'c'"],
  ['a name of every object', { base64: ['__proto__'] }, "there is no file '__proto__'"],
  ['what is not base64', { base64: ['a'], files: { a: 'f0VMRg=' } }, "'a' is not in base64"],
  ['base64 with something between', { base64: ['a'], files: { a: 'f0VM\nRg==' } }, "'a' is not in base64"],
])('refuses %s', (_, request, message) => {
  expect(() => codeOf('exec', 'main', { files: { a: bytes }, ...request })).toThrow(message);
});
