import { randomBytes } from 'node:crypto';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { tracesOf } from '../test/fixtures/sandbox-pool.ts';
import { findLeaks } from './leaks.ts';
import { CannotBeTried, must } from './sandboxes/attacks/attack.ts';
import type { Attack } from './sandboxes/attacks/attack.ts';
import { attempt } from './sandboxes/attacks/trial.ts';
import { openTestPool } from '../test/fixtures/sandbox-pool.ts';
import { createRuntimes } from './runtimes/index.ts';
import { rustRuntime } from './runtimes/rust/runtime.ts';

it('tells each check when it is done, and leaves nothing behind where it is stopped', async () => {
  const owner = randomBytes(3).toString('hex');
  const told: unknown[] = [];
  const stopping = new AbortController();
  for await (const check of findLeaks({ owner, signal: stopping.signal })) {
    told.push(check);
    expect(await tracesOf(owner)).not.toEqual([]);
    if (told.length === 2) stopping.abort();
  }
  const one = { number: 1, attack: expect.stringContaining('fork bomb') as string, status: 'contained' };
  expect(told).toEqual([
    { ...one, language: 'nodejs' },
    { ...one, language: 'python' },
  ]);
  expect(await tracesOf(owner)).toEqual([]);
});

it('tells once of a compiled language that is not here', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'longshore-leaks-test-'));
  vi.stubEnv('TMPDIR', temporary);
  const preparing: string[] = [];
  const told: unknown[] = [];
  const runtimes = [rustRuntime('/nowhere')];
  for await (const check of findLeaks({ runtimes, onPreparing: (language) => preparing.push(language) }))
    told.push(check);
  expect(preparing).toEqual(['rust']);
  const detail =
    'UNAVAILABLE: the sources of serde_json are not in /nowhere; apt-get install librust-serde-json-dev';
  expect(told).toEqual([
    {
      number: 18,
      attack: 'attacks on the compiler, and by what it has compiled',
      language: 'rust',
      status: 'cannot be run',
      detail,
    },
  ]);
  vi.unstubAllEnvs();
  // Fails where something is left in it.
  await rmdir(temporary);
});

it('tells what got out apart from what could not be run, and leaves no sandbox of it', async () => {
  const runtimes = createRuntimes().filter(({ name }) => name === 'nodejs');
  const pool = await openTestPool(runtimes);
  const trial = { pool, owner: pool.owner, language: 'nodejs' };
  const idle = { nodejs: 'export default () => "out";' };
  const attack = (attack: Attack['attempt']): Attack => ({ number: 1, name: 'a test', attempt: attack });
  const leaky = attack(async ({ claim }) => {
    const { result } = await (await claim(idle)).invoke({ params: {}, context: {}, timeoutMs: 5_000 });
    must(result !== 'out', `it is ${String(result)}`);
  });
  const absent = attack(async () => {
    throw new CannotBeTried('it is not here');
  });
  const refused = attack(
    async ({ run }) => void (await run({ nodejs: 'export default () => { throw new Error("x"); };' })),
  );
  const foreign = attack(async ({ run }) => void (await run({ cobol: '' })));
  try {
    expect(await attempt(leaky, trial)).toEqual({ status: 'not contained', detail: 'it is out' });
    expect(pool.stats()['nodejs']).toMatchObject({ claimed: 0 });
    expect(await attempt(absent, trial)).toEqual({ status: 'cannot be run', detail: 'it is not here' });
    expect(await attempt(refused, trial)).toEqual({
      status: 'cannot be run',
      detail: 'RUNTIME_ERROR: Error: x',
    });
    expect(await attempt(foreign, trial)).toEqual({
      status: 'cannot be run',
      detail: 'it is not written in nodejs',
    });
  } finally {
    await pool.close();
  }
});
