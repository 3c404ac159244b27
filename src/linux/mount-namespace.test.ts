import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { createMountNamespace, inMountNamespaceOf } from './mount-namespace.ts';

const run = promisify(execFile);

afterEach(() => vi.unstubAllEnvs());

it('names the package of a program that is missing', async () => {
  vi.stubEnv('PATH', '/nonexistent');
  await expect(createMountNamespace({ unmount: [] })).rejects.toThrow(
    'unshare is not installed: apt-get install util-linux',
  );
});

it('shows the machine only what is mounted below the mounts that it shares', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lsm-'));
  const [shared, own] = [join(directory, 'shared'), join(directory, 'own')];
  await Promise.all([shared, own].map((path) => mkdir(join(path, 'inner'), { recursive: true })));
  const mounted = () => readFile('/proc/self/mountinfo', 'utf8');
  for (const path of [shared, own]) {
    await run('mount', ['--bind', path, path]);
    await run('mount', ['--make-shared', path]);
  }
  const holder = await createMountNamespace({ unmount: [], shared: [shared] });
  try {
    for (const path of [shared, own]) {
      const [program = '', ...args] = inMountNamespaceOf(holder.pid, [
        ...['mount', '-t', 'tmpfs', 'none', join(path, 'inner')],
      ]);
      await run(program, args);
    }
    expect(await mounted()).toContain(join(shared, 'inner'));
    expect(await mounted()).not.toContain(join(own, 'inner'));
    await run('mount', ['-t', 'tmpfs', 'none', join(own, 'inner')]);
    expect(await readFile(`/proc/${holder.pid}/mountinfo`, 'utf8')).toContain(join(own, 'inner'));
  } finally {
    holder.release();
    for (const path of [shared, own]) await run('umount', ['--recursive', path]);
    await rm(directory, { recursive: true });
  }
});
