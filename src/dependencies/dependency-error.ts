/** Dependencies that cannot be installed. The message names the package or the field, and what to do about it. */
export class DependencyError extends Error {
  /** The function's file that asks for it. */
  readonly file: string;

  constructor(file: string, message: string, options?: ErrorOptions) {
    super(`${file}: ${message}`, options);
    this.name = 'DependencyError';
    this.file = file;
  }
}
