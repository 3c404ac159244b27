/**
 * The runtime port: a language functions are written in. A runtime only says what to start and how code is loaded;
 * isolation is the sandboxes' (ports/sandbox.ts).
 */

/** A function's code, as its author gave it. */
export interface FunctionCode {
  /** Names it: the same digest is the same code. `sha256:…`, or any other unique text. */
  digest: string;
  /** Path to content. Paths are relative, with `/`, without `..`. One source is one entry. */
  files: Readonly<Record<string, string>>;
  /** The file that has the handler: a key of `files`. */
  entry: string;
}

export type RuntimeAvailability =
  | { available: true; version: string }
  /** `fix`: what to do so that it is, for people. */
  | { available: false; reason: string; fix: string };

/** How a sandbox of this runtime is started. Paths are those inside the sandbox. */
export interface Launch {
  /** The program, absolute, and its arguments. It speaks the protocol of docs/internals/sandboxes.md. */
  argv: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** Files of this server that are copied into the sandbox's root: path inside to path outside. */
  files: Readonly<Record<string, string>>;
  /** Directories of this machine outside /usr that the program needs, shown read-only at the same place. */
  directories: readonly string[];
}

export interface Runtime {
  /** First part of a `Language-Title`: lower-case letters and digits. */
  readonly name: string;
  /** Name of the file for code that comes as one source. */
  readonly sourceFile: string;
  /** Whether this machine has what it takes. Cheap enough to ask at each start. */
  availability(): Promise<RuntimeAvailability>;
  /** Asked for only where it is available. `memoryBytes`: what the whole sandbox may use. */
  launch(memoryBytes: number): Launch;
}
