/**
 * A pool whose functions have their dependencies: installed before the first claim that needs them, kept for as long
 * as a sandbox may read them, and shared by all that ask for the same.
 */
import { createHmac } from 'node:crypto';
import { join, relative } from 'node:path';
import { withDeadline } from '../telemetry/deadline.ts';
import {
  ArtifactRefused,
  type Artifact,
  type ArtifactStore,
  type MakeArtifact,
} from '../core/ports/artifacts.ts';
import type { FunctionCode } from '../core/ports/runtime.ts';
import { SandboxError, type ClaimRequest, type SandboxPool } from '../core/ports/sandbox.ts';
import { DependencyError } from './dependency-error.ts';
import type { Installer, InstallPlan } from './installer.ts';
import { reasonOf } from './reason.ts';

export interface DependencyOptions {
  installers: readonly Installer[];
  artifacts: ArtifactStore;
  /** Where sandboxes see the directory of the artifacts. */
  inside: string;
  /**
   * Sandboxes see every artifact whose name they know. Names are made with this, so that nobody can work out from
   * public lockfiles what others have installed.
   */
  secret: Buffer;
}

/** For everything that one function asks for, whoever waits. */
const installMs = 300_000;

export function poolWithDependencies(pool: SandboxPool, options: DependencyOptions): SandboxPool {
  const plans = new WeakMap<FunctionCode['files'], Promise<InstallPlan | undefined>>();
  const installers = new Map(options.installers.map((each) => [each.language, each]));
  /** Looked up once for each version of a function: the store hands out the same record again. */
  const planOf = ({ runtime, code: { files } }: ClaimRequest) => {
    const known = plans.get(files) ?? Promise.resolve(installers.get(runtime)?.plan(files));
    plans.set(files, known);
    return known.catch((error: unknown) => {
      plans.delete(files);
      throw asSandboxError(error);
    });
  };
  const claim = async (request: ClaimRequest) => {
    const started = performance.now();
    const plan = await planOf(request);
    if (plan === undefined) return pool.claim(request);
    const artifact = await installed(options, plan, request);
    try {
      const { artifacts, inside } = options;
      const dependencies = join(inside, relative(artifacts.directory, artifact.directory));
      const timeoutMs = Math.max(1, Math.ceil(request.timeoutMs - (performance.now() - started)));
      const sandbox = await pool.claim({ ...request, timeoutMs, code: { ...request.code, dependencies } });
      void sandbox.ended.then(artifact.release);
      return sandbox;
    } catch (error) {
      artifact.release();
      throw error;
    }
  };
  return {
    claim,
    prepare: () => pool.prepare(),
    proven: () => pool.proven(),
    health: () => pool.health(),
    stats: () => pool.stats(),
    close: () => pool.close(),
  };
}

/** Throws `SandboxError`. What is begun goes on when the claim is given up: the next one finds it. */
async function installed(
  { artifacts, secret }: DependencyOptions,
  { digest, install }: InstallPlan,
  { timeoutMs, signal, use }: ClaimRequest,
): Promise<Artifact> {
  const name = `sha256:${createHmac('sha256', secret).update(digest).digest('hex')}`;
  const make: MakeArtifact = async (directory, stop) => {
    const late = withDeadline(installMs, [stop]);
    await install(directory, late.signal).finally(late.clear);
  };
  const given = withDeadline(timeoutMs, [signal]);
  try {
    return await artifacts.take(name, make, { owner: use.principal, signal: given.signal });
  } catch (error) {
    throw given.signal.aborted ? givenUp(timeoutMs, signal) : asSandboxError(error);
  } finally {
    given.clear();
  }
}

const givenUp = (timeoutMs: number, signal: AbortSignal | undefined) =>
  signal?.aborted === true
    ? new SandboxError('SANDBOX_ENDED', 'nobody waits for the sandbox any more')
    : new SandboxError(
        'TIMEOUT',
        `the dependencies were not installed within ${Math.ceil(timeoutMs)} ms; what is begun goes on, try again`,
      );

/** What the author can do something about is told; anything else is this machine's failure. */
function asSandboxError(error: unknown): unknown {
  if (error instanceof SandboxError) return error;
  if (error instanceof DependencyError)
    return new SandboxError('INITIALIZATION_ERROR', error.message, { file: error.file });
  if (error instanceof ArtifactRefused)
    return new SandboxError('INITIALIZATION_ERROR', `the dependencies cannot be kept: ${error.message}`);
  return new SandboxError('UNAVAILABLE', `dependencies could not be installed: ${reasonOf(error as Error)}`);
}
