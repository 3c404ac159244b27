/**
 * How serious a line of output is, by what programs write: JSON (`level`, `severity`, `lvl`; pino's and bunyan's
 * numbers), logfmt (`level=warn`), klog (`E0102 …`), the kernel's and systemd's `<3>`, and words at the beginning:
 * `[ERROR]`, `ERROR:`, `2026-01-02 03:04:05,678 WARN …`. Every line is looked at: only its beginning, and without a
 * regular expression that may go back and forth.
 */
export const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'] as const;
export type Level = (typeof levels)[number];

const words: Record<string, Level> = {
  ...{ fatal: 'fatal', critical: 'fatal', crit: 'fatal', panic: 'fatal', emerg: 'fatal', emergency: 'fatal' },
  ...{ alert: 'fatal', ftl: 'fatal', dpanic: 'fatal' },
  ...{ error: 'error', err: 'error', eror: 'error', severe: 'error' },
  ...{ warn: 'warn', warning: 'warn', wrn: 'warn' },
  ...{ info: 'info', information: 'info', informational: 'info', inf: 'info', notice: 'info', log: 'info' },
  ...{ debug: 'debug', dbg: 'debug', debu: 'debug', fine: 'debug' },
  ...{ trace: 'trace', trc: 'trace', verbose: 'trace', finer: 'trace', finest: 'trace', silly: 'trace' },
};

/** What a program calls a level. Undefined for what is none. */
export function levelNamed(name: string): Level | undefined {
  const word = name.toLowerCase();
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** Of longer lines the rest is not looked at. */
const mostCharacters = 1024;
/** Within which a level stands that no name tells apart from other words. */
const mostHeadCharacters = 80;

export function levelOf(message: string): Level {
  const line = message.length > mostCharacters ? message.slice(0, mostCharacters) : message;
  const first = firstVisible(line);
  return (
    (first === '{' ? ofJson(line) : undefined) ??
    (first === '<' ? ofPriority(line) : undefined) ??
    ofKlog(line) ??
    ofPair(line) ??
    ofHead(line) ??
    'unknown'
  );
}

const firstVisible = (line: string): string => /\S/.exec(line)?.[0] ?? '';

/** Not parsed: a line may be cut, and most of it is of no interest. */
function ofJson(line: string): Level | undefined {
  const [, text, number] =
    /"(?:level|severity|lvl|log\.level|levelname|loglevel|@l)"\s*:\s*(?:"(\w{1,16})"|(\d{1,3}))/i.exec(
      line,
    ) ?? [];
  if (text !== undefined) return levelNamed(text);
  return number === undefined ? undefined : ofNumber(Number(number));
}

/** pino, bunyan; below ten those of syslog (RFC 5424). */
function ofNumber(number: number): Level | undefined {
  if (number < 8) return syslog[number];
  if (number < 10 || number > 69) return undefined;
  return (['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)[Math.floor(number / 10) - 1];
}

const syslog: readonly Level[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'];

/** `<3>`, or with a facility: `<11>`. */
function ofPriority(line: string): Level | undefined {
  const [, number] = /^\s*<(\d{1,3})>/.exec(line) ?? [];
  return number === undefined ? undefined : syslog[Number(number) % 8];
}

const klog: Record<string, Level> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };

/** `E0102 15:04:05.000000       1 file.go:12] …` */
function ofKlog(line: string): Level | undefined {
  const [, letter] = /^([IWEF])[01]\d[0-3]\d \d\d:\d\d:\d\d/.exec(line) ?? [];
  return letter === undefined ? undefined : klog[letter];
}

/** logfmt. */
function ofPair(line: string): Level | undefined {
  if (!line.includes('=')) return undefined;
  const [, word] = /(?:^|[\s,])(?:level|severity|lvl)="?(\w{1,16})/i.exec(line) ?? [];
  return word === undefined ? undefined : levelNamed(word);
}

/**
 * A word in capitals, in brackets, or before a colon. A word as any other in a sentence tells nothing: `no error`.
 */
function ofHead(line: string): Level | undefined {
  const head = line.slice(0, mostHeadCharacters).replaceAll(escape, '');
  for (const { 0: word, index } of head.matchAll(/[A-Za-z]{3,13}/g)) {
    const level = levelNamed(word);
    if (level !== undefined && isMark(head, word, index)) return level;
  }
  return undefined;
}

/** Colours of a terminal. */
const escape = /\u001b\[[\d;]{0,16}m/g;

function isMark(head: string, word: string, index: number): boolean {
  const before = head[index - 1] ?? ' ';
  const after = head[index + word.length] ?? ' ';
  if (/[\w/.-]/.test(before) || /[\w/.-]/.test(after)) return false;
  return word === word.toUpperCase() || (before === '[' && after === ']') || (index === 0 && after === ':');
}
