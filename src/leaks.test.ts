import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { tracesOf } from '../test/fixtures/sandbox-pool.ts';
import { findLeaks } from './leaks.ts';
import { CannotBeTried, must } from './sandboxes/attacks/attack.ts';
import type { Attack } from './sandboxes/attacks/attack.ts';
import { attempt } from './sandboxes/attacks/trial.ts';
import { openTestPool } from '../test/fixtures/sandbox-pool.ts';
import { createRuntimes } from './runtimes/index.ts';

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
