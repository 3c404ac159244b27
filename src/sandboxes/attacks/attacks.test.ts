import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxPool } from '../../core/ports/sandbox.ts';
import { createRuntimes } from '../../runtimes/index.ts';
import { openTestPool } from '../../../test/fixtures/sandbox-pool.ts';
import { attacksIn, INTERPRETED } from './list.ts';
import { attempt } from './trial.ts';

/** Those in compiled languages are attempted beside the language. */
describe.each(INTERPRETED)('attacks in %s', { timeout: 60_000 }, (language) => {
  let pool: SandboxPool & { owner: string };
  beforeAll(async () => {
    const runtimes = createRuntimes().filter(({ name }) => name === language);
    pool = await openTestPool(runtimes, { warm: 2, freezeAfterMs: 100 });
  });
  afterAll(() => pool.close());

  it.each(attacksIn(language))('$number: $name', async (attack) => {
    const outcome = await attempt(attack, { pool, owner: pool.owner, language });
    expect(outcome).toEqual({ status: 'contained' });
    await expect.poll(() => pool.stats()[language]?.claimed, { timeout: 5000 }).toBe(0);
  });
});
