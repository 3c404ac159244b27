/** Starting where the machine is not as it should be: it serves all the same, or says what is wrong and what helps. */
import { mkdtemp, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../fixtures/processes.ts';
import { startServer } from '../fixtures/server.ts';

it('finds the programs of the system without a PATH to them', async () => {
  const server = await startServer({ engine: 'embedded', env: { PATH: '/nonexistent' } });
  const answer = await fetch(`${server.url}/health`);
  await server.stop();
  expect(answer.status).toBe(200);
});

describe('on a full disk', () => {
  let disk = '';
  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'ls-disk-'));
    await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
  });
  afterAll(async () => {
    await run('umount', ['-l', disk]);
    await rmdir(disk);
  });

  it.each(['simulated', 'embedded'])(
    'names the data directory and the fix, with engine %s',
    async (engine) => {
      const used = join(disk, `${engine}-used`);
      await (await startServer({ dataDir: used })).stop();
      const filling = join(disk, 'filling');
      const { bfree, bsize } = await statfs(disk);
      await writeFile(filling, Buffer.alloc(bfree * bsize)).catch(() => undefined);
      await writeFile(`${filling}-rest`, Buffer.alloc(4096)).catch(() => undefined);
      try {
        for (const dataDir of [used, join(disk, `${engine}-new`)]) {
          await expect(startServer({ engine, dataDir })).rejects.toThrow(
            `longshore: the disk is full: nothing can be written to the data directory ${dataDir}; free space on its ` +
              'file system, or choose another --data-dir',
          );
        }
      } finally {
        await Promise.all([filling, `${filling}-rest`].map((path) => rm(path, { force: true })));
      }
    },
  );
});
