/**
 * How serious a line of output is, by what programs write: JSON (`level`, `severity`, `lvl`; pino's and bunyan's
 * numbers), logfmt (`level=warn`), klog (`E0102 …`), the kernel's and systemd's `<3>`, and words at the beginning:
 * `[ERROR]`, `ERROR:`, `2026-01-02 03:04:05,678 WARN …`. Every line is looked at: only its beginning, and without a
 * regular expression that may go back and forth.
 */
export const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'] as const;
export type Level = (typeof levels)[number];

const names: Record<Exclude<Level, 'unknown'>, string> = {
  fatal: 'fatal critical crit panic dpanic emerg emergency alert ftl',
  error: 'error err eror severe',
  warn: 'warn warning wrn',
  info: 'info information informational inf notice log',
  debug: 'debug dbg debu fine',
  trace: 'trace trc verbose finer finest silly',
};

const levelOfName = new Map(
  Object.entries(names).flatMap(([level, text]) => text.split(' ').map((name) => [name, level as Level])),
);

/** What a program calls a level. Undefined for what is none. */
export const levelNamed = (name: string): Level | undefined => levelOfName.get(name.toLowerCase());

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
 * A word in capitals, in brackets, or before a colon at the beginning. As any other in a sentence it tells nothing:
 * `no error`. Looked for by hand, since most lines have a dozen words and none of these.
 */
function ofHead(line: string): Level | undefined {
  const head = line.slice(0, mostHeadCharacters);
  const plain = head.includes('\u001b') ? head.replaceAll(colours, '') : head;
  for (let start = 0; start < plain.length; start++) {
    if (!isLetter(plain.charCodeAt(start))) continue;
    let end = start + 1;
    while (isLetter(plain.charCodeAt(end))) end++;
    const level = isMark(plain, start, end) ? levelNamed(plain.slice(start, end)) : undefined;
    if (level !== undefined) return level;
    start = end;
  }
  return undefined;
}

/** Of a terminal. */
const colours = /\u001b\[[\d;]{0,16}m/g;

/** ASCII only; no number, as behind the end of text, is none. */
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || isCapital(code);
const isCapital = (code: number): boolean => code >= 65 && code <= 90;

function isMark(text: string, start: number, end: number): boolean {
  const before = text[start - 1] ?? ' ';
  const after = text[end] ?? ' ';
  const isShouted = isCapital(text.charCodeAt(start)) && isCapital(text.charCodeAt(end - 1));
  const isMarked = isShouted || (before === '[' && after === ']') || (start === 0 && after === ':');
  return isMarked && !withinName.test(before) && !withinName.test(after);
}

/** Beside a word: it is a part of a path, a name or a number. */
const withinName = /[\w/.-]/;
