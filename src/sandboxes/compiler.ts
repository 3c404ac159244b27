/**
 * Compiled languages: what their functions have in common (the kit) and the functions themselves are built when they
 * are first needed, in sandboxes, and kept as artifacts. Sandboxes of functions see all artifacts by path and can list
 * none; a path has the digest of all that decides what was built.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { unlessAborted, withDeadline } from '../telemetry/deadline.ts';
import type { ArtifactStore, Artifact } from '../core/ports/artifacts.ts';
import { ArtifactRefused } from '../core/ports/artifacts.ts';
import type { BuildOrder, Compilation, FunctionCode } from '../core/ports/runtime.ts';
import { SandboxError, type ClaimRequest } from '../core/ports/sandbox.ts';
import { BuildFailed, type Build } from './builder.ts';

/** Where sandboxes see the directory of the artifacts. */
export const ARTIFACTS_INSIDE = '/artifacts';
const KIT_TIMEOUT_MS = 300_000;
const KIT_PAUSE_MS = 10_000;
/** Of what failed in preparing a language, for the log and for `/health`. */
const MOST_COMPLAINT = 2_000;
const USUAL_TIMEOUT_MS = 60_000;

export interface CompilerOptions {
  /** Of the runtime. */
  name: string;
  compilation: Compilation;
  artifacts: ArtifactStore;
  build: (request: Build) => Promise<void>;
  /** Of one program. Default: a minute. */
  programTimeoutMs?: number | undefined;
}

export class Compiler {
  /** The kit's directory in sandboxes. */
  readonly kit: string;
  readonly #options: CompilerOptions;
  readonly #kitDigest: string;
  readonly #closing = new AbortController();
  readonly #builds = new Set<Promise<void>>();
  #kitMade: Promise<Artifact> | undefined;

  constructor(options: CompilerOptions) {
    this.#options = options;
    this.#kitDigest = kitDigest(options.compilation);
    this.kit = kitDirectory(options.compilation);
  }

  /** Whether the kit was built before, maybe by an earlier server. */
  get isReady(): boolean {
    return this.#isMade(this.#kitDigest);
  }

  /**
   * Hands over the code as sandboxes load it: its program's path in them, valid until `use` is through. Throws
   * `SandboxError`: INITIALIZATION_ERROR with the position, UNAVAILABLE, TIMEOUT (then it may go on being built), and
   * what `use` throws.
   */
  async with<T>(
    request: ClaimRequest,
    timeoutMs: number,
    use: (code: FunctionCode) => Promise<T>,
  ): Promise<T> {
    const program = await this.#programInTime(request, timeoutMs);
    try {
      const { artifacts, compilation } = this.#options;
      const [name = ''] = compilation.program(request.code, this.kit).outputs;
      const place = relative(artifacts.directory, program.directory);
      return await use({
        ...request.code,
        files: {},
        base64: [],
        entry: join(ARTIFACTS_INSIDE, place, name),
      });
    } finally {
      program.release();
    }
  }

  /** Resolves when nothing is left of what was being built. */
  async close(): Promise<void> {
    this.#closing.abort(new SandboxError('UNAVAILABLE', 'the server is stopping'));
    await Promise.allSettled(this.#builds);
  }

  async #programInTime(request: ClaimRequest, timeoutMs: number): Promise<Artifact> {
    const given = withDeadline(timeoutMs, [request.signal]);
    try {
      return await this.#program(request, given.signal);
    } catch (error) {
      throw given.signal.aborted ? givenUp(request.signal, timeoutMs) : error;
    } finally {
      given.clear();
    }
  }

  async #program({ code, use }: ClaimRequest, given: AbortSignal): Promise<Artifact> {
    const { artifacts, compilation, name } = this.#options;
    await unlessAborted(this.#makeKit(), given);
    const order = compilation.program(code, this.kit);
    const timeoutMs = this.#options.programTimeoutMs ?? USUAL_TIMEOUT_MS;
    const digest = digestOf([this.#kitDigest, order]);
    try {
      return await artifacts.take(
        digest,
        (target, signal) => this.#build({ order, what: 'compiling it', timeoutMs, target, signal }),
        { owner: use.principal, signal: given },
      );
    } catch (error) {
      if (error instanceof BuildFailed) throw faultOf(compilation.fault(code, error.output, error.message));
      throw unavailable(`${name} code could not be compiled`, error);
    }
  }

  /** Kept until the server ends. Where it fails it is tried again after a pause, by the next claim. */
  async #makeKit(): Promise<void> {
    const { artifacts, compilation, name } = this.#options;
    const what = `preparing ${name}`;
    const order = compilation.kit;
    this.#kitMade ??= artifacts.take(this.#kitDigest, (target, signal) =>
      this.#build({ order, what, timeoutMs: KIT_TIMEOUT_MS, target, signal }),
    );
    const made = this.#kitMade;
    try {
      await made;
    } catch (error) {
      const again = () => {
        if (this.#kitMade === made) this.#kitMade = undefined;
      };
      setTimeout(again, KIT_PAUSE_MS).unref();
      const output = error instanceof BuildFailed ? `\n${error.output.slice(0, MOST_COMPLAINT)}` : '';
      throw new SandboxError('UNAVAILABLE', `${what} failed: ${(error as Error).message}${output}`);
    }
  }

  #build(request: Build): Promise<void> {
    this.#closing.signal.throwIfAborted();
    const signal = AbortSignal.any([request.signal, this.#closing.signal]);
    const build = this.#options.build({ ...request, signal }).finally(() => this.#builds.delete(build));
    this.#builds.add(build);
    return build;
  }

  #isMade(digest: string): boolean {
    return existsSync(join(this.#options.artifacts.directory, digest));
  }
}

/** In sandboxes. Known before it is built: launches name it. */
export const kitDirectory = (compilation: Compilation): string => inside(kitDigest(compilation));

const kitDigest = ({ version, kit }: Compilation) => digestOf([version, kit]);

const inside = (digest: string) => `${ARTIFACTS_INSIDE}/${digest}/content`;

const digestOf = (parts: readonly (string | BuildOrder)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

const givenUp = (signal: AbortSignal | undefined, timeoutMs: number) =>
  signal?.aborted === true
    ? new SandboxError('SANDBOX_ENDED', 'nobody waits for the sandbox any more')
    : new SandboxError(
        'TIMEOUT',
        `the code was not compiled within ${Math.round(timeoutMs)} ms; what is begun goes on, try again`,
      );

function faultOf({ message, ...position }: ReturnType<Compilation['fault']>): SandboxError {
  return new SandboxError('INITIALIZATION_ERROR', message, position);
}

function unavailable(what: string, error: unknown): SandboxError {
  if (error instanceof SandboxError) return error;
  if (error instanceof ArtifactRefused)
    return new SandboxError('INITIALIZATION_ERROR', `${what}: ${error.message}`);
  return new SandboxError('UNAVAILABLE', `${what}: ${(error as Error).message}`);
}
