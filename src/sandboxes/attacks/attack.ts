/** What an attack is, and how it says that something was not contained. Used by the tests and `doctor --leaks`. */
import type { ClaimRequest, InvocationResult, Sandbox, SandboxPool } from '../../core/ports/sandbox.ts';
import { SandboxError } from '../../core/ports/sandbox.ts';
import { rustProgram } from './rust.ts';

/** One program for each language, by the runtime's name. */
export type Programs = Readonly<Record<string, string>>;

export interface Attack {
  /** In the list of docs/internals/sandbox-attacks.md. */
  number: number;
  name: string;
  /** That it is written in. Default: those that run their source as it is. */
  languages?: readonly string[];
  /**
   * Throws `NotContained` with what got out, `CannotBeTried` where this machine or language lacks what it takes.
   * It does no harm where it is not contained: it only shows that it could.
   */
  attempt: (trial: Trial) => Promise<void>;
}

/** A pool with sandboxes of one language, at the attacker's disposal. */
export interface Trial {
  language: string;
  pool: SandboxPool;
  /** Of the pool. */
  owner: string;
  /** A sandbox with the program in this trial's language. Throws `SandboxError`, `CannotBeTried`. */
  claim: (programs: Programs, request?: Partial<ClaimRequest>) => Promise<Sandbox>;
  /** Runs it once in a sandbox of its own. */
  run: (programs: Programs, params?: unknown, timeoutMs?: number) => Promise<InvocationResult>;
}

export class NotContained extends Error {}
export class CannotBeTried extends Error {}

export function must(holds: boolean, leak: string): asserts holds {
  if (!holds) throw new NotContained(leak);
}

/** `found` is one of the JSON values that it may be. */
export function mustBe(what: string, found: unknown, ...allowed: unknown[]): void {
  const text = JSON.stringify(found) ?? 'nothing';
  must(allowed.map((each) => JSON.stringify(each)).includes(text), `${what}: ${text.slice(0, 200)}`);
}

/** Then nothing was attacked at all. */
const WITHOUT_SANDBOX: ReadonlySet<string> = new Set(['UNAVAILABLE', 'SANDBOXES_EXHAUSTED']);

/** What it was refused with. That it was not refused is a leak. */
export async function refusalOf(attempt: Promise<unknown>, what: string): Promise<SandboxError> {
  const outcome = await attempt.catch((error: unknown) => error);
  if (outcome instanceof SandboxError && !WITHOUT_SANDBOX.has(outcome.code)) return outcome;
  if (outcome instanceof Error) throw outcome;
  throw new NotContained(`${what} was not refused`);
}

export const HELLO: Programs = {
  nodejs: 'export default () => "hello";',
  python: 'def handler(params, context): return "hello"\n',
  rust: rustProgram('json!("hello")'),
};

/** A session of somebody else, which must not notice anything. */
export async function withNeighbour<T>(
  trial: Trial,
  use: (isWell: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const neighbour = await trial.claim(HELLO);
  const isWell = async () => {
    const { result } = await neighbour.invoke({ params: {}, context: {}, timeoutMs: 10_000 });
    mustBe('another session answered', result, 'hello');
  };
  return use(isWell).finally(() => neighbour.destroy());
}
