/** The attacks of src/sandboxes/attacks/ on sandboxes made here and now. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from './core/ports/runtime.ts';
import type { SandboxPool } from './core/ports/sandbox.ts';
import { withSystemDirectories } from './linux/programs.ts';
import { createRuntimes } from './runtimes/index.ts';
import { HELLO } from './sandboxes/attacks/attack.ts';
import type { Attack } from './sandboxes/attacks/attack.ts';
import { attacks, isWrittenIn } from './sandboxes/attacks/list.ts';
import { attempt, attackedLanguages } from './sandboxes/attacks/trial.ts';
import type { Outcome } from './sandboxes/attacks/trial.ts';
import { openSandboxPool } from './sandboxes/pool.ts';
import { openArtifactStore } from './store/artifacts/artifact-store.ts';

export interface LeakCheck extends Outcome {
  /** In docs/internals/sandbox-attacks.md. */
  number: number;
  attack: string;
  language: string;
}

export interface LeakOptions {
  /** Marks what is made; default: a name of its own, so that what a running server has made stays untouched. */
  owner?: string;
  /** Default: all. Those that nothing is written in are left out. */
  runtimes?: readonly Runtime[];
  signal?: AbortSignal;
  /** A compiled language is about to be made ready, which takes a while. */
  onPreparing?: (language: string) => void;
}

/** Of what is compiled: a few hundred KiB for each attack, and the language's own. */
const ARTIFACT_BYTES = 1024 ** 3;
/** Some attacks take all of it. */
const COMPILE_TIMEOUT_MS = 20_000;
const PREPARATION_TIMEOUT_MS = 300_000;

/**
 * One check after the other, each told when it is done; compiled languages come last. Nothing is left of the sandboxes
 * and of what was compiled at the end, also where it was stopped by `signal` or by who reads it.
 */
export async function* findLeaks(options: LeakOptions = {}): AsyncGenerator<LeakCheck> {
  const { owner = randomBytes(3).toString('hex'), runtimes = createRuntimes() } = options;
  process.env.PATH = withSystemDirectories(process.env.PATH);
  const attacked = runtimes.filter(({ name }) => attackedLanguages.includes(name));
  const directory = await mkdtemp(join(tmpdir(), 'longshore-leaks-'));
  try {
    const artifacts = await openArtifactStore({ directory, maxBytes: ARTIFACT_BYTES, onError: () => {} });
    const pool = openSandboxPool({
      owner,
      runtimes: attacked,
      artifacts,
      warm: 1,
      freezeAfterMs: 100,
      compileTimeoutMs: COMPILE_TIMEOUT_MS,
    });
    try {
      const isCompiled = (runtime: Runtime) => runtime.compilation !== undefined;
      const trial = { pool, owner, signal: options.signal };
      yield* checksIn(namesOf(attacked.filter((each) => !isCompiled(each))), trial);
      for (const language of namesOf(attacked.filter(isCompiled)))
        yield* checksInCompiled(language, trial, options);
    } finally {
      await pool.close();
      await artifacts.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const namesOf = (runtimes: readonly Runtime[]) => runtimes.map(({ name }) => name);

interface Attacked {
  pool: SandboxPool;
  owner: string;
  signal: AbortSignal | undefined;
}

const isStopped = ({ signal }: Attacked) => signal?.aborted === true;

async function* checksIn(languages: readonly string[], attacked: Attacked): AsyncGenerator<LeakCheck> {
  for (const attack of attacks) {
    for (const language of languages) {
      if (isStopped(attacked)) return;
      if (isWrittenIn(attack, language)) yield await check(attack, language, attacked);
    }
  }
}

/** Where it cannot be made ready, that is told once. */
async function* checksInCompiled(
  language: string,
  attacked: Attacked,
  { onPreparing }: LeakOptions,
): AsyncGenerator<LeakCheck> {
  if (isStopped(attacked)) return;
  onPreparing?.(language);
  const ready = await check(preparation(attacked.signal), language, attacked);
  if (ready.status === 'contained') yield* checksIn([language], attacked);
  else if (!isStopped(attacked)) yield ready;
}

async function check(attack: Attack, language: string, { pool, owner }: Attacked): Promise<LeakCheck> {
  const outcome = await attempt(attack, { pool, owner, language });
  return { number: attack.number, attack: attack.name, language, ...outcome };
}

/** Not an attack yet. */
const preparation = (signal: AbortSignal | undefined): Attack => ({
  number: 18,
  name: 'attacks on the compiler, and by what it has compiled',
  async attempt({ claim }) {
    await claim(HELLO, { timeoutMs: PREPARATION_TIMEOUT_MS, ...(signal && { signal }) });
  },
});
