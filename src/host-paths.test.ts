import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machinePolicy } from './host-paths.ts';

let base: string;
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'longshore-paths-')));
  for (const name of ['open/inner', 'open-too', 'secret', 'data/keys', 'data/..keys', 'run'])
    await mkdir(join(base, name), { recursive: true });
  await writeFile(join(base, 'run/engine.sock'), '');
  await symlink(join(base, 'run'), join(base, 'open/to-run'));
  await symlink(join(base, 'secret'), join(base, 'open/escape'));
  await symlink('../secret', join(base, 'open/relative-escape'));
  await symlink('inner', join(base, 'open/inside'));
  await symlink(join(base, 'open'), join(base, 'alias'));
});
afterEach(() => rm(base, { recursive: true }));

const at = (path: string) => join(base, path);
const policy = (allowed: string[]) =>
  machinePolicy({
    allowed,
    hostNetwork: false,
    own: [at('data')],
    engineSockets: [at('run/engine.sock'), at('open/absent.sock')],
  });
const ask = (path: string, allowed = [at('open')]) => policy(allowed).refusal(path);

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
  const everything = policy(['/']);
  await symlink(at('data/keys'), at('open/keys'));
  expect(everything.everything).toBe(true);
  expect(await everything.refusal(at('open'))).toBeUndefined();
  for (const path of [at('data'), at('data/keys'), at('open/keys'), base, '/']) {
    expect(await everything.refusal(path), path).toContain("holds the server's own data");
  }
});

it.each(['run', 'run/engine.sock', 'open/to-run', 'open/to-run/engine.sock'])(
  'gives the socket of an engine away only with the whole machine: %s',
  async (path) => {
    expect(await ask(at(path), [base])).toContain('the socket of a container engine');
    expect(await ask(at(path), ['/'])).toBeUndefined();
  },
);

it.each(['relative', '', './open', 'open\0'])('refuses %j', async (path) => {
  expect(await ask(path, ['/'])).toContain('is not an absolute path');
});

it('follows the links of processes', async () => {
  expect(await ask('/proc/self/root/etc')).toContain('is not within those that --host-path allows');
  expect(await ask('/proc/self/root')).toContain("the server's own data");
});

it('a NUL character ends no path early', async () => {
  expect(await ask(`${at('open')}\0/../secret`)).toContain('NUL');
});
