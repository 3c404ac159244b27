/** Attacks on the compiler, and by native code on its sandbox: those of `doctor --leaks`, and what only a test sees. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestArtifacts, prepareKits } from '../../../test/fixtures/artifacts.ts';
import { openTestPool, tracesOf } from '../../../test/fixtures/sandbox-pool.ts';
import type { ArtifactStore } from '../../core/ports/artifacts.ts';
import type { ClaimRequest, SandboxPool } from '../../core/ports/sandbox.ts';
import { SandboxError } from '../../core/ports/sandbox.ts';
import type { Attack } from '../../sandboxes/attacks/attack.ts';
import { DOUBLING, refusedCompilations } from '../../sandboxes/attacks/compilation.ts';
import { attacksIn } from '../../sandboxes/attacks/list.ts';
import { rustProgram } from '../../sandboxes/attacks/rust.ts';
import { attempt } from '../../sandboxes/attacks/trial.ts';
import { rustRuntime } from './runtime.ts';

const runtimes = [rustRuntime()];
let artifacts: ArtifactStore;
let pool: SandboxPool & { owner: string };
/** What is kept, apart from this test's. */
let before: string[];

beforeAll(() => prepareKits(runtimes), 300_000);
beforeAll(async () => {
  artifacts = await openTestArtifacts(runtimes);
  pool = await openTestPool(runtimes, { artifacts, compileTimeoutMs: 20_000, freezeAfterMs: 100 });
});
afterAll(async () => {
  await pool.close();
  await artifacts.close();
});
const kept = async () => (await readdir(artifacts.directory)).sort();
beforeEach(async () => {
  before = await kept();
});

const NOTHING = rustProgram('Value::Null');

const claim = (source: string, request: Partial<ClaimRequest> = {}, from: SandboxPool = pool) =>
  from.claim({
    runtime: 'rust',
    use: { principal: 'attacker', session: 'attack' },
    code: { digest: 'attack', files: { 'main.rs': source }, entry: 'main.rs' },
    environment: {},
    timeoutMs: 60_000,
    ...request,
  });
async function failureOf(promise: Promise<unknown>): Promise<SandboxError> {
  const outcome = await promise.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(SandboxError);
  return outcome as SandboxError;
}
const buildersOf = async () => (await tracesOf(pool.owner)).filter((each) => each.includes('builder.mjs'));

async function expectContained(attack: Attack): Promise<void> {
  const outcome = await attempt(attack, { pool, owner: pool.owner, language: 'rust' });
  expect(outcome).toEqual({ status: 'contained' });
  await expect.poll(() => pool.stats()['rust']?.claimed, { timeout: 5000 }).toBe(0);
  expect(await buildersOf()).toEqual([]);
}

describe('a compiler', { timeout: 90_000 }, () => {
  it.each(refusedCompilations)('$number: $name, and leaves nothing behind', async (attack) => {
    await expectContained(attack);
    expect(await kept()).toEqual(before);
  });

  it('ends at its deadline with all that it started', async () => {
    const hasty = await openTestPool(runtimes, { artifacts, compileTimeoutMs: 50 });
    const error = await failureOf(claim(`${NOTHING}// hasty\n`, {}, hasty));
    expect(error).toMatchObject({
      code: 'INITIALIZATION_ERROR',
      message: 'the code could not be compiled: compiling it takes longer than 0.05 s',
    });
    expect(await kept()).toEqual(before);
    await hasty.close();
    expect(await tracesOf(hasty.owner)).toEqual([]);
  });

  it('goes on for the next claim where one gives up', async () => {
    const source = `${NOTHING}// patient\n`;
    expect((await failureOf(claim(source, { timeoutMs: 50 }))).code).toBe('TIMEOUT');
    await vi.waitFor(async () => expect(await kept()).toHaveLength(before.length + 1), 20_000);
    await (await claim(source)).destroy();
    expect(await kept()).toHaveLength(before.length + 1);
  });

  it('runs once for what is asked several times at once, and again for other files only', async () => {
    const source = `${NOTHING}// several times\n`;
    const sandboxes = await Promise.all([claim(source), claim(source), claim(source)]);
    await Promise.all(sandboxes.map((each) => each.destroy()));
    expect(await kept()).toHaveLength(before.length + 1);
    await (await claim(source)).destroy();
    expect(await kept()).toHaveLength(before.length + 1);
    await (await claim(`${source}// other\n`)).destroy();
    expect(await kept()).toHaveLength(before.length + 2);
  });

  it('that is stopped with the server leaves nothing half made', async () => {
    const own = await openTestArtifacts(runtimes);
    const other = await openTestPool(runtimes, { artifacts: own });
    const failed = failureOf(claim(DOUBLING, {}, other));
    const building = async () =>
      (await tracesOf(other.owner)).some(
        (trace) => trace.startsWith('process') && /rustc.*function/.test(trace),
      );
    await vi.waitFor(async () => expect(await building()).toBe(true), 20_000);
    await other.close();
    expect((await failed).code).toBe('UNAVAILABLE');
    expect((await readdir(own.directory)).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(await tracesOf(other.owner)).toEqual([]);
    await own.close();
    expect(existsSync(own.directory)).toBe(false);
  });
});

describe('attacks in rust', { timeout: 90_000 }, () => {
  const others = attacksIn('rust').filter((attack) => !refusedCompilations.includes(attack));
  it.each(others)('$number: $name', expectContained);
});
