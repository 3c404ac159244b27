/** The attacks of src/sandboxes/attacks/ on sandboxes made here and now. */
import { randomBytes } from 'node:crypto';
import { createRuntimes } from './runtimes/index.ts';
import { attacks } from './sandboxes/attacks/list.ts';
import { attempt, attackedLanguages } from './sandboxes/attacks/trial.ts';
import type { Outcome } from './sandboxes/attacks/trial.ts';
import { openSandboxPool } from './sandboxes/pool.ts';

export interface LeakCheck extends Outcome {
  /** In docs/internals/sandbox-attacks.md. */
  number: number;
  attack: string;
  language: string;
}

export interface LeakOptions {
  /** Marks what is made; default: a name of its own, so that what a running server has made stays untouched. */
  owner?: string;
  signal?: AbortSignal;
}

/**
 * One check after the other, each told when it is done. Nothing is left of the sandboxes at the end, also where it was
 * stopped by `signal` or by who reads it.
 */
export async function* findLeaks({
  owner = randomBytes(3).toString('hex'),
  signal,
}: LeakOptions = {}): AsyncGenerator<LeakCheck> {
  const runtimes = createRuntimes().filter(({ name }) => attackedLanguages.includes(name));
  const pool = openSandboxPool({ owner, runtimes, warm: 1, freezeAfterMs: 100 });
  try {
    for (const attack of attacks) {
      for (const { name: language } of runtimes) {
        if (signal?.aborted === true) return;
        const outcome = await attempt(attack, { pool, owner, language });
        yield { number: attack.number, attack: attack.name, language, ...outcome };
      }
    }
  } finally {
    await pool.close();
  }
}
