import { expect, it } from 'vitest';
import { findRust } from './compiler.ts';

it('finds a compiler and the crates of this machine', async () => {
  const { version, rustc, cargo, linker, crates, linksStatically } = await findRust();
  expect(version).toMatch(/^rustc 1\.\d+/);
  for (const program of [rustc, cargo, linker]) expect(program).toMatch(/^\//);
  expect(crates.join(' ')).toMatch(/serde_json-1/);
  // The C library's package for developers has both kinds, and a linker is of no use without it.
  expect(linksStatically).toBe(true);
});

it('says what to install where the crates are missing', async () => {
  await expect(findRust('/nowhere')).rejects.toMatchObject({
    message: 'the sources of serde_json are not in /nowhere',
    fix: 'apt-get install librust-serde-json-dev',
  });
});
