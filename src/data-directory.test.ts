import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDataDirectory } from './data-directory.ts';

let base: string;
beforeEach(async () => (base = await mkdtemp(join(tmpdir(), 'ls-data-'))));
afterEach(() => rm(base, { recursive: true }));

it('makes the directory for its user only, and remembers its id', async () => {
  const path = join(base, 'a/b');
  const first = openDataDirectory(path);
  expect(first.owner).toMatch(/^[0-9a-f]{6}$/);
  expect(openDataDirectory(path)).toEqual(first);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(path, 'machine-id'))).mode & 0o777).toBe(0o600);
});

it.each(['/proc/longshore', '/proc/longshore/deeper', '/dev/null/data'])(
  'says that %s cannot be made',
  (path) => {
    expect(() => openDataDirectory(path)).toThrow(/cannot make the data directory .*--data-dir/);
  },
);

it('does not go on with a damaged id', async () => {
  await writeFile(join(base, 'machine-id'), 'nonsense');
  expect(() => openDataDirectory(base)).toThrow('32 hexadecimal digits');
});
