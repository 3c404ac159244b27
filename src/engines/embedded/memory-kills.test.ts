import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { wasKilledForMemory } from './memory-kills.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'memory-kills-'));
  await mkdir(join(directory, 'cgroup/group/libpod-1'), { recursive: true });
  await writeFile(
    join(directory, 'config.json'),
    JSON.stringify({ linux: { cgroupsPath: '/group/libpod-1' } }),
  );
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const write = (file: string, text: string) => writeFile(join(directory, 'cgroup/group/libpod-1', file), text);
const ask = (controller: string) =>
  wasKilledForMemory(directory, { mounts: new Map([[controller, join(directory, 'cgroup')]]) });

it('reads the counter of cgroup v2', async () => {
  await write('memory.events', 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 2\noom_group_kill 0\n');
  expect(await ask('unified')).toBe(true);
});

it('takes reached limits and kills of a whole group for none', async () => {
  await write('memory.events', 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 0\noom_group_kill 3\n');
  expect(await ask('unified')).toBe(false);
});

it('reads the counter of cgroup v1', async () => {
  await write('memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n');
  expect(await ask('memory')).toBe(true);
});

it('knows of no kill where the cgroup or the container is gone', async () => {
  expect(await ask('memory')).toBe(false);
  await rm(join(directory, 'config.json'));
  expect(await ask('memory')).toBe(false);
});
