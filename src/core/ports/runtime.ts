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
  /** Those of `files` whose content is in base64; absent: none. */
  base64?: readonly string[];
  /** The file that has the handler: a key of `files`. */
  entry: string;
  /** Directory in sandboxes with the packages that it asks for, installed as its language has them. */
  dependencies?: string;
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
  /** Directories and files of this machine outside /usr that the program needs, shown read-only at the same place. */
  directories: readonly string[];
  /** So often it is worth having it do ahead, while nobody waits, what is slow the first times a function is loaded. */
  rehearsals?: number;
}

/**
 * What a compiler is to do, in a sandbox of its own. Relative paths are below /function there, and it is the working
 * directory.
 */
export interface BuildOrder {
  /** Written before: path to content. */
  files: Readonly<Record<string, string>>;
  /** Those of `files` whose content is in base64; absent: none. */
  base64?: readonly string[];
  /** Absolute programs with their arguments, one after the other. The first that fails ends it. */
  commands: readonly (readonly string[])[];
  environment: Readonly<Record<string, string>>;
  /** Files that are taken out; `directory/*.ending` is all with that ending. */
  outputs: readonly string[];
}

/** Why code does not compile, and where in its author's source, counted from 1. */
export interface BuildFault {
  message: string;
  file?: string;
  line?: number;
  column?: number;
  /** As the compiler writes it. */
  stack_trace?: string;
}

/** For languages that are compiled. What is built is kept, and built anew where any of this says something else. */
export interface Compilation {
  /** Names what orders do not show and yet decides what comes out: the compiler, libraries of the machine. */
  readonly version: string;
  /** What the language's functions have in common. Sandboxes find its outputs in one directory, the `kit`. */
  readonly kit: BuildOrder;
  /** Directories outside /usr that the compiler needs. */
  readonly directories: readonly string[];
  /** Has one output: the program. Its path in the sandbox is all that the launcher is given, as `entry`. */
  program(code: FunctionCode, kit: string): BuildOrder;
  /** `output`: what the compiler wrote. `reason`: how it ended. */
  fault(code: FunctionCode, output: string, reason: string): BuildFault;
}

export interface Runtime {
  /** First part of a `Language-Title`: lower-case letters and digits. */
  readonly name: string;
  /** Name of the file for code that comes as one source. */
  readonly sourceFile: string;
  /** Whether this machine has what it takes. Cheap enough to ask at each start. */
  availability(): Promise<RuntimeAvailability>;
  /**
   * How a whole program is run: the interpreter, absolute, and what stands before the program's file. Absent: this
   * runtime knows functions only. Asked for only where it is available.
   */
  program?(): readonly string[];
  /**
   * Asked for only where it is available. `memoryBytes`: what the whole sandbox may use. `kit`: where that is, for a
   * language that is compiled.
   */
  launch(memoryBytes: number, kit?: string): Launch;
  /** For a language that is compiled; known once it was asked whether it is available. */
  compilation?(): Compilation;
}

export interface ProgramLanguage {
  /** Of its runtime. */
  name: string;
  /** `20.19.1` */
  version: string;
  /** The interpreter, absolute, and what stands before the program's file. */
  argv: readonly string[];
}

/** How whole programs are run, in place of functions. */
export interface Programs {
  /** Those that this machine has. */
  languages(): Promise<readonly ProgramLanguage[]>;
  /** The function that runs them (runtimes/nodejs/program-runner.mjs), and in which runtime. */
  runner: { runtime: string; code: FunctionCode };
}
