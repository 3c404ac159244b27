/** The packages of one language: what a function's files ask for, and how it gets there. Nothing of it is ever run. */
import type { FunctionCode } from '../core/ports/runtime.ts';
import type { MakeArtifact } from '../core/ports/artifacts.ts';

export interface InstallPlan {
  /** `sha256:…` of all that decides what is installed. */
  digest: string;
  install: MakeArtifact;
}

export interface Installer {
  /** Of the runtime. */
  readonly language: string;
  /** Undefined where the files ask for nothing. Reads only. Throws `DependencyError`. */
  plan(files: FunctionCode['files']): Promise<InstallPlan | undefined>;
}

/** Bounds of what one function depends on. */
export interface PackageLimits {
  packages: number;
  /** And directories. */
  files: number;
  /** Of all files, unpacked; a directory counts 4 KiB. */
  bytes: number;
  /** Of one package, as it is sent. */
  downloadBytes: number;
}

const MIB = 1 << 20;

export const PACKAGE_LIMITS: PackageLimits = {
  packages: 1000,
  files: 50_000,
  bytes: 256 * MIB,
  downloadBytes: 64 * MIB,
};
