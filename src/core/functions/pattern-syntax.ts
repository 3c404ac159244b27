/**
 * Reads a regular expression of JavaScript as far as it is regular: no backreferences, no lookaround. Single
 * characters and classes stay what they are and are asked one character at a time, which cannot take long.
 */
export type PatternNode =
  | { kind: 'character'; matches: (character: string) => boolean }
  | { kind: 'assertion'; holds: 'start' | 'end' | 'boundary' | 'inside' }
  | { kind: 'sequence'; parts: PatternNode[] }
  | { kind: 'choice'; options: PatternNode[] }
  /** `most` undefined: without end. */
  | { kind: 'repeat'; node: PatternNode; least: number; most: number | undefined };

/** Throws `SyntaxError` where it is no regular expression, or one that is not supported here. */
export function readPattern(source: string): PatternNode {
  const reader: Reader = { source, at: 0, flags: flagsFor(source) };
  const node = readChoice(reader);
  if (reader.at < source.length) throw new SyntaxError(`unexpected '${source[reader.at]}'`);
  return node;
}

interface Reader {
  readonly source: string;
  readonly flags: string;
  at: number;
}

/** JSON Schema means Unicode patterns; those that are none, mostly for a needless backslash, are taken as they are. */
function flagsFor(source: string): string {
  try {
    void new RegExp(source, 'u');
    return 'su';
  } catch {
    void new RegExp(source);
    return 's';
  }
}

function readChoice(reader: Reader): PatternNode {
  const options = [readSequence(reader)];
  while (reader.source[reader.at] === '|') {
    reader.at++;
    options.push(readSequence(reader));
  }
  return options.length === 1 ? options[0]! : { kind: 'choice', options };
}

function readSequence(reader: Reader): PatternNode {
  const parts: PatternNode[] = [];
  for (;;) {
    const next = reader.source[reader.at];
    if (next === undefined || next === '|' || next === ')') return { kind: 'sequence', parts };
    parts.push(readQuantified(reader, readAtom(reader)));
  }
}

function readQuantified(reader: Reader, node: PatternNode): PatternNode {
  const [text, star, , least, comma, most] =
    /^([*+?])|^(\{(\d+)(,(\d*))?\})/.exec(reader.source.slice(reader.at, reader.at + 24)) ?? [];
  if (text === undefined) return node;
  reader.at += text.length;
  if (reader.source[reader.at] === '?') reader.at++; // lazy: matches the same texts
  if (star !== undefined)
    return { kind: 'repeat', node, least: star === '+' ? 1 : 0, most: star === '?' ? 1 : undefined };
  const unbounded = comma !== undefined && most === '';
  return { kind: 'repeat', node, least: Number(least), most: unbounded ? undefined : Number(most ?? least) };
}

function readAtom(reader: Reader): PatternNode {
  const { source } = reader;
  switch (source[reader.at]) {
    case '^':
      reader.at++;
      return { kind: 'assertion', holds: 'start' };
    case '$':
      reader.at++;
      return { kind: 'assertion', holds: 'end' };
    case '(':
      return readGroup(reader);
    case '[':
      return character(reader, /^\[(?:\\[^]|[^\]\\])*\]/);
    case '\\':
      return readEscape(reader);
    case '.':
      reader.at++;
      return { kind: 'character', matches: (one) => !/[\n\r\u2028\u2029]/.test(one) };
    default: {
      const literal = String.fromCodePoint(source.codePointAt(reader.at)!);
      reader.at += literal.length;
      return { kind: 'character', matches: (one) => one === literal };
    }
  }
}

function readGroup(reader: Reader): PatternNode {
  const opening = /^\((?:\?(?:<(?![=!])[^>]*>|[^<]|<))?/.exec(reader.source.slice(reader.at))![0];
  const isPlain = opening === '(' || opening === '(?:' || opening.endsWith('>');
  if (!isPlain) throw new SyntaxError(`'${opening}' (lookahead, lookbehind or flags) is not supported`);
  reader.at += opening.length;
  const node = readChoice(reader);
  reader.at++; // the closing bracket: the native parser saw that it is there
  return node;
}

function readEscape(reader: Reader): PatternNode {
  const escaped = reader.source[reader.at + 1]!;
  if (escaped === 'b' || escaped === 'B') {
    reader.at += 2;
    return { kind: 'assertion', holds: escaped === 'b' ? 'boundary' : 'inside' };
  }
  if (/[1-9k]/.test(escaped)) throw new SyntaxError(`'\\${escaped}' (a backreference) is not supported`);
  return character(
    reader,
    /^\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|c[a-zA-Z]|[pP]\{[^}]*\}|[^])/,
  );
}

/** One that native code decides about, a single character at a time. */
function character(reader: Reader, form: RegExp): PatternNode {
  const text = form.exec(reader.source.slice(reader.at))![0];
  reader.at += text.length;
  const single = new RegExp(`^${text}$`, reader.flags);
  return { kind: 'character', matches: (one) => single.test(one) };
}
