export interface Options {
  /** One JSON object per figure instead of a table. */
  json: boolean;
  /** A hundredth of the work, to try the benchmark itself: its figures mean nothing. */
  small: boolean;
}

/** Ends the process where a flag is unknown. `more`: those that this benchmark knows beside `--json`. */
export function readOptions(flags: readonly string[], more: readonly '--small'[] = []): Options {
  const known = ['--json', ...more];
  const unknown = flags.find((flag) => !known.includes(flag));
  if (unknown !== undefined) {
    process.stderr.write(`bench: unknown flag ${unknown}: there is ${known.join(' and ')}\n`);
    process.exit(2);
  }
  return { json: flags.includes('--json'), small: flags.includes('--small') };
}
