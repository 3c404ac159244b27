/** Sandboxes cannot be made on this machine. Nothing is ever run without one. */
export class SandboxesUnavailable extends Error {
  /** What to do about it, for people. */
  readonly fix: string;

  constructor(reason: string, fix: string) {
    super(reason);
    this.name = 'SandboxesUnavailable';
    this.fix = fix;
  }
}
