/** Attempts one attack and says how it went. */
import type { Sandbox, SandboxPool } from '../../core/ports/sandbox.ts';
import { SandboxError } from '../../core/ports/sandbox.ts';
import type { Attack, Programs, Trial } from './attack.ts';
import { CannotBeTried, NotContained } from './attack.ts';

export interface Outcome {
  status: 'contained' | 'not contained' | 'cannot be run';
  /** What got out, or why it cannot be run. */
  detail?: string;
}

/** What the programs of attacks are written as. */
const ENTRIES: Readonly<Record<string, string>> = { nodejs: 'index.mjs', python: 'main.py', rust: 'main.rs' };
/** Those that attacks are written in. */
export const attackedLanguages: readonly string[] = Object.keys(ENTRIES);
/** Longer than compiling may take: what that ends is told apart from a claim that does. */
const CLAIM_TIMEOUT_MS = 60_000;
const RUN_TIMEOUT_MS = 20_000;

/** Never throws. All its sandboxes are gone when it resolves. */
export async function attempt(
  attack: Attack,
  { pool, owner, language }: { pool: SandboxPool; owner: string; language: string },
): Promise<Outcome> {
  const claimed: Sandbox[] = [];
  const claim: Trial['claim'] = async (programs, request = {}) => {
    const sandbox = await pool.claim({
      runtime: language,
      use: { principal: 'attacker', session: attack.name },
      code: codeOf(language, programs),
      environment: {},
      timeoutMs: CLAIM_TIMEOUT_MS,
      ...request,
    });
    claimed.push(sandbox);
    return sandbox;
  };
  const run: Trial['run'] = async (programs, params = {}, timeoutMs = RUN_TIMEOUT_MS) => {
    const sandbox = await claim(programs);
    return sandbox.invoke({ params, context: {}, timeoutMs }).finally(() => sandbox.destroy());
  };
  try {
    await attack.attempt({ language, pool, owner, claim, run });
    return { status: 'contained' };
  } catch (error) {
    return outcomeOf(error);
  } finally {
    await Promise.all(claimed.map((sandbox) => sandbox.destroy()));
  }
}

function codeOf(language: string, programs: Programs) {
  const source = programs[language];
  const entry = ENTRIES[language];
  if (source === undefined || entry === undefined) {
    throw new CannotBeTried(`it is not written in ${language}`);
  }
  return { digest: 'attack', files: { [entry]: source }, entry };
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof NotContained) return { status: 'not contained', detail: error.message };
  if (error instanceof CannotBeTried) return { status: 'cannot be run', detail: error.message };
  const code = error instanceof SandboxError ? `${error.code}: ` : '';
  return { status: 'cannot be run', detail: code + (error instanceof Error ? error.message : String(error)) };
}
