/** A failure that the person at the terminal can act on: one line, no stack. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** Errors whose message was written for people. */
const written = ['CliError', 'ConfigError', 'AppError', 'EngineError'];

/** What to print of an error, and the exit code: 2 for what was typed wrong, else 1. */
export function describeFailure(error: unknown): { text: string; exitCode: number } {
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 };
  const taken = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (taken.code === 'EADDRINUSE') {
    const text = `${taken.address}:${taken.port} is in use by another program: stop it, or give another --listen`;
    return { text, exitCode: 1 };
  }
  if (taken.code === 'EADDRNOTAVAIL' || (taken.syscall === 'listen' && taken.code === 'EACCES')) {
    const text = `cannot listen on ${taken.address}:${taken.port} (${taken.code}): give another --listen`;
    return { text, exitCode: 1 };
  }
  if (written.includes(error.name)) {
    const exitCode = error instanceof CliError ? error.exitCode : error.name === 'ConfigError' ? 2 : 1;
    return { text: error.message, exitCode };
  }
  return { text: error.stack ?? error.message, exitCode: 1 };
}
