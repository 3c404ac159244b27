import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostPathPolicy } from './host-paths.ts';

let base: string;
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'longshore-paths-')));
  for (const name of ['open/inner', 'open-too', 'secret', 'data/keys', 'data/..keys'])
    await mkdir(join(base, name), { recursive: true });
  await symlink(join(base, 'secret'), join(base, 'open/escape'));
  await symlink('../secret', join(base, 'open/relative-escape'));
  await symlink('inner', join(base, 'open/inside'));
  await symlink(join(base, 'open'), join(base, 'alias'));
});
afterEach(() => rm(base, { recursive: true }));

const at = (path: string) => join(base, path);
const ask = (path: string, allowed = [at('open')]) => hostPathPolicy(allowed, [at('data')]).refusal(path);

it.each(['open', 'open/inner', 'open/inside', 'alias/inner', 'open/inner/../inner'])(
  'allows %s',
  async (path) => {
    expect(await ask(at(path))).toBeUndefined();
  },
);

it.each(['secret', 'open-too', 'open/escape', 'open/relative-escape', 'open/../secret', 'alias/escape'])(
  'refuses %s',
  async (path) => {
    expect(await ask(`${base}/${path}`)).toContain('is not within those that --host-path allows');
  },
);

it.each(['data', 'data/keys', 'data/..keys', '.'])(
  "never gives away the server's own data: %s",
  async (path) => {
    expect(await ask(at(path), ['/'])).toContain("the server's own data");
  },
);

it('allows nothing that is not there, and says how to open what is', async () => {
  expect(await ask(at('open/missing'))).toContain('does not exist');
  expect(await ask(at('open'), [])).toContain(`--host-path ${at('open')}`);
});

it("never gives away the server's own data, nor what holds it", async () => {
  const everything = hostPathPolicy(['/'], [at('data')]);
  await symlink(at('data/keys'), at('open/keys'));
  expect(everything.everything).toBe(true);
  expect(await everything.refusal(at('open'))).toBeUndefined();
  for (const path of [at('data'), at('data/keys'), at('open/keys'), base, '/']) {
    expect(await everything.refusal(path), path).toContain("holds the server's own data");
  }
});
