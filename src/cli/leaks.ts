/** `longshore doctor --leaks`: a line for each attack and language, as it is done. */
import type { LeakCheck } from '../main.ts';
import { CliError } from './failure.ts';
import { onStopSignal } from './stop-signals.ts';

/** Throws `CliError` where something got out, and where nothing is known because nothing could be run. */
export async function reportLeaks({ json = false }: { json?: boolean }): Promise<void> {
  const { findLeaks } = await import('../main.ts');
  const stopping = new AbortController();
  const letGo = onStopSignal(() => stopping.abort());
  const checks: LeakCheck[] = [];
  try {
    for await (const check of findLeaks({ signal: stopping.signal, onPreparing: tellPreparing })) {
      checks.push(check);
      if (!json) process.stdout.write(lineOf(check));
    }
  } finally {
    letGo();
  }
  process.stdout.write(json ? `${JSON.stringify(checks, undefined, 2)}\n` : `\n${summaryOf(checks)}\n`);
  const failure = failureOf(checks, stopping.signal.aborted);
  if (failure !== undefined) throw new CliError(failure);
}

/** Beside the report, which may be read by a machine. */
function tellPreparing(language: string): void {
  process.stderr.write(`preparing ${language}, which takes up to a few minutes\n`);
}

const WORDS = { contained: 'contained', 'not contained': 'NOT CONTAINED', 'cannot be run': 'cannot be run' };
const COLUMNS = { status: 15, number: 4, language: 8 };

function lineOf({ status, number, language, attack, detail }: LeakCheck): string {
  const columns = [
    WORDS[status].padEnd(COLUMNS.status),
    String(number).padEnd(COLUMNS.number),
    language.padEnd(COLUMNS.language),
    detail === undefined ? attack : `${attack}: ${detail}`,
  ];
  return `${columns.join('')}\n`;
}

const count = (checks: readonly LeakCheck[], status: LeakCheck['status']) =>
  checks.filter((check) => check.status === status).length;

function summaryOf(checks: readonly LeakCheck[]): string {
  const counts = Object.entries(WORDS).map(
    ([status, word]) => `${count(checks, status as LeakCheck['status'])} ${word}`,
  );
  return counts.join(', ');
}

function failureOf(checks: readonly LeakCheck[], stopped: boolean): string | undefined {
  const leaks = count(checks, 'not contained');
  if (leaks > 0) return `${leaks} of the attacks were not contained: run no code here that you do not trust`;
  if (stopped) return 'stopped before the last attack';
  if (count(checks, 'contained') === 0) return 'no attack could be run, so nothing is known';
  return undefined;
}
