/**
 * The artifact port: directories that take time to make (installed packages, compiled code), made once, shared, and
 * never changed after. They are a cache: what nobody uses may be removed at any time and is made again when asked for.
 */

export interface Artifact {
  /** Absolute. Holds directories and plain files only, readable for everybody, and is not to be written. */
  directory: string;
  /** It is kept until then. Fine to call twice. */
  release: () => void;
}

/** Fills an empty directory. Ends early, by throwing, when the signal is aborted. */
export type MakeArtifact = (directory: string, signal: AbortSignal) => Promise<void>;

export interface ArtifactWanted {
  /** For whom. Where many wait, owners get their turn one after the other. Default: the server itself. */
  owner?: string;
  /** Aborted when it is no longer waited for. What is begun goes on; what nobody waits for is not begun. */
  signal?: AbortSignal;
}

export interface ArtifactStore {
  /** Of this machine, absolute: all artifacts are below. */
  readonly directory: string;
  /**
   * `digest`: `sha256:` and hexadecimal, of all that decides what is made. Made once, however many ask for it at a
   * time; what fails for one owner is made again for the others. Throws what `make` throws, `ArtifactRefused`, and the
   * signal's reason; then nothing of it is left.
   */
  take(digest: string, make: MakeArtifact, wanted?: ArtifactWanted): Promise<Artifact>;
  /** Ends what is being made. Artifacts stay for the next start. */
  close(): Promise<void>;
}

/** It may not be made or kept: too large, too much waits, or something else than directories and plain files. */
export class ArtifactRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ArtifactRefused';
  }
}
