export interface Options {
  /** One JSON object per figure instead of a table. */
  json: boolean;
}

/** Ends the process where a flag is unknown. */
export function readOptions(flags: readonly string[]): Options {
  const unknown = flags.find((flag) => flag !== '--json');
  if (unknown !== undefined) {
    process.stderr.write(`bench: unknown flag ${unknown}: the only one is --json\n`);
    process.exit(2);
  }
  return { json: flags.includes('--json') };
}
