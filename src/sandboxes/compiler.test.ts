import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openTestArtifacts } from '../../test/fixtures/artifacts.ts';
import { openTestPool } from '../../test/fixtures/sandbox-pool.ts';
import type { Runtime } from '../core/ports/runtime.ts';

/** A language whose kit cannot be built. */
const broken: Runtime = {
  name: 'broken',
  sourceFile: 'main.broken',
  availability: () => Promise.resolve({ available: true, version: '1' }),
  launch: (_memoryBytes, kit = '') => ({
    argv: [`${kit}/launcher`],
    environment: {},
    files: {},
    directories: [],
  }),
  compilation: () => ({
    version: '1',
    directories: [],
    kit: {
      files: { 'complain.sh': 'echo the crates are gone >&2; exit 3\n' },
      commands: [['/bin/sh', 'complain.sh']],
      environment: {},
      outputs: ['launcher'],
    },
    program: () => ({ files: {}, commands: [], environment: {}, outputs: ['program'] }),
    fault: (_code, _output, reason) => ({ message: reason }),
  }),
};

it('says why a language cannot be prepared, in /health too, and keeps nothing of it', async () => {
  const artifacts = await openTestArtifacts([]);
  const pool = await openTestPool([broken], { artifacts });
  try {
    expect(pool.health()['broken']).toEqual({ status: 'ok', version: '1' });
    const claimed = pool.claim({
      runtime: 'broken',
      use: { principal: 'user:test', session: 'session' },
      code: { digest: 'code', files: { 'main.broken': '' }, entry: 'main.broken' },
      environment: {},
      timeoutMs: 20_000,
    });
    const reason = 'preparing broken failed: sh ended with exit code 3\nthe crates are gone\n';
    await expect(claimed).rejects.toMatchObject({ code: 'UNAVAILABLE', message: reason });
    expect(pool.health()['broken']).toMatchObject({ status: 'failing', reason });
    expect(await readdir(artifacts.directory)).toEqual([]);
  } finally {
    await pool.close();
    await artifacts.close();
  }
});
