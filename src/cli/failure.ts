/** A failure that the person at the terminal can act on. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** What JavaScript throws for mistakes in our own code: only the stack helps there. */
const mistakes = [TypeError, RangeError, ReferenceError, SyntaxError];

/** What to print of an error, one line where it can be, and the exit code: 2 for what was typed wrong, else 1. */
export function describeFailure(error: unknown): { text: string; exitCode: number } {
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 };
  if (mistakes.some((mistake) => error instanceof mistake)) return { text: stackOf(error), exitCode: 1 };
  if (error instanceof CliError) return { text: error.message, exitCode: error.exitCode };
  return { text: error.message, exitCode: error.name === 'ConfigError' ? 2 : 1 };
}

export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
